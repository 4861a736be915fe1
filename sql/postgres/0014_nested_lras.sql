-- LRAs may be nested. Only a node that knows that adopts one that is, or that others are nested in: their definitions
-- begin with "nesting". It says so as for LRAs.
DROP TRIGGER flow_leave_users_saga ON flow;
CREATE TRIGGER flow_leave_users_saga BEFORE UPDATE OF owner_node, owner_epoch ON flow FOR EACH ROW
  WHEN (OLD.input IS NOT NULL AND OLD.saga_updated = NEW.saga_updated
        AND (OLD.owner_node, OLD.owner_epoch) IS DISTINCT FROM (NEW.owner_node, NEW.owner_epoch)
        AND (current_setting('sagactl.users_sagas', true) IS DISTINCT FROM 'adopt'
             OR (OLD.own_definition LIKE '{"lra":%' AND current_setting('sagactl.lras', true) IS DISTINCT FROM 'adopt')
             OR (OLD.own_definition LIKE '{"lra":{"nesting":%'
                 AND current_setting('sagactl.nested_lras', true) IS DISTINCT FROM 'adopt')))
  EXECUTE FUNCTION leave_users_saga();
