-- A user's sessions, as server/participants/session.cpp writes them; null: none beside that of refresh_token_hash.
ALTER TABLE account ADD COLUMN sessions TEXT;
ALTER TABLE account ADD COLUMN rights_changed INTEGER;  -- when an operator last changed role or status; null: never
CREATE INDEX account_rights_changed ON account (rights_changed) WHERE rights_changed IS NOT NULL;

ALTER TABLE node ADD COLUMN secrets TEXT;  -- tells whether nodes share their secrets, and nothing about them
