-- A database as a nestjs-cqrs system leaves it, with orders in every state. Every password is "password123".
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE TYPE users_role_enum AS ENUM ('admin', 'customer', 'merchant');
CREATE TYPE users_status_enum AS ENUM ('active', 'inactive', 'suspended');
CREATE TYPE orders_status_enum AS ENUM ('pending', 'processing', 'paid', 'shipped', 'delivered', 'cancelled', 'failed');
CREATE TYPE payments_method_enum AS ENUM ('credit_card', 'debit_card', 'bank_transfer', 'digital_wallet');
CREATE TYPE payments_status_enum AS ENUM ('pending', 'processing', 'completed', 'failed', 'refunded');
CREATE TYPE saga_instances_status_enum AS ENUM ('started', 'completed', 'failed', 'compensating', 'compensated');

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  email varchar NOT NULL UNIQUE,
  password varchar NOT NULL,
  "firstName" varchar NOT NULL,
  "lastName" varchar NOT NULL,
  role users_role_enum NOT NULL DEFAULT 'customer',
  status users_status_enum NOT NULL DEFAULT 'active',
  "emailVerified" boolean NOT NULL DEFAULT false,
  "refreshToken" varchar,
  "createdAt" timestamp NOT NULL DEFAULT now(),
  "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE TABLE orders (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  "userId" uuid NOT NULL REFERENCES users (id),
  "totalAmount" numeric(10, 2) NOT NULL,
  status orders_status_enum NOT NULL DEFAULT 'pending',
  items jsonb,
  "paymentId" varchar,
  "shippingAddress" varchar,
  metadata jsonb,
  "idempotencyKey" varchar UNIQUE,
  "nodeId" varchar,
  "createdAt" timestamp NOT NULL DEFAULT now(),
  "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE TABLE payments (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  "orderId" varchar NOT NULL,
  "userId" varchar NOT NULL,
  amount numeric(10, 2) NOT NULL,
  method payments_method_enum NOT NULL DEFAULT 'credit_card',
  status payments_status_enum NOT NULL DEFAULT 'pending',
  "externalTransactionId" varchar,
  metadata jsonb,
  "failureReason" varchar,
  "createdAt" timestamp NOT NULL DEFAULT now(),
  "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE TABLE saga_instances (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  "sagaType" varchar NOT NULL,
  "correlationId" varchar NOT NULL,
  status saga_instances_status_enum NOT NULL DEFAULT 'started',
  data jsonb NOT NULL,
  "completedSteps" jsonb NOT NULL DEFAULT '[]',
  "compensationSteps" jsonb NOT NULL DEFAULT '[]',
  "currentStep" varchar,
  "errorMessage" varchar,
  "createdAt" timestamp NOT NULL DEFAULT now(),
  "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE TABLE event_store (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  "aggregateId" varchar NOT NULL,
  "aggregateType" varchar NOT NULL,
  "eventType" varchar NOT NULL,
  "eventData" jsonb NOT NULL,
  metadata jsonb,
  version integer NOT NULL DEFAULT 1,
  "occurredAt" timestamp NOT NULL DEFAULT now(),
  "causationId" text,
  "correlationId" text
);
CREATE INDEX ON event_store ("aggregateId");

INSERT INTO users (id, email, password, "firstName", "lastName", role, status, "createdAt", "updatedAt") VALUES
  ('4b984cd8-c2cb-4d9b-94ca-cb114ebb0892', 'gold@test.com',
   '$2b$12$nPHVSwQqsQOGk1K.SGWEJeyglnz2ODGEndl1v61Rl33YBdIndeDzO', 'Gold', 'En', 'customer', 'active',
   '2026-11-20 13:04:07.450646', '2026-11-20 13:04:59.204994'),
  ('4b984cd8-c2cb-4d9b-94ca-cb114ebb0893', 'Boss@Test.com',
   '$2b$12$nPHVSwQqsQOGk1K.SGWEJeyglnz2ODGEndl1v61Rl33YBdIndeDzO', 'The', 'Boss', 'admin', 'active',
   '2026-11-20 13:04:08', '2026-11-20 13:04:08'),
  ('4b984cd8-c2cb-4d9b-94ca-cb114ebb0894', 'costly@test.com',
   '$2b$31$nPHVSwQqsQOGk1K.SGWEJeyglnz2ODGEndl1v61Rl33YBdIndeDzO', 'Very', 'Costly', 'customer', 'active',
   '2026-11-20 13:04:09', '2026-11-20 13:04:09');

-- One order with its payment, saga and events, as its statuses say. `number` makes its ids: from 100000 on, random ones.
CREATE FUNCTION place(number integer, buyer uuid, order_is text, payment_is text, saga_is text, placed timestamp,
                      amount numeric DEFAULT 777) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  order_id uuid := ('0d000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid;
  payment_id uuid := ('9a000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid;
  saga_id uuid := ('5a000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid;
  lines jsonb := jsonb_build_array(jsonb_build_object('productId', 'P' || number, 'productName', 'Product ' || number,
                                                      'quantity', 1, 'price', amount));
  story jsonb;
BEGIN
  IF number >= 100000 THEN order_id := overlay(md5('order' || number) PLACING '4' FROM 13)::uuid; END IF;
  story := jsonb_build_object('orderId', order_id, 'userId', buyer, 'items', lines, 'totalAmount', amount,
                              'shippingAddress', 'Seoul, Teheran-ro ' || number);
  INSERT INTO orders (id, "userId", "totalAmount", status, items, "paymentId", "shippingAddress", "idempotencyKey",
                      "createdAt", "updatedAt")
  VALUES (order_id, buyer, amount, order_is::orders_status_enum, lines,
          CASE WHEN order_is IN ('paid', 'shipped', 'delivered') THEN payment_id::text END,
          'Seoul, Teheran-ro ' || number, 'key-' || number, placed, placed + interval '3 s');
  INSERT INTO event_store ("aggregateId", "aggregateType", "eventType", "eventData", "occurredAt", "correlationId")
  VALUES (order_id, 'Order', 'OrderCreated', story, placed + interval '2 ms', 'key-' || number);
  IF payment_is IS NOT NULL THEN
    INSERT INTO payments (id, "orderId", "userId", amount, status, "externalTransactionId", "failureReason",
                          "createdAt", "updatedAt")
    VALUES (payment_id, order_id, buyer, amount, payment_is::payments_status_enum,
            CASE WHEN payment_is IN ('completed', 'refunded') THEN 'ext_tx_' || number END,
            CASE WHEN payment_is = 'failed' THEN 'Insufficient funds or card declined' END,
            placed + interval '120 ms', placed + interval '1600 ms');
    IF payment_is IN ('completed', 'failed') THEN
      INSERT INTO event_store ("aggregateId", "aggregateType", "eventType", "eventData", "occurredAt", "correlationId")
      VALUES (payment_id, 'Payment', CASE payment_is WHEN 'failed' THEN 'PaymentFailed' ELSE 'PaymentProcessed' END,
              jsonb_build_object('paymentId', payment_id, 'orderId', order_id, 'amount', amount),
              placed + interval '1601 ms', 'key-' || number);
    END IF;
  END IF;
  IF saga_is IS NOT NULL THEN
    INSERT INTO saga_instances (id, "sagaType", "correlationId", status, data, "createdAt", "updatedAt")
    VALUES (saga_id, 'OrderProcessingSaga', 'key-' || number, saga_is::saga_instances_status_enum, story,
            placed + interval '100 ms', placed + interval '1700 ms');
  END IF;
  IF order_is = 'cancelled' THEN
    INSERT INTO event_store ("aggregateId", "aggregateType", "eventType", "eventData", "occurredAt", "correlationId")
    VALUES (order_id, 'Order', 'OrderCancelled',
            jsonb_build_object('orderId', order_id, 'reason', 'Payment failed: Insufficient funds or card declined'),
            placed + interval '1650 ms', 'key-' || number);
  ELSIF order_is IN ('paid', 'shipped', 'delivered') THEN
    INSERT INTO event_store ("aggregateId", "aggregateType", "eventType", "eventData", "occurredAt", "correlationId")
    VALUES (order_id, 'Order', 'OrderConfirmed', jsonb_build_object('orderId', order_id, 'paymentId', payment_id),
            placed + interval '1640 ms', 'key-' || number);
  END IF;
END $$;

-- Every combination of the statuses: 7 of orders, 6 of payments, 6 of sagas.
SELECT count(place((1000 + n)::integer, '4b984cd8-c2cb-4d9b-94ca-cb114ebb0893', o, p, s,
                   '2026-11-20 13:00:00'::timestamp + n * interval '1 min'))
FROM (SELECT row_number() OVER () AS n, o, p, s
      FROM unnest(enum_range(NULL::orders_status_enum)::text[]) AS o,
           unnest(enum_range(NULL::payments_status_enum)::text[] || NULL::text) AS p,
           unnest(enum_range(NULL::saga_instances_status_enum)::text[] || NULL::text) AS s) AS every;

-- What the buyer of the test has: one paid, one refused.
SELECT place(1, '4b984cd8-c2cb-4d9b-94ca-cb114ebb0892', 'paid', 'completed', 'completed', '2026-11-20 13:04:09.802194');
SELECT place(2, '4b984cd8-c2cb-4d9b-94ca-cb114ebb0892', 'cancelled', 'failed', 'compensated',
             '2026-11-20 13:05:32.902827');

-- Broken rows.
SELECT place(10, '4b984cd8-c2cb-4d9b-94ca-cb114ebb0893', 'paid', 'completed', 'completed', '2026-11-21 10:00:00');
UPDATE orders SET items = '[]' WHERE id = '0d000000-0000-4000-8000-000000000010';
SELECT place(11, '4b984cd8-c2cb-4d9b-94ca-cb114ebb0893', 'paid', 'completed', 'completed', '2026-11-21 10:01:00');
UPDATE orders SET "totalAmount" = 1 WHERE id = '0d000000-0000-4000-8000-000000000011';
INSERT INTO payments (id, "orderId", "userId", amount) VALUES
  ('9a000000-0000-4000-8000-000000000099', '0d000000-0000-4000-8000-000000000099', 'nobody', 5);

-- Many more.
SELECT count(place((100000 + n)::integer, '4b984cd8-c2cb-4d9b-94ca-cb114ebb0893', 'paid', 'completed', 'completed',
                   '2026-11-22 00:00:00'::timestamp + n * interval '1 s', n))
FROM generate_series(1, 5000) AS n;
