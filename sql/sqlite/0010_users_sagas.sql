-- Users' own sagas: their definitions, what they have beside what a built-in saga has, the calls to their participants,
-- and members of their inputs by which they are found.
ALTER TABLE definition ADD COLUMN text TEXT;          -- canonical JSON; null: built in, or inline
ALTER TABLE definition ADD COLUMN published INTEGER;  -- when
ALTER TABLE definition ADD COLUMN retired INTEGER;    -- 1: no saga is started by it any more

-- Of flow.steps the fourth number is from here on 1 (in doubt) + 2 (a call waits for its answer). An eighth says when the
-- step is checked, where that is not wake_at (null: never), and a ninth how often it had to be undone again.
ALTER TABLE flow ADD COLUMN input TEXT;           -- JSON; null: the saga is built in
ALTER TABLE flow ADD COLUMN saga_key TEXT;        -- under which it was started; null: none
ALTER TABLE flow ADD COLUMN own_definition TEXT;  -- canonical JSON of an inline one; null: that of `definition`
ALTER TABLE flow ADD COLUMN first_step INTEGER;   -- where its steps begin among those of its definition; null: at 0
ALTER TABLE flow ADD COLUMN kept TEXT;            -- [[what the step keeps, its location], ...]; null: none has any

CREATE TABLE participant_call (
  no INTEGER PRIMARY KEY,
  flow INTEGER NOT NULL,
  step INTEGER NOT NULL,
  direction INTEGER NOT NULL,
  execution INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  question INTEGER NOT NULL,  -- 1: it asked what became of an earlier call
  outcome INTEGER NOT NULL,   -- as `spelling` has CallOutcome
  status INTEGER NOT NULL,    -- of HTTP; 0: no answer
  answer TEXT NOT NULL,       -- its first 2 KB; or why there is none
  at INTEGER NOT NULL,
  took INTEGER NOT NULL,
  node INTEGER NOT NULL
);
CREATE INDEX participant_call_flow ON participant_call (flow);

-- A digest of a definition's name, a path that it names under `search`, and the value there in the flow's input.
CREATE TABLE search_value (
  key BLOB NOT NULL,
  flow INTEGER NOT NULL,
  PRIMARY KEY (key, flow)
) WITHOUT ROWID;
CREATE INDEX search_value_flow ON search_value (flow);

DROP TRIGGER saga_instances_delete;
DROP VIEW saga_instances;
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
  CASE
    WHEN order_status IS NOT NULL THEN json_object(
      'orderId',
      lower(printf('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
                   substr(hex(id), 17, 4), substr(hex(id), 21))),
      'userId',
      lower(printf('%s-%s-%s-%s-%s', substr(hex(user), 1, 8), substr(hex(user), 9, 4), substr(hex(user), 13, 4),
                   substr(hex(user), 17, 4), substr(hex(user), 21))),
      'items', json(items),
      'totalAmount', CASE total % 100 WHEN 0 THEN total / 100 ELSE total / 100.0 END,
      'shippingAddress', address)
    WHEN input IS NOT NULL THEN input
    ELSE '{}'
  END AS data,
  (SELECT json_group_array(name) FROM
    (SELECT s.name AS name
     FROM json_each(flow.steps) AS state JOIN step AS s
       ON s.definition = flow.definition AND s.position = state.key + coalesce(flow.first_step, 0)
     WHERE s.listed AND json_extract(state.value, '$[0]') IN (2, 4, 5)
     ORDER BY s.position)) AS "completedSteps",
  (SELECT json_group_array(name) FROM
    (SELECT s.compensated_as AS name
     FROM json_each(flow.steps) AS state JOIN step AS s
       ON s.definition = flow.definition AND s.position = state.key + coalesce(flow.first_step, 0)
     WHERE s.compensated_as <> '' AND json_extract(state.value, '$[0]') = 5
     ORDER BY s.position DESC)) AS "compensationSteps",
  CASE
    WHEN saga_status NOT IN (1, 4) THEN coalesce(
      (SELECT s.name
       FROM json_each(flow.steps) AS state JOIN step AS s
       ON s.definition = flow.definition AND s.position = state.key + coalesce(flow.first_step, 0)
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
    owner_epoch = NULL, tries = NULL, saga_version = NULL, saga_created = NULL, saga_updated = NULL,
    input = NULL, saga_key = NULL, own_definition = NULL, first_step = NULL, kept = NULL
  WHERE no = OLD.flow;
  DELETE FROM barrier WHERE key BETWEEN OLD.flow << 19 AND (OLD.flow + 1 << 19) - 1;
  DELETE FROM participant_call WHERE flow = OLD.flow;
  DELETE FROM search_value WHERE flow = OLD.flow;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND expires_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event WHERE flow = OLD.flow);
END;
