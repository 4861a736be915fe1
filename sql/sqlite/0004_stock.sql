-- What orders draw from, and what they have reserved of it.
CREATE TABLE stock (
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  price INTEGER NOT NULL,  -- cents
  total INTEGER NOT NULL,  -- always available + reserved + sold; units, or cents of a balance
  available INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  sold INTEGER NOT NULL,
  node INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

ALTER TABLE flow ADD COLUMN customer TEXT;       -- null: none
ALTER TABLE flow ADD COLUMN reservations TEXT;   -- as server/participants/reservation_text.cpp writes them; null: none
ALTER TABLE flow ADD COLUMN expires_at INTEGER;  -- when the first of them expires; null: nothing is held
CREATE INDEX flow_customer ON flow (customer) WHERE customer IS NOT NULL;
CREATE INDEX flow_system ON flow (definition) WHERE customer IS NOT NULL;
CREATE INDEX flow_expiring ON flow (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE payment ADD COLUMN provider_key TEXT;

CREATE INDEX event_of_stock ON event (key) WHERE flow = 0;

CREATE VIEW inventories AS
SELECT
  id AS "productId",
  name AS "productName",
  available AS "availableQuantity",
  reserved AS "reservedQuantity",
  sold AS "soldQuantity",
  printf('%d.%02d', price / 100, price % 100) AS price,
  (SELECT name FROM spelling WHERE spelling.kind = 'StockKind' AND no = stock.kind) AS kind
FROM stock;

CREATE TRIGGER inventories_delete INSTEAD OF DELETE ON inventories BEGIN
  DELETE FROM stock
  WHERE id = OLD."productId" AND kind = (SELECT no FROM spelling WHERE spelling.kind = 'StockKind' AND name = OLD.kind);
END;
