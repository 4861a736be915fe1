-- LRAs are users' sagas whose inline definition grows. Only a node that knows them adopts them, and says so as it does for
-- users' sagas. An adoption differs from other changes of the owner by the time of the last change, which only those set:
-- a node that is not the owner may change a saga without an event.
DROP TRIGGER flow_leave_users_saga ON flow;
CREATE TRIGGER flow_leave_users_saga BEFORE UPDATE OF owner_node, owner_epoch ON flow FOR EACH ROW
  WHEN (OLD.input IS NOT NULL AND OLD.saga_updated = NEW.saga_updated
        AND (OLD.owner_node, OLD.owner_epoch) IS DISTINCT FROM (NEW.owner_node, NEW.owner_epoch)
        AND (current_setting('sagactl.users_sagas', true) IS DISTINCT FROM 'adopt'
             OR (OLD.own_definition LIKE '{"lra":%' AND current_setting('sagactl.lras', true) IS DISTINCT FROM 'adopt')))
  EXECUTE FUNCTION leave_users_saga();
