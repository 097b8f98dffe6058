DROP TABLE appointments;
DROP TABLE provider_days;
DROP TABLE patients;
DROP EXTENSION btree_gist;
