-- The tables of a cluster's database. A flow (an order with its saga, payments and barriers) is one row, since it is
-- loaded, locked and changed as one. Ids are UUIDs that begin with their time, so that new rows stand together in
-- every index. Times are microseconds since 1970, amounts are cents, statuses and types are numbers that `spelling`
-- spells. Wide columns come first: nothing is lost to alignment.

CREATE TABLE spelling (
  kind text NOT NULL,  -- OrderStatus, EventType ...
  no smallint NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (kind, no)
);

-- One row per node, changed by every commit of that node: room on the page keeps its versions there.
CREATE TABLE node (
  epoch bigint NOT NULL DEFAULT 0,  -- 0: it has never registered
  lease_until bigint NOT NULL DEFAULT 0,
  last_sequence bigint NOT NULL DEFAULT 0,
  published bigint NOT NULL DEFAULT 0,
  last_time bigint NOT NULL DEFAULT 0,  -- the greatest that was given to a batch of this node or written by one
  no smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  url text NOT NULL DEFAULT ''
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE definition (
  no smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  version integer NOT NULL,
  UNIQUE (name, version)
);

CREATE TABLE step (
  definition smallint NOT NULL,
  position smallint NOT NULL,
  name text NOT NULL,
  compensated_as text NOT NULL,
  listed boolean NOT NULL,
  PRIMARY KEY (definition, position)
);

CREATE TABLE flow (
  id uuid PRIMARY KEY,
  -- The order; there is none when its status is null.
  user_id uuid,
  total bigint,
  fencing_token bigint,
  order_created bigint,
  order_updated bigint,
  -- The saga; there is none when its status is null.
  saga_created bigint,
  saga_updated bigint,
  wake_at bigint,
  owner_epoch bigint,
  order_version integer,
  saga_version integer,
  tries integer,  -- of the step that it is at
  order_status smallint,
  order_node smallint,
  saga_status smallint,
  definition smallint,
  owner_node smallint,
  holds_key boolean,
  manual boolean,
  items text,
  address text,
  idempotency_key text,
  payment_id text,
  cancel_reason text,
  correlation text,
  trace_parent text,
  steps text,        -- [[status, attempt, tries, in doubt, began, ended, node], ...]; times count from saga_created
  step_errors text,  -- ["", ...]; null: no step has one
  error text,
  retries text,      -- [[at, from step, by], ...]; null: none
  -- [[attempt, id, user or null for the order's, amount, method, status, transaction, failure, node, version,
  --   created, updated], ...]; null: none
  payments text,
  barriers text      -- [[step, attempt, direction, blocked, refusal], ...]; null: none
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX flow_user ON flow (user_id, id);
CREATE INDEX flow_open ON flow (owner_node, owner_epoch, id) WHERE saga_status IN (0, 3) OR order_status IN (0, 1);
CREATE INDEX flow_saga_undone ON flow (id) WHERE saga_status IN (2, 4);
CREATE INDEX flow_order_closed ON flow (id) WHERE order_status > 2;
CREATE INDEX flow_correlation ON flow (correlation, id) WHERE correlation IS NOT NULL;

CREATE TABLE event (
  sequence bigint NOT NULL,
  occurred_at bigint NOT NULL,
  flow uuid NOT NULL,
  aggregate uuid,  -- null: the flow's own id
  version integer NOT NULL,
  node smallint NOT NULL,
  type smallint NOT NULL,
  aggregate_type smallint NOT NULL,
  data text NOT NULL,
  metadata text,
  correlation text,
  PRIMARY KEY (node, sequence)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.2);
CREATE INDEX event_flow ON event (flow);
-- What happens to few flows, to be found among millions of what happens to all.
CREATE INDEX event_seldom ON event (type, occurred_at) WHERE type IN (1, 5, 6, 10, 11, 12, 13, 14, 15);

CREATE TABLE claim (
  key uuid PRIMARY KEY,  -- the first 16 bytes of the key's digest
  flow uuid NOT NULL,
  live boolean NOT NULL
) WITH (fillfactor = 90);

CREATE TABLE account (
  id uuid PRIMARY KEY,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  role smallint NOT NULL,
  status smallint NOT NULL,
  email_verified boolean NOT NULL,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  first_name text NOT NULL,
  last_name text NOT NULL,
  refresh_token_hash text
) WITH (fillfactor = 80);

CREATE TABLE replay (
  user_id uuid NOT NULL,
  created bigint NOT NULL,
  status integer NOT NULL,
  key text NOT NULL,
  request_digest text,
  body text NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX replay_created ON replay (created);

-- Each node counts what it writes in rows of its own, so that no node waits for another.
CREATE TABLE counter (
  n bigint NOT NULL,
  what integer NOT NULL,   -- status; definition * 8 + status; type
  node smallint NOT NULL,  -- 0: what people have deleted
  kind smallint NOT NULL,  -- 0 order, 1 saga, 2 event
  PRIMARY KEY (node, kind, what)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- What people have deleted and no row of `counter` says yet.
CREATE TABLE uncounted (
  what integer NOT NULL,
  kind smallint NOT NULL
);

-- The clock of the cluster.
CREATE FUNCTION now_us() RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint';
-- Never before what a node has written, also when the machine's clock is set back.
CREATE FUNCTION database_now() RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT greatest(now_us(), (SELECT max(last_time) FROM node))';
