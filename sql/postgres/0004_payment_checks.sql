-- A flow's payments say when a charge was begun, and when the payment participant looks at a payment again by itself
-- (server/participants/payment_check.hpp).
COMMENT ON COLUMN flow.expires_at IS
  'when the flow has to be looked at again: its first reservation expires, or its first payment is to be checked; null: never';

-- With PaymentChargedLate (22) and PaymentRefundFailed (23).
DROP INDEX event_seldom;
CREATE INDEX event_seldom ON event (type, occurred_at) WHERE type IN (1, 5, 6, 10, 11, 12, 13, 14, 15, 22, 23);
