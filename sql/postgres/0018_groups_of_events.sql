-- Events that follow each other in one commit and belong to one flow are one row: with a row each, the entries of two
-- indexes were most of what an event cost the server. Such a row has the last of these events in its own columns, which
-- the indexes know, and the earlier ones in an array. An event of no flow, or of a type that event_seldom knows, is
-- always the last of its row. A row that a build before this one has written, or still writes, holds one event.
ALTER TABLE node ADD COLUMN groups_after bigint;  -- the last event that it wrote before such rows; null: it writes none
CREATE TYPE earlier_event AS (
  sequence bigint,
  occurred_at bigint,
  aggregate uuid,  -- null: the flow's own id
  version integer,
  type smallint,
  aggregate_type smallint,
  data text,
  metadata text,
  after_event bigint
);
ALTER TABLE event RENAME TO event_group;
ALTER INDEX event_pkey RENAME TO event_group_pkey;
ALTER TABLE event_group
  ADD COLUMN earlier earlier_event[],  -- in the order of their sequence; null: none. They have the row's correlation
  SET (toast_tuple_target = 4080);     -- compressing a row of two thousand bytes costs more than writing it
-- As flow_row and event_row, which builds before this one send.
CREATE TYPE event_group_row AS (
  flow uuid,
  correlation text,
  sequence bigint,
  occurred_at bigint,
  aggregate uuid,
  version integer,
  type smallint,
  aggregate_type smallint,
  data text,
  metadata text,
  after_event bigint,
  earlier earlier_event[]
);

-- The events one by one: what builds before this one read and write. They look for a node's events by their sequence,
-- which the index knows only of last ones; so of a node of such a build nothing else is looked at.
CREATE VIEW event AS
SELECT
  g.sequence, g.occurred_at, g.flow, g.aggregate, g.version, g.node, g.type, g.aggregate_type, g.data, g.metadata,
  g.correlation, g.after_event
FROM event_group AS g
UNION ALL
SELECT
  e.sequence, e.occurred_at, g.flow, e.aggregate, e.version, g.node, e.type, e.aggregate_type, e.data, e.metadata,
  g.correlation, e.after_event
FROM node AS n JOIN event_group AS g ON g.node = n.no AND g.sequence > n.groups_after
CROSS JOIN LATERAL unnest(g.earlier) AS e;

CREATE FUNCTION event_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event_group (sequence, occurred_at, flow, aggregate, version, node, type, aggregate_type, data, metadata,
                           correlation, after_event)
  VALUES (NEW.sequence, NEW.occurred_at, NEW.flow, NEW.aggregate, NEW.version, NEW.node, NEW.type, NEW.aggregate_type,
          NEW.data, NEW.metadata, NEW.correlation, NEW.after_event);
  RETURN NEW;
END $$;
CREATE TRIGGER event_insert INSTEAD OF INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_insert();

-- Who may use the table may use the view.
DO $$
DECLARE
  granted record;
BEGIN
  FOR granted IN
    SELECT a.privilege_type AS what, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role
    FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
    WHERE c.oid = 'event_group'::regclass AND a.grantee <> c.relowner AND a.privilege_type IN ('SELECT', 'INSERT')
  LOOP
    EXECUTE format('GRANT %s ON event TO %s', granted.what, granted.role);
  END LOOP;
END $$;

CREATE OR REPLACE VIEW event_store AS
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

-- The event is in the first row of its node that ends with it or after it. When it is the last of its row, the one
-- before it becomes that.
CREATE OR REPLACE FUNCTION event_store_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stored event_group;
  was smallint;
  rest earlier_event[];
  last earlier_event;
BEGIN
  SELECT * INTO stored FROM event_group WHERE node = OLD.node AND sequence >= OLD.sequence
  ORDER BY sequence LIMIT 1 FOR UPDATE;
  IF stored.sequence = OLD.sequence THEN
    was := stored.type;
  ELSE
    SELECT e.type INTO was FROM unnest(stored.earlier) AS e WHERE e.sequence = OLD.sequence;
  END IF;
  IF was IS NULL THEN RETURN NULL; END IF;
  INSERT INTO uncounted (kind, what) VALUES (2, was);
  rest := ARRAY(SELECT e FROM unnest(stored.earlier) AS e WHERE e.sequence <> OLD.sequence ORDER BY e.sequence);
  IF stored.sequence > OLD.sequence THEN
    UPDATE event_group SET earlier = nullif(rest, '{}') WHERE node = OLD.node AND sequence = stored.sequence;
  ELSIF rest = '{}' THEN
    DELETE FROM event_group WHERE node = OLD.node AND sequence = OLD.sequence;
  ELSE
    last := rest[cardinality(rest)];
    UPDATE event_group SET
      sequence = last.sequence, occurred_at = last.occurred_at, aggregate = last.aggregate, version = last.version,
      type = last.type, aggregate_type = last.aggregate_type, data = last.data, metadata = last.metadata,
      after_event = last.after_event, earlier = nullif(trim_array(rest, 1), '{}')
    WHERE node = OLD.node AND sequence = OLD.sequence;
  END IF;
  RETURN OLD;
END $$;
