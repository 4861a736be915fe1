-- What the same rows cost by themselves: a completed order of the cluster is copied, with a fresh time-ordered id and
-- key, into tables with the same columns and indexes. One call is one order. Run by bench/cluster/run after a load
-- test has written orders to copy.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS yardstick CASCADE;
CREATE SCHEMA yardstick;
CREATE TABLE yardstick.flow (LIKE flow INCLUDING ALL);
CREATE TABLE yardstick.claim (LIKE claim INCLUDING ALL);
CREATE TABLE yardstick.event_group (LIKE event_group INCLUDING ALL);
CREATE SEQUENCE yardstick.sequence CACHE 1000;

CREATE TABLE yardstick.sample AS
  SELECT f.id FROM flow AS f WHERE f.saga_status = 1 ORDER BY f.id DESC LIMIT 1;
CREATE TABLE yardstick.sample_flow AS SELECT * FROM flow WHERE id = (SELECT id FROM yardstick.sample);
CREATE TABLE yardstick.sample_events AS
  SELECT *, row_number() OVER (ORDER BY sequence) AS part FROM event_group
  WHERE flow = (SELECT id FROM yardstick.sample);

CREATE FUNCTION yardstick.next_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' ||
          substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid
$$;

CREATE FUNCTION yardstick.order(new_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  f flow%ROWTYPE;
  first bigint := nextval('yardstick.sequence') * 100;
BEGIN
  SELECT * INTO f FROM yardstick.sample_flow;
  f.id := new_id;
  f.idempotency_key := md5(new_id::text);
  INSERT INTO yardstick.flow SELECT f.*;
  INSERT INTO yardstick.claim (key, flow, live) VALUES (f.idempotency_key::uuid, new_id, true);
  INSERT INTO yardstick.event_group (sequence, occurred_at, flow, aggregate, version, node, type, aggregate_type, data,
                                     metadata, correlation, earlier)
    SELECT first + part, occurred_at, new_id, aggregate, version, node, type, aggregate_type, data, metadata,
      correlation, earlier
    FROM yardstick.sample_events;
END $$;
