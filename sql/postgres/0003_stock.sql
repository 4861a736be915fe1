-- What orders draw from, and what they have reserved of it. Hot rows: room on the page keeps their versions there.
CREATE TABLE stock (
  price bigint NOT NULL,  -- cents
  total bigint NOT NULL,  -- always available + reserved + sold; units, or cents of a balance
  available bigint NOT NULL,
  reserved bigint NOT NULL,
  sold bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  version integer NOT NULL,
  kind smallint NOT NULL,
  node smallint NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (kind, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

ALTER TABLE flow
  ADD COLUMN customer text,      -- null: none
  ADD COLUMN reservations text,  -- as server/participants/reservation_text.cpp writes them; null: none
  ADD COLUMN expires_at bigint;  -- when the first of them expires; null: nothing is held
CREATE INDEX flow_customer ON flow (customer, id) WHERE customer IS NOT NULL;
CREATE INDEX flow_system ON flow (definition, id) WHERE customer IS NOT NULL;
CREATE INDEX flow_expiring ON flow (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX event_of_stock ON event (node, sequence) WHERE flow = '00000000-0000-0000-0000-000000000000';

CREATE VIEW inventories AS
SELECT
  id::varchar AS "productId",
  name::varchar AS "productName",
  available AS "availableQuantity",
  reserved AS "reservedQuantity",
  sold AS "soldQuantity",
  (price / 100.0)::numeric(16, 2) AS price,
  spelled('StockKind', kind) AS kind
FROM stock;

CREATE FUNCTION inventories_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM stock WHERE id = OLD."productId" AND spelled('StockKind', kind) = OLD.kind;
  RETURN CASE WHEN FOUND THEN OLD END;
END $$;
CREATE TRIGGER inventories_delete INSTEAD OF DELETE ON inventories FOR EACH ROW EXECUTE FUNCTION inventories_delete();
