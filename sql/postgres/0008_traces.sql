-- Flows of a trace that their client began, by the trace's id. A flow that began its own has its own id as the trace's,
-- and is found by that.
CREATE INDEX flow_trace ON flow ((substr(trace_parent, 4, 32)) COLLATE "C", id)
  WHERE substr(trace_parent, 4, 32) <> replace(id::text, '-', '');
