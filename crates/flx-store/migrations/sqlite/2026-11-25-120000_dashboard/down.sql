DROP TABLE requests;
DROP TABLE one_time_links;
DROP TABLE web_sessions;
DROP TABLE passwords;
ALTER TABLE accounts DROP COLUMN operator_since_ms;
