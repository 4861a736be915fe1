-- Events of one flow are published in their order, also when several nodes write it.
ALTER TABLE flow ADD COLUMN last_writer smallint;  -- the node that wrote its newest event; null: the order's
-- The flow's event before this one, when another node wrote that: node << 40 | sequence.
ALTER TABLE event ADD COLUMN after_event bigint;

-- Over how many partitions of a Kafka topic keys are spread: as many as it had when this cluster began to use it.
CREATE TABLE topic (
  partitions integer NOT NULL,
  name text PRIMARY KEY
);
