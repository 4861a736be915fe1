-- Only a node that knows users' sagas adopts them: one of a build before that would hold them until it stops. A node that
-- does says so in the transaction in which it adopts; to all others the rows look as if somebody had been faster.
CREATE FUNCTION leave_users_saga() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER flow_leave_users_saga BEFORE UPDATE OF owner_node, owner_epoch ON flow FOR EACH ROW
  WHEN (OLD.input IS NOT NULL AND OLD.saga_version = NEW.saga_version
        AND (OLD.owner_node, OLD.owner_epoch) IS DISTINCT FROM (NEW.owner_node, NEW.owner_epoch)
        AND current_setting('sagactl.users_sagas', true) IS DISTINCT FROM 'adopt')
  EXECUTE FUNCTION leave_users_saga();
