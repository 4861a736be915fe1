-- The ids of orders that were imported do not begin with their time. Lists place them by a UUID that does: made of the
-- time of their creation, and of the rest of their id.
CREATE FUNCTION flow_place(id uuid, created bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$SELECT (lpad(to_hex(least(greatest(created / 1000, 0), 281474976710655)), 12, '0')
            || substr(replace(id::text, '-', ''), 13))::uuid$$;
CREATE INDEX flow_imported ON flow (flow_place(id, coalesce(order_created, saga_created, 0)))
  WHERE get_byte(uuid_send(id), 6) >> 4 <> 7;
