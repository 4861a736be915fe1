-- Deleting through the views gives back what was reserved. A flow that holds stock stays, out of sight, until a node has
-- given that back when its time is over; then it goes by itself.
CREATE OR REPLACE FUNCTION drop_empty_flow(which uuid) RETURNS void LANGUAGE sql AS
  'DELETE FROM flow WHERE id = which AND order_status IS NULL AND saga_status IS NULL AND payments IS NULL
     AND expires_at IS NULL';

CREATE FUNCTION flow_given_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM drop_empty_flow(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER flow_given_back AFTER UPDATE OF expires_at ON flow FOR EACH ROW
  WHEN (OLD.expires_at IS NOT NULL AND NEW.expires_at IS NULL AND NEW.order_status IS NULL AND NEW.saga_status IS NULL)
  EXECUTE FUNCTION flow_given_back();

CREATE OR REPLACE FUNCTION orders_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was smallint;
BEGIN
  SELECT order_status INTO was FROM flow WHERE id = OLD.id FOR UPDATE;
  IF was IS NULL THEN RETURN NULL; END IF;
  INSERT INTO uncounted (kind, what) VALUES (0, was);
  UPDATE flow SET
    order_status = NULL, user_id = NULL, items = NULL, total = NULL, address = NULL, idempotency_key = NULL,
    holds_key = NULL, payment_id = NULL, cancel_reason = NULL, fencing_token = NULL, order_node = NULL,
    order_version = NULL, order_created = NULL, order_updated = NULL, customer = NULL
  WHERE id = OLD.id;
  PERFORM drop_empty_flow(OLD.id);
  RETURN OLD;
END $$;

UPDATE flow SET customer = NULL WHERE customer IS NOT NULL AND order_status IS NULL;
-- The sagas of systems whose buyers have names, and those whose order was deleted.
DROP INDEX flow_system;
CREATE INDEX flow_system ON flow (definition, id) WHERE customer IS NOT NULL OR order_status IS NULL;
