-- Users' own sagas: their definitions, what they have beside what a built-in saga has, the calls to their participants,
-- and members of their inputs by which they are found.
ALTER TABLE definition
  ADD COLUMN text text,         -- canonical JSON; null: built in, or inline
  ADD COLUMN published bigint,  -- when
  ADD COLUMN retired boolean;   -- no saga is started by it any more

-- Of flow.steps the fourth number is from here on 1 (in doubt) + 2 (a call waits for its answer). An eighth says when the
-- step is checked, where that is not wake_at (null: never), and a ninth how often it had to be undone again.
ALTER TABLE flow
  ADD COLUMN input text,           -- JSON; null: the saga is built in
  ADD COLUMN saga_key text,        -- under which it was started; null: none
  ADD COLUMN own_definition text,  -- canonical JSON of an inline one; null: that of `definition`
  ADD COLUMN first_step smallint,  -- where its steps begin among those of its definition; null: at 0
  ADD COLUMN kept text;            -- [[what the step keeps, its location], ...]; null: none has any

CREATE TABLE participant_call (
  at bigint NOT NULL,
  took bigint NOT NULL,
  flow uuid NOT NULL,
  execution integer NOT NULL,
  tries integer NOT NULL,
  status integer NOT NULL,  -- of HTTP; 0: no answer
  step smallint NOT NULL,
  node smallint NOT NULL,
  direction smallint NOT NULL,
  outcome smallint NOT NULL,  -- as `spelling` has CallOutcome
  question boolean NOT NULL,  -- it asked what became of an earlier call
  answer text NOT NULL        -- its first 2 KB; or why there is none
) WITH (autovacuum_vacuum_insert_scale_factor = 0.2);
CREATE INDEX participant_call_flow ON participant_call (flow, at);

CREATE TABLE search_value (
  key uuid NOT NULL,  -- a digest of a definition's name, a path that it names under `search`, and the value there
  flow uuid NOT NULL,
  PRIMARY KEY (key, flow)
);
CREATE INDEX search_value_flow ON search_value (flow);

-- jsonb has no U+0000: a text with one is shown as a text.
CREATE FUNCTION json_or_text(value text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN data_exception THEN
  RETURN to_jsonb(value);
END $$;

CREATE OR REPLACE VIEW saga_instances AS
SELECT
  f.id,
  (SELECT d.name::varchar FROM definition AS d WHERE d.no = f.definition) AS "sagaType",
  coalesce(f.correlation, f.id::text)::varchar AS "correlationId",
  spelled('SagaStatus', f.saga_status) AS status,
  CASE
    WHEN f.order_status IS NOT NULL THEN
      jsonb_build_object('orderId', f.id, 'userId', f.user_id, 'items', f.items::jsonb,
                         'totalAmount', trim_scale(f.total / 100.0), 'shippingAddress', f.address)
    WHEN f.input IS NOT NULL THEN json_or_text(f.input)
    ELSE '{}'::jsonb
  END AS data,
  (SELECT coalesce(jsonb_agg(s.name ORDER BY s.position), '[]'::jsonb)
   FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number)
   JOIN step AS s ON s.definition = f.definition AND s.position = t.number - 1 + coalesce(f.first_step, 0)
   WHERE s.listed AND (t.state ->> 0)::integer IN (2, 4, 5)) AS "completedSteps",
  (SELECT coalesce(jsonb_agg(s.compensated_as ORDER BY s.position DESC), '[]'::jsonb)
   FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number)
   JOIN step AS s ON s.definition = f.definition AND s.position = t.number - 1 + coalesce(f.first_step, 0)
   WHERE s.compensated_as <> '' AND (t.state ->> 0)::integer = 5) AS "compensationSteps",
  coalesce(
    (SELECT s.name::varchar
     FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number)
     JOIN step AS s ON s.definition = f.definition AND s.position = t.number - 1 + coalesce(f.first_step, 0)
     WHERE f.saga_status NOT IN (1, 4) AND (t.state ->> 0)::integer IN (0, 1, 4)
     ORDER BY s.position LIMIT 1),
    spelled('SagaStatus', f.saga_status)) AS "currentStep",
  f.error::varchar AS "errorMessage",
  moment_of(f.saga_created) AS "createdAt",
  moment_of(f.saga_updated) AS "updatedAt",
  node_name(f.owner_node) AS "nodeId"
FROM flow AS f
WHERE f.saga_status IS NOT NULL;

CREATE OR REPLACE FUNCTION saga_instances_delete() RETURNS trigger LANGUAGE plpgsql AS $$
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
    barriers = NULL, input = NULL, saga_key = NULL, own_definition = NULL, first_step = NULL, kept = NULL
  WHERE id = OLD.id;
  DELETE FROM participant_call WHERE flow = OLD.id;
  DELETE FROM search_value WHERE flow = OLD.id;
  PERFORM drop_empty_flow(OLD.id);
  RETURN OLD;
END $$;
