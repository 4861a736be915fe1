-- The tables that users' SQL knows: SELECT and DELETE work on them. `flow` and `sequence` are ours.

CREATE VIEW users AS
SELECT
  lower(printf('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
               substr(hex(id), 17, 4), substr(hex(id), 21))) AS id,
  email,
  password_hash AS password,
  first_name AS "firstName",
  last_name AS "lastName",
  (SELECT name FROM spelling WHERE kind = 'Role' AND no = role) AS role,
  (SELECT name FROM spelling WHERE kind = 'UserStatus' AND no = status) AS status,
  email_verified AS "emailVerified",
  CASE typeof(refresh_token_hash) WHEN 'blob' THEN lower(hex(refresh_token_hash)) ELSE refresh_token_hash END
    AS "refreshToken",
  strftime('%Y-%m-%dT%H:%M:%S', created / 1000000, 'unixepoch') || printf('.%06dZ', created % 1000000)
    AS "createdAt",
  strftime('%Y-%m-%dT%H:%M:%S', updated / 1000000, 'unixepoch') || printf('.%06dZ', updated % 1000000)
    AS "updatedAt"
FROM account;

CREATE TRIGGER users_delete INSTEAD OF DELETE ON users BEGIN
  DELETE FROM account WHERE email = OLD.email;
END;

CREATE VIEW orders AS
SELECT
  lower(printf('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
               substr(hex(id), 17, 4), substr(hex(id), 21))) AS id,
  lower(printf('%s-%s-%s-%s-%s', substr(hex(user), 1, 8), substr(hex(user), 9, 4), substr(hex(user), 13, 4),
               substr(hex(user), 17, 4), substr(hex(user), 21))) AS "userId",
  printf('%d.%02d', total / 100, total % 100) AS "totalAmount",
  (SELECT name FROM spelling WHERE kind = 'OrderStatus' AND no = order_status) AS status,
  items,
  CASE typeof(payment_id)
    WHEN 'blob' THEN
      lower(printf('%s-%s-%s-%s-%s', substr(hex(payment_id), 1, 8), substr(hex(payment_id), 9, 4),
                   substr(hex(payment_id), 13, 4), substr(hex(payment_id), 17, 4), substr(hex(payment_id), 21)))
    ELSE payment_id
  END AS "paymentId",
  address AS "shippingAddress",
  CASE
    WHEN cancel_reason IS NOT NULL THEN
      json_object('cancelReason', cancel_reason, 'fencingToken', fencing_token)
    WHEN fencing_token <> 0 THEN json_object('fencingToken', fencing_token)
  END AS metadata,
  CASE
    WHEN typeof(idempotency_key) <> 'blob' THEN idempotency_key
    WHEN length(idempotency_key) = 32 THEN lower(hex(idempotency_key))
    ELSE
      lower(printf('%s-%s-%s-%s-%s', substr(hex(idempotency_key), 1, 8), substr(hex(idempotency_key), 9, 4),
                   substr(hex(idempotency_key), 13, 4), substr(hex(idempotency_key), 17, 4),
                   substr(hex(idempotency_key), 21)))
  END AS "idempotencyKey",
  (SELECT name FROM node WHERE node.no = order_node) AS "nodeId",
  strftime('%Y-%m-%dT%H:%M:%S', order_created / 1000000, 'unixepoch') ||
    printf('.%06dZ', order_created % 1000000) AS "createdAt",
  strftime('%Y-%m-%dT%H:%M:%S', order_updated / 1000000, 'unixepoch') ||
    printf('.%06dZ', order_updated % 1000000) AS "updatedAt",
  no AS flow
FROM flow
WHERE order_status IS NOT NULL;

CREATE TRIGGER orders_delete INSTEAD OF DELETE ON orders BEGIN
  UPDATE counter SET n = n - 1
  WHERE kind = 'order' AND what = (SELECT order_status FROM flow WHERE no = OLD.flow);
  UPDATE flow SET
    order_status = NULL, user = NULL, items = NULL, total = NULL, address = NULL, idempotency_key = NULL,
    holds_key = NULL, payment_id = NULL, cancel_reason = NULL, fencing_token = NULL, order_node = NULL,
    order_version = NULL, order_created = NULL, order_updated = NULL
  WHERE no = OLD.flow;
  DELETE FROM flow
  WHERE no = OLD.flow AND saga_status IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

CREATE VIEW payments AS
SELECT
  lower(printf('%s-%s-%s-%s-%s', substr(hex(p.id), 1, 8), substr(hex(p.id), 9, 4), substr(hex(p.id), 13, 4),
               substr(hex(p.id), 17, 4), substr(hex(p.id), 21))) AS id,
  lower(printf('%s-%s-%s-%s-%s', substr(hex(f.id), 1, 8), substr(hex(f.id), 9, 4), substr(hex(f.id), 13, 4),
               substr(hex(f.id), 17, 4), substr(hex(f.id), 21))) AS "orderId",
  lower(printf('%s-%s-%s-%s-%s', substr(hex(p.user), 1, 8), substr(hex(p.user), 9, 4), substr(hex(p.user), 13, 4),
               substr(hex(p.user), 17, 4), substr(hex(p.user), 21))) AS "userId",
  printf('%d.%02d', p.amount / 100, p.amount % 100) AS amount,
  (SELECT name FROM spelling WHERE kind = 'PaymentMethod' AND no = p.method) AS method,
  (SELECT name FROM spelling WHERE kind = 'PaymentStatus' AND no = p.status) AS status,
  p.external_transaction_id AS "externalTransactionId",
  json_object('attempt', p.key & 4095) AS metadata,
  p.failure_reason AS "failureReason",
  strftime('%Y-%m-%dT%H:%M:%S', p.created / 1000000, 'unixepoch') || printf('.%06dZ', p.created % 1000000)
    AS "createdAt",
  strftime('%Y-%m-%dT%H:%M:%S', p.updated / 1000000, 'unixepoch') || printf('.%06dZ', p.updated % 1000000)
    AS "updatedAt",
  (SELECT name FROM node WHERE node.no = p.node) AS "nodeId",
  p.key >> 12 AS flow,
  p.key & 4095 AS attempt
FROM payment AS p LEFT JOIN flow AS f ON f.no = p.key >> 12;

CREATE TRIGGER payments_delete INSTEAD OF DELETE ON payments BEGIN
  DELETE FROM payment WHERE key = (OLD.flow << 12) + OLD.attempt;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND saga_status IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

CREATE VIEW saga_instances AS
SELECT
  lower(printf('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
               substr(hex(id), 17, 4), substr(hex(id), 21))) AS id,
  (SELECT name FROM definition WHERE definition.no = flow.definition) AS "sagaType",
  CASE
    WHEN correlation IS NULL THEN
      lower(printf('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
                   substr(hex(id), 17, 4), substr(hex(id), 21)))
    WHEN typeof(correlation) <> 'blob' THEN correlation
    WHEN length(correlation) = 32 THEN lower(hex(correlation))
    ELSE
      lower(printf('%s-%s-%s-%s-%s', substr(hex(correlation), 1, 8), substr(hex(correlation), 9, 4),
                   substr(hex(correlation), 13, 4), substr(hex(correlation), 17, 4), substr(hex(correlation), 21)))
  END AS "correlationId",
  (SELECT name FROM spelling WHERE kind = 'SagaStatus' AND no = saga_status) AS status,
  CASE WHEN order_status IS NOT NULL THEN
    json_object(
      'orderId',
      lower(printf('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
                   substr(hex(id), 17, 4), substr(hex(id), 21))),
      'userId',
      lower(printf('%s-%s-%s-%s-%s', substr(hex(user), 1, 8), substr(hex(user), 9, 4), substr(hex(user), 13, 4),
                   substr(hex(user), 17, 4), substr(hex(user), 21))),
      'items', json(items),
      'totalAmount', CASE total % 100 WHEN 0 THEN total / 100 ELSE total / 100.0 END,
      'shippingAddress', address)
    ELSE '{}'
  END AS data,
  (SELECT json_group_array(name) FROM
    (SELECT s.name AS name
     FROM json_each(flow.steps) AS state JOIN step AS s ON s.definition = flow.definition AND s.position = state.key
     WHERE s.listed AND json_extract(state.value, '$[0]') IN (2, 4, 5)
     ORDER BY s.position)) AS "completedSteps",
  (SELECT json_group_array(name) FROM
    (SELECT s.compensated_as AS name
     FROM json_each(flow.steps) AS state JOIN step AS s ON s.definition = flow.definition AND s.position = state.key
     WHERE s.compensated_as <> '' AND json_extract(state.value, '$[0]') = 5
     ORDER BY s.position DESC)) AS "compensationSteps",
  CASE
    WHEN saga_status NOT IN (1, 4) THEN coalesce(
      (SELECT s.name
       FROM json_each(flow.steps) AS state JOIN step AS s ON s.definition = flow.definition AND s.position = state.key
       WHERE json_extract(state.value, '$[0]') IN (0, 1, 4)
       ORDER BY s.position LIMIT 1),
      (SELECT name FROM spelling WHERE kind = 'SagaStatus' AND no = saga_status))
    ELSE (SELECT name FROM spelling WHERE kind = 'SagaStatus' AND no = saga_status)
  END AS "currentStep",
  error AS "errorMessage",
  strftime('%Y-%m-%dT%H:%M:%S', saga_created / 1000000, 'unixepoch') || printf('.%06dZ', saga_created % 1000000)
    AS "createdAt",
  strftime('%Y-%m-%dT%H:%M:%S', saga_updated / 1000000, 'unixepoch') || printf('.%06dZ', saga_updated % 1000000)
    AS "updatedAt",
  (SELECT name FROM node WHERE node.no = owner_node) AS "nodeId",
  no AS flow
FROM flow
WHERE saga_status IS NOT NULL;

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
  WHERE no = OLD.flow AND order_status IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;

CREATE VIEW event_store AS
SELECT
  printf('00000000-0000-8000-%04x-%012x', 32768 + (e.key >> 40), e.key & 1099511627775) AS id,
  lower(printf('%s-%s-%s-%s-%s',
               substr(hex(coalesce(e.aggregate, f.id)), 1, 8), substr(hex(coalesce(e.aggregate, f.id)), 9, 4),
               substr(hex(coalesce(e.aggregate, f.id)), 13, 4), substr(hex(coalesce(e.aggregate, f.id)), 17, 4),
               substr(hex(coalesce(e.aggregate, f.id)), 21))) AS "aggregateId",
  (SELECT name FROM spelling WHERE kind = 'AggregateType' AND no = e.aggregate_type) AS "aggregateType",
  (SELECT name FROM spelling WHERE kind = 'EventType' AND no = e.type) AS "eventType",
  e.data AS "eventData",
  e.metadata AS metadata,
  e.version AS version,
  strftime('%Y-%m-%dT%H:%M:%S', e.occurred_at / 1000000, 'unixepoch') ||
    printf('.%06dZ', e.occurred_at % 1000000) AS "occurredAt",
  NULL AS "causationId",
  CASE
    WHEN e.correlation IS NULL THEN
      lower(printf('%s-%s-%s-%s-%s', substr(hex(f.id), 1, 8), substr(hex(f.id), 9, 4), substr(hex(f.id), 13, 4),
                   substr(hex(f.id), 17, 4), substr(hex(f.id), 21)))
    WHEN typeof(e.correlation) <> 'blob' THEN e.correlation
    WHEN length(e.correlation) = 32 THEN lower(hex(e.correlation))
    ELSE
      lower(printf('%s-%s-%s-%s-%s', substr(hex(e.correlation), 1, 8), substr(hex(e.correlation), 9, 4),
                   substr(hex(e.correlation), 13, 4), substr(hex(e.correlation), 17, 4),
                   substr(hex(e.correlation), 21)))
  END AS "correlationId",
  (SELECT name FROM node WHERE node.no = e.key >> 40) AS "nodeId",
  e.key & 1099511627775 AS sequence,
  e.flow AS flow
FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow;

CREATE TRIGGER event_store_delete INSTEAD OF DELETE ON event_store BEGIN
  UPDATE counter SET n = n - 1
  WHERE kind = 'event'
    AND what = (SELECT type FROM event
                WHERE key = ((SELECT no FROM node WHERE name = OLD."nodeId") << 40) + OLD.sequence);
  DELETE FROM event WHERE key = ((SELECT no FROM node WHERE name = OLD."nodeId") << 40) + OLD.sequence;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND saga_status IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;
