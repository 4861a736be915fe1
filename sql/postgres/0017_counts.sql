-- What a node has counted since it last changed its rows of `counter`: kind, what and n, one counter after the other. Its
-- own row is written by each of its commits anyway; ten rows more were a twentieth of what a commit costs the server.
-- Nodes of builds before this one count in `counter` alone, and do not see the last commits of others.
ALTER TABLE node ADD COLUMN counts bigint[] NOT NULL DEFAULT '{}';
