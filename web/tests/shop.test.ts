import assert from 'node:assert/strict';
import test from 'node:test';
import { itemsOf, quantityOf, totalOf, withQuantity } from '../src/shop/cart';
import { amountText } from '../src/shop/amount';
import { hasEnded, retryOf, stepsOf } from '../src/shop/steps';
import type { Order, Payment, Reservation, Saga, SagaStatus } from '../src/shop/types';

const lamp = { productId: 'L', productName: 'Lamp', price: 19.99 };
const order = (status: Order['status']): Order => ({ orderId: 'o', customerId: 'c', items: [], totalAmount: 1, status, failureReason: null, inventoryReservationId: null, sagaType: 'CheckoutChoreographySaga', createdAt: '' });
const payment = (status: Payment['status']) => ({ status }) as Payment;
const reservation = (status: Reservation['status']): Reservation => ({ status });
const words = (...of: Parameters<typeof stepsOf>) => stepsOf(...of).map((step) => step.status).join(' ');

test('a cart keeps one line for a product, and none for zero of it', () => {
  const one = withQuantity([], lamp, 1);
  assert.equal(quantityOf(withQuantity(one, lamp, 3), 'L'), 3);
  assert.equal(withQuantity(one, lamp, 3).length, 1);
  assert.deepEqual(withQuantity(one, lamp, 0), []);
});

test('sums are exact to the cent', () => assert.equal(totalOf([{ ...lamp, quantity: 3 }, { ...lamp, productId: 'M', price: 0.1, quantity: 3 }]), 60.27));

test('a stored cart that nobody can order is dropped', () => {
  for (const text of [null, '', '{', '{}', '[null]', '[{"productId":1}]', '[{"productId":"L","productName":"x","quantity":-1,"price":1}]', '[{"productId":"L","productName":"x","quantity":1.5,"price":1}]']) assert.deepEqual(itemsOf(text), []);
  assert.equal(itemsOf('[{"productId":"L","productName":"x","quantity":2,"price":1}]').length, 1);
});

test('the steps of a choreographed order follow from what its services say', () => {
  assert.equal(words(order('PENDING'), null, payment('PENDING'), null), 'SUCCESS IN_PROGRESS PENDING PENDING');
  assert.equal(words(order('PAYMENT_COMPLETED'), null, payment('SUCCESS'), null), 'SUCCESS SUCCESS IN_PROGRESS PENDING');
  assert.equal(words(order('COMPLETED'), null, payment('SUCCESS'), reservation('CONFIRMED')), 'SUCCESS SUCCESS SUCCESS SUCCESS');
  assert.equal(words(order('FAILED'), null, payment('REFUNDED'), reservation('REFUSED')), 'COMPENSATED COMPENSATED FAILED PENDING');
  assert.equal(words(order('FAILED'), null, payment('FAILED'), null), 'COMPENSATED FAILED PENDING PENDING');
  assert.equal(words(order('CANCELLED'), null, payment('REFUNDED'), reservation('RELEASED')), 'COMPENSATED COMPENSATED COMPENSATED PENDING');
});

test('an order has ended when nothing happens to it any more', () => {
  assert.equal(hasEnded(order('COMPLETED'), null, payment('SUCCESS')), true);
  assert.equal(hasEnded(order('CANCELLED'), null, payment('SUCCESS')), false);
  assert.equal(hasEnded(order('CANCELLED'), null, payment('REFUNDED')), true);
  assert.equal(hasEnded(order('PENDING'), null, null), false);
});

test('a refunded saga is tried again only where the buyer pays again', () => {
  const saga = (status: SagaStatus, paymentStatus: string) => ({ status, paymentStatus }) as Saga;
  assert.equal(retryOf(saga('COMPENSATED', 'REFUNDED'), true), 'possible');
  assert.equal(retryOf(saga('COMPENSATED', 'REFUNDED'), false), 'refunded');
  assert.equal(retryOf(saga('FAILED', 'FAILED'), false), 'possible');
  assert.equal(retryOf(saga('COMPLETED', 'SUCCESS'), true), 'none');
});

test('amounts have decimals only where there are some', () => {
  assert.equal(amountText(1000, 'en'), '1,000');
  assert.equal(amountText(19.5, 'en'), '19.50');
});
