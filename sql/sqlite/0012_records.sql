-- Small documents for the pages of nodes: bulk jobs, reports, counts by the minute. No saga depends on them.
CREATE TABLE record (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,  -- one more each time it is replaced
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  body TEXT NOT NULL,        -- JSON
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
