-- Small documents for the pages of nodes: bulk jobs, reports, counts by the minute. No saga depends on them.
CREATE TABLE record (
  version bigint NOT NULL,  -- one more each time it is replaced
  created bigint NOT NULL,
  updated bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  body text NOT NULL,       -- JSON
  PRIMARY KEY (kind, id)
);
