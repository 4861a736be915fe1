-- Deleting through the views gives back what was reserved. A flow that holds stock stays, out of sight, until a node has
-- given that back when its time is over; it goes with the event that tells of it.
DROP TRIGGER orders_delete;
CREATE TRIGGER orders_delete INSTEAD OF DELETE ON orders BEGIN
  UPDATE counter SET n = n - 1
  WHERE kind = 'order' AND what = (SELECT order_status FROM flow WHERE no = OLD.flow);
  UPDATE flow SET
    order_status = NULL, user = NULL, items = NULL, total = NULL, address = NULL, idempotency_key = NULL,
    holds_key = NULL, payment_id = NULL, cancel_reason = NULL, fencing_token = NULL, order_node = NULL,
    order_version = NULL, order_created = NULL, order_updated = NULL, customer = NULL
  WHERE no = OLD.flow;
  DELETE FROM flow
  WHERE no = OLD.flow AND saga_status IS NULL AND expires_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

DROP TRIGGER payments_delete;
CREATE TRIGGER payments_delete INSTEAD OF DELETE ON payments BEGIN
  DELETE FROM payment WHERE key = (OLD.flow << 12) + OLD.attempt;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND saga_status IS NULL AND expires_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

DROP TRIGGER saga_instances_delete;
CREATE TRIGGER saga_instances_delete INSTEAD OF DELETE ON saga_instances BEGIN
  UPDATE counter SET n = n - 1
  WHERE kind = 'saga' AND what = (SELECT definition * 8 + saga_status FROM flow WHERE no = OLD.flow);
  UPDATE flow SET
    saga_status = NULL, definition = NULL, correlation = NULL, trace_parent = NULL, steps = NULL,
    step_errors = NULL, error = NULL, manual = NULL, wake_at = NULL, retries = NULL, owner_node = NULL,
    owner_epoch = NULL, tries = NULL, saga_version = NULL, saga_created = NULL, saga_updated = NULL
  WHERE no = OLD.flow;
  DELETE FROM barrier WHERE key BETWEEN OLD.flow << 19 AND (OLD.flow + 1 << 19) - 1;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND expires_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

DROP TRIGGER event_store_delete;
CREATE TRIGGER event_store_delete INSTEAD OF DELETE ON event_store BEGIN
  UPDATE counter SET n = n - 1
  WHERE kind = 'event'
    AND what = (SELECT type FROM event
                WHERE key = ((SELECT no FROM node WHERE name = OLD."nodeId") << 40) + OLD.sequence);
  DELETE FROM event WHERE key = ((SELECT no FROM node WHERE name = OLD."nodeId") << 40) + OLD.sequence;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND saga_status IS NULL AND expires_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

UPDATE flow SET customer = NULL WHERE customer IS NOT NULL AND order_status IS NULL;
-- The sagas of systems whose buyers have names, and those whose order was deleted.
DROP INDEX flow_system;
CREATE INDEX flow_system ON flow (definition) WHERE customer IS NOT NULL OR order_status IS NULL;
