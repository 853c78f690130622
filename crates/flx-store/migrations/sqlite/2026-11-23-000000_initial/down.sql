DROP TABLE settings;
DROP TABLE audit_log;
DROP TABLE results;
DROP TABLE ledger;
DROP TABLE reservations;
DROP TABLE usage_periods;
DROP TABLE api_keys;
DROP TABLE accounts;
