-- The tables of one database file. They are narrow and mostly grow at their ends. Ids are UUIDs of 16 bytes;
-- within the file a flow (an order with its saga) goes by a number, given in the order of the first commits.
-- Times are microseconds since 1970, amounts are cents, statuses and types are numbers spelled in `spelling`.
-- Texts that are a UUID or 64 hexadecimal digits are stored as those 16 or 32 bytes.

CREATE TABLE progress (  -- one row
  last_time INTEGER NOT NULL,  -- the greatest that was given to a batch or written by one
  last_flow INTEGER NOT NULL   -- the greatest number that was given to a flow; none is given twice
);
INSERT INTO progress VALUES (0, 0);

CREATE TABLE spelling (
  kind TEXT NOT NULL,  -- OrderStatus, EventType ...
  no INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (kind, no)
) WITHOUT ROWID;

CREATE TABLE node (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL DEFAULT '',
  epoch INTEGER NOT NULL DEFAULT 0,  -- 0: it has never registered
  lease_until INTEGER NOT NULL DEFAULT 0,
  last_sequence INTEGER NOT NULL DEFAULT 0,
  published INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE definition (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (name, version)
);

CREATE TABLE step (
  definition INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  compensated_as TEXT NOT NULL,
  listed INTEGER NOT NULL,
  PRIMARY KEY (definition, position)
) WITHOUT ROWID;

CREATE TABLE flow (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  -- The order; there is none when its status is null.
  order_status INTEGER,
  user BLOB,
  items TEXT,
  total INTEGER,
  address TEXT,
  idempotency_key,
  holds_key INTEGER,
  payment_id,
  cancel_reason TEXT,
  fencing_token INTEGER,
  order_node INTEGER,
  order_version INTEGER,
  order_created INTEGER,
  order_updated INTEGER,
  -- The saga; there is none when its status is null.
  saga_status INTEGER,
  definition INTEGER,
  correlation,
  trace_parent TEXT,
  steps TEXT,        -- [[status, attempt, tries, in doubt, began, ended, node], ...]; times count from saga_created
  step_errors TEXT,  -- ["", ...]; null: no step has one
  error TEXT,
  manual INTEGER,
  wake_at INTEGER,
  retries TEXT,      -- [[at, from step, by], ...]; null: none
  owner_node INTEGER,
  owner_epoch INTEGER,
  tries INTEGER,     -- of the step that it is at
  saga_version INTEGER,
  saga_created INTEGER,
  saga_updated INTEGER
);
CREATE INDEX flow_user ON flow (user);
CREATE INDEX flow_open ON flow (owner_node, owner_epoch) WHERE saga_status IN (0, 3) OR order_status IN (0, 1);
CREATE INDEX flow_saga_undone ON flow (saga_status) WHERE saga_status IN (2, 4);
CREATE INDEX flow_order_closed ON flow (order_status) WHERE order_status > 2;
CREATE INDEX flow_correlation ON flow (correlation) WHERE correlation IS NOT NULL;

CREATE TABLE payment (
  key INTEGER PRIMARY KEY,
  flow INTEGER GENERATED ALWAYS AS (key >> 12),
  attempt INTEGER GENERATED ALWAYS AS (key & 4095),
  id BLOB NOT NULL,
  user BLOB NOT NULL,
  amount INTEGER NOT NULL,
  method INTEGER NOT NULL,
  status INTEGER NOT NULL,
  external_transaction_id TEXT,
  failure_reason TEXT,
  node INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
);

CREATE TABLE barrier (
  key INTEGER PRIMARY KEY,
  flow INTEGER GENERATED ALWAYS AS (key >> 19),
  step INTEGER GENERATED ALWAYS AS (key >> 13 & 63),
  attempt INTEGER GENERATED ALWAYS AS (key >> 1 & 4095),
  direction INTEGER GENERATED ALWAYS AS (key & 1),
  blocked INTEGER NOT NULL,
  refusal TEXT
);

CREATE TABLE event (
  key INTEGER PRIMARY KEY,
  node INTEGER GENERATED ALWAYS AS (key >> 40),
  sequence INTEGER GENERATED ALWAYS AS (key & 1099511627775),
  flow INTEGER NOT NULL,
  type INTEGER NOT NULL,
  aggregate_type INTEGER NOT NULL,
  aggregate BLOB,  -- null: the flow's own id
  version INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  data TEXT NOT NULL,
  metadata TEXT,
  correlation
);
CREATE INDEX event_flow ON event (flow);
-- What happens to few flows, to be found among millions of what happens to all: types 1, 5, 6 and from 10 to 15. (As
-- bits, because SQLite builds a table of a longer IN list anew for every row that it inserts.)
CREATE INDEX event_seldom ON event (type, occurred_at) WHERE 64610 >> type & 1;

CREATE TABLE claim (
  key BLOB PRIMARY KEY,
  flow INTEGER NOT NULL,
  live INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
  id BLOB PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  role INTEGER NOT NULL,
  status INTEGER NOT NULL,
  email_verified INTEGER NOT NULL,
  refresh_token_hash,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE replay (
  user BLOB NOT NULL,
  key TEXT NOT NULL,
  request_digest,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (user, key)
) WITHOUT ROWID;
CREATE INDEX replay_created ON replay (created);

CREATE TABLE counter (
  kind TEXT NOT NULL,      -- order, saga, event
  what INTEGER NOT NULL,   -- status; definition * 8 + status; type
  n INTEGER NOT NULL,
  PRIMARY KEY (kind, what)
) WITHOUT ROWID;
