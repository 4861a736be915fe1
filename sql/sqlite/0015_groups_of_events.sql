-- Events that follow each other in one commit and belong to one flow are one row: with a row each, their entries in
-- trees and indexes were most of what an event cost. Such a row has the last of these events in its own columns, which
-- the indexes know, and the earlier ones in a list. An event of no flow, or of a type that event_seldom knows, is always
-- the last of its row. A row that a build before this one has written holds one event.
DROP VIEW event_store;
ALTER TABLE event RENAME TO event_group;
-- [[sequence, occurred_at, aggregate, version, type, aggregate_type, bytes of data, data, bytes of metadata, metadata,
-- after_event], ...] in the order of their sequence; null: none. The first two count back from the row's. The aggregate
-- is the text of a UUID, or null for the flow's own id. What is null at the end is left out. The correlation is that of
-- the row.
ALTER TABLE event_group ADD COLUMN earlier TEXT;

-- The events one by one, in their order: beside each row the elements of its list, and null for the row's own. An
-- aggregate is a blob, or the text of one that is or was among the earlier ones.
CREATE VIEW event AS
SELECT
  g.key - coalesce(json_extract(e.value, '$[0]'), 0) AS key,
  g.key AS group_key,  -- of the row that has it
  g.node,
  g.sequence - coalesce(json_extract(e.value, '$[0]'), 0) AS sequence,
  g.flow,
  coalesce(json_extract(e.value, '$[4]'), g.type) AS type,
  coalesce(json_extract(e.value, '$[5]'), g.aggregate_type) AS aggregate_type,
  iif(e.value IS NULL, g.aggregate, json_extract(e.value, '$[2]')) AS aggregate,
  coalesce(json_extract(e.value, '$[3]'), g.version) AS version,
  g.occurred_at - coalesce(json_extract(e.value, '$[1]'), 0) AS occurred_at,
  iif(e.value IS NULL, g.data, json_extract(e.value, '$[7]')) AS data,
  iif(e.value IS NULL, g.metadata, json_extract(e.value, '$[9]')) AS metadata,
  g.correlation,
  iif(e.value IS NULL, g.after_event, json_extract(e.value, '$[10]')) AS after_event
FROM event_group AS g CROSS JOIN json_each(coalesce(json_insert(g.earlier, '$[#]', NULL), '[null]')) AS e;

CREATE VIEW event_store AS
SELECT
  printf('00000000-0000-8000-%04x-%012x', 32768 + e.node, e.sequence) AS id,
  CASE typeof(e.aggregate)
    WHEN 'text' THEN e.aggregate
    ELSE
      lower(printf('%s-%s-%s-%s-%s',
                   substr(hex(coalesce(e.aggregate, f.id)), 1, 8), substr(hex(coalesce(e.aggregate, f.id)), 9, 4),
                   substr(hex(coalesce(e.aggregate, f.id)), 13, 4), substr(hex(coalesce(e.aggregate, f.id)), 17, 4),
                   substr(hex(coalesce(e.aggregate, f.id)), 21)))
  END AS "aggregateId",
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
  (SELECT name FROM node WHERE node.no = e.node) AS "nodeId",
  e.sequence AS sequence,
  e.flow AS flow
FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow;

-- The other events of its row become rows of their own.
CREATE TRIGGER event_store_delete INSTEAD OF DELETE ON event_store BEGIN
  UPDATE counter SET n = n - 1
  WHERE kind = 'event' AND what = (SELECT no FROM spelling WHERE kind = 'EventType' AND name = OLD."eventType");
  INSERT OR REPLACE INTO event_group (key, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata,
                                      correlation, after_event)
  SELECT key, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, correlation, after_event
  FROM event
  WHERE group_key = (SELECT min(key) FROM event_group
                     WHERE key >= ((SELECT no FROM node WHERE name = OLD."nodeId") << 40) + OLD.sequence)
    AND sequence <> OLD.sequence;
  DELETE FROM event_group WHERE key = ((SELECT no FROM node WHERE name = OLD."nodeId") << 40) + OLD.sequence;
  DELETE FROM flow
  WHERE no = OLD.flow AND order_status IS NULL AND saga_status IS NULL AND expires_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN OLD.flow << 12 AND (OLD.flow + 1 << 12) - 1)
    AND NOT EXISTS (SELECT 1 FROM event_group WHERE flow = OLD.flow);
END;
