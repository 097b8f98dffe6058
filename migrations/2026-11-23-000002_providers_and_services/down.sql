DROP TABLE closures;
DROP TABLE opening_hours;
DROP TABLE provider_services;
DROP TABLE services;
DROP TABLE providers;
