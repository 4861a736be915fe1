-- What was last said of a key, in the order in which it was said. The newest row of a key counts, before the one in
-- `claim`, into which rows are copied from time to time, many at once and in the order of their keys: keys are random,
-- and one at a time each would change a page of its own.
CREATE TABLE recent_claim (
  no INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  flow INTEGER NOT NULL,
  live INTEGER NOT NULL
);
