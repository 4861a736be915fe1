-- The tables that users' SQL knows: SELECT and DELETE work on them. `flow`, `sequence` and `attempt` are ours.

CREATE FUNCTION moment_of(us bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE AS
  $$SELECT timestamp '1970-01-01 00:00:00' + us * interval '1 microsecond'$$;
CREATE FUNCTION spelled(which text, number smallint) RETURNS varchar LANGUAGE sql STABLE AS
  $$SELECT name::varchar FROM spelling WHERE kind = which AND no = number$$;
CREATE FUNCTION node_name(number smallint) RETURNS varchar LANGUAGE sql STABLE AS
  $$SELECT name::varchar FROM node WHERE no = number$$;

CREATE VIEW users AS
SELECT
  id,
  email::varchar AS email,
  password_hash::varchar AS password,
  first_name::varchar AS "firstName",
  last_name::varchar AS "lastName",
  spelled('Role', role) AS role,
  spelled('UserStatus', status) AS status,
  email_verified AS "emailVerified",
  refresh_token_hash::varchar AS "refreshToken",
  moment_of(created) AS "createdAt",
  moment_of(updated) AS "updatedAt"
FROM account;

CREATE VIEW orders AS
SELECT
  id,
  user_id AS "userId",
  (total / 100.0)::numeric(16, 2) AS "totalAmount",
  spelled('OrderStatus', order_status) AS status,
  items::jsonb AS items,
  payment_id::varchar AS "paymentId",
  address::varchar AS "shippingAddress",
  CASE
    WHEN cancel_reason IS NOT NULL THEN
      jsonb_build_object('cancelReason', cancel_reason, 'fencingToken', fencing_token)
    WHEN fencing_token <> 0 THEN jsonb_build_object('fencingToken', fencing_token)
  END AS metadata,
  idempotency_key::varchar AS "idempotencyKey",
  node_name(order_node) AS "nodeId",
  moment_of(order_created) AS "createdAt",
  moment_of(order_updated) AS "updatedAt"
FROM flow
WHERE order_status IS NOT NULL;

CREATE VIEW payments AS
SELECT
  (p ->> 1)::uuid AS id,
  f.id::varchar AS "orderId",
  coalesce(p ->> 2, f.user_id::text)::varchar AS "userId",
  ((p ->> 3)::bigint / 100.0)::numeric(16, 2) AS amount,
  spelled('PaymentMethod', (p ->> 4)::smallint) AS method,
  spelled('PaymentStatus', (p ->> 5)::smallint) AS status,
  (p ->> 6)::varchar AS "externalTransactionId",
  jsonb_build_object('attempt', p -> 0) AS metadata,
  (p ->> 7)::varchar AS "failureReason",
  moment_of((p ->> 10)::bigint) AS "createdAt",
  moment_of((p ->> 11)::bigint) AS "updatedAt",
  node_name((p ->> 8)::smallint) AS "nodeId",
  f.id AS flow,
  (p ->> 0)::integer AS attempt
FROM flow AS f CROSS JOIN LATERAL jsonb_array_elements(f.payments::jsonb) AS p
WHERE f.payments IS NOT NULL;

CREATE VIEW saga_instances AS
SELECT
  f.id,
  (SELECT d.name::varchar FROM definition AS d WHERE d.no = f.definition) AS "sagaType",
  coalesce(f.correlation, f.id::text)::varchar AS "correlationId",
  spelled('SagaStatus', f.saga_status) AS status,
  CASE
    WHEN f.order_status IS NOT NULL THEN
      jsonb_build_object('orderId', f.id, 'userId', f.user_id, 'items', f.items::jsonb,
                         'totalAmount', trim_scale(f.total / 100.0), 'shippingAddress', f.address)
    ELSE '{}'::jsonb
  END AS data,
  (SELECT coalesce(jsonb_agg(s.name ORDER BY s.position), '[]'::jsonb)
   FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number)
   JOIN step AS s ON s.definition = f.definition AND s.position = t.number - 1
   WHERE s.listed AND (t.state ->> 0)::integer IN (2, 4, 5)) AS "completedSteps",
  (SELECT coalesce(jsonb_agg(s.compensated_as ORDER BY s.position DESC), '[]'::jsonb)
   FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number)
   JOIN step AS s ON s.definition = f.definition AND s.position = t.number - 1
   WHERE s.compensated_as <> '' AND (t.state ->> 0)::integer = 5) AS "compensationSteps",
  coalesce(
    (SELECT s.name::varchar
     FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number)
     JOIN step AS s ON s.definition = f.definition AND s.position = t.number - 1
     WHERE f.saga_status NOT IN (1, 4) AND (t.state ->> 0)::integer IN (0, 1, 4)
     ORDER BY s.position LIMIT 1),
    spelled('SagaStatus', f.saga_status)) AS "currentStep",
  f.error::varchar AS "errorMessage",
  moment_of(f.saga_created) AS "createdAt",
  moment_of(f.saga_updated) AS "updatedAt",
  node_name(f.owner_node) AS "nodeId"
FROM flow AS f
WHERE f.saga_status IS NOT NULL;

CREATE VIEW event_store AS
SELECT
  ('00000000-0000-8000-' || lpad(to_hex(32768 + node), 4, '0') || '-' || lpad(to_hex(sequence), 12, '0'))::uuid AS id,
  coalesce(aggregate, flow)::varchar AS "aggregateId",
  spelled('AggregateType', aggregate_type) AS "aggregateType",
  spelled('EventType', type) AS "eventType",
  data::jsonb AS "eventData",
  metadata::jsonb AS metadata,
  version,
  moment_of(occurred_at) AS "occurredAt",
  NULL::text AS "causationId",
  coalesce(correlation, flow::text) AS "correlationId",
  node_name(node) AS "nodeId",
  sequence,
  flow,
  node
FROM event;

-- A flow of which nothing is left goes as well.
CREATE FUNCTION drop_empty_flow(which uuid) RETURNS void LANGUAGE sql AS
  'DELETE FROM flow WHERE id = which AND order_status IS NULL AND saga_status IS NULL AND payments IS NULL';

CREATE FUNCTION users_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM account WHERE id = OLD.id;
  RETURN CASE WHEN FOUND THEN OLD END;
END $$;
CREATE TRIGGER users_delete INSTEAD OF DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_delete();

CREATE FUNCTION orders_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was smallint;
BEGIN
  SELECT order_status INTO was FROM flow WHERE id = OLD.id FOR UPDATE;
  IF was IS NULL THEN RETURN NULL; END IF;
  INSERT INTO uncounted (kind, what) VALUES (0, was);
  UPDATE flow SET
    order_status = NULL, user_id = NULL, items = NULL, total = NULL, address = NULL, idempotency_key = NULL,
    holds_key = NULL, payment_id = NULL, cancel_reason = NULL, fencing_token = NULL, order_node = NULL,
    order_version = NULL, order_created = NULL, order_updated = NULL
  WHERE id = OLD.id;
  PERFORM drop_empty_flow(OLD.id);
  RETURN OLD;
END $$;
CREATE TRIGGER orders_delete INSTEAD OF DELETE ON orders FOR EACH ROW EXECUTE FUNCTION orders_delete();

CREATE FUNCTION payments_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE flow SET payments =
    (SELECT jsonb_agg(p ORDER BY (p ->> 0)::integer)::text FROM jsonb_array_elements(payments::jsonb) AS p
     WHERE (p ->> 0)::integer <> OLD.attempt)
  WHERE id = OLD.flow;
  PERFORM drop_empty_flow(OLD.flow);
  RETURN OLD;
END $$;
CREATE TRIGGER payments_delete INSTEAD OF DELETE ON payments FOR EACH ROW EXECUTE FUNCTION payments_delete();

CREATE FUNCTION saga_instances_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was integer;
BEGIN
  SELECT definition * 8 + saga_status INTO was FROM flow WHERE id = OLD.id FOR UPDATE;
  IF was IS NULL THEN RETURN NULL; END IF;
  INSERT INTO uncounted (kind, what) VALUES (1, was);
  UPDATE flow SET
    saga_status = NULL, definition = NULL, correlation = NULL, trace_parent = NULL, steps = NULL,
    step_errors = NULL, error = NULL, manual = NULL, wake_at = NULL, retries = NULL, owner_node = NULL,
    owner_epoch = NULL, tries = NULL, saga_version = NULL, saga_created = NULL, saga_updated = NULL,
    barriers = NULL
  WHERE id = OLD.id;
  PERFORM drop_empty_flow(OLD.id);
  RETURN OLD;
END $$;
CREATE TRIGGER saga_instances_delete INSTEAD OF DELETE ON saga_instances
  FOR EACH ROW EXECUTE FUNCTION saga_instances_delete();

CREATE FUNCTION event_store_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was smallint;
BEGIN
  DELETE FROM event WHERE node = OLD.node AND sequence = OLD.sequence RETURNING type INTO was;
  IF was IS NULL THEN RETURN NULL; END IF;
  INSERT INTO uncounted (kind, what) VALUES (2, was);
  RETURN OLD;
END $$;
CREATE TRIGGER event_store_delete INSTEAD OF DELETE ON event_store
  FOR EACH ROW EXECUTE FUNCTION event_store_delete();
