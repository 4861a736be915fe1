-- Events of one flow are published in their order, also when several nodes write it.
ALTER TABLE flow ADD COLUMN last_writer INTEGER;  -- the node that wrote its newest event; null: the order's
ALTER TABLE event ADD COLUMN after_event INTEGER;  -- the key of the flow's event before this one; null: the same node's

-- Over how many partitions of a Kafka topic keys are spread: as many as it had when this cluster began to use it.
CREATE TABLE topic (
  name TEXT PRIMARY KEY,
  partitions INTEGER NOT NULL
) WITHOUT ROWID;
