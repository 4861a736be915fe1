-- When a charge was begun, and when the payment participant looks at a payment again by itself
-- (server/participants/payment_check.hpp). flow.expires_at is from here on when the flow has to be looked at again: when
-- the first of its reservations expires, or the first of its payments is to be checked.
ALTER TABLE payment ADD COLUMN charge_began INTEGER;    -- after `created`; null: no charge was begun
ALTER TABLE payment ADD COLUMN charge_pending INTEGER;  -- 1: the last one has not been answered
ALTER TABLE payment ADD COLUMN check_at INTEGER;        -- null: it is not looked at again
ALTER TABLE payment ADD COLUMN check_tries INTEGER;

-- With PaymentChargedLate (22) and PaymentRefundFailed (23).
DROP INDEX event_seldom;
CREATE INDEX event_seldom ON event (type, occurred_at) WHERE 12647522 >> type & 1;
