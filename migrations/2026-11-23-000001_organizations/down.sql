DROP TABLE customer_twilio_keys;
DROP TABLE vapi_credentials;
DROP TABLE organizations;
