// One saga, and the actions on it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible } from './browser.mjs';
import { at, browser, page, picture, says, state, world } from './setting.mjs';
import { until } from './world.mjs';

test('One saga shows its steps, calls, kept values, key, events and time line', async () => {
  await at(`/ui/sagas/${world.ids.declined}`);
  await says('answered 422: card declined');
  assert.equal(await page.locator('.graph .node').count(), 4);
  assert.ok((await page.locator('.gantt .span.undo').count()) >= 2, 'both bookings were undone');
  await page.locator('.calls > details', { hasText: 'payment' }).first().locator('summary').click();
  await says('/payments');
  await says('trip-declined-4');
  await says('"booking"');
  await page.getByText(/\d+ events/).click();
  await says('SagaCompensated');
  await isAccessible(page, 'a saga');
  await picture('saga');
});

test('An order shows its payment and its lock', async () => {
  await at(`/ui/sagas/${world.ids.order}`);
  await says('credit_card');
  await says('free');
});

test('A saga is retried with a reason, and the audit says who did', async () => {
  world.participant.state.isDeclining = false;
  await at(`/ui/sagas/${world.ids.declined}`);
  await page.getByRole('button', { name: 'Retry' }).click();
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.innerText(), /Runs again from hotel/);
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await dialog.getByText('Say why.').waitFor();
  await isAccessible(page, 'a dialog');
  await dialog.getByLabel('Reason').fill('the bank works again');
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await page.locator('.title .tag', { hasText: 'Completed' }).waitFor();
  await page.locator('.panel', { has: page.getByRole('heading', { name: 'Audit' }) }).getByRole('cell', { name: 'retry' }).waitFor();
  world.participant.state.isDeclining = true;
});

test('A completed saga is compensated, in the order that was announced', async () => {
  await at(`/ui/sagas/${world.ids.completed}`);
  await page.getByRole('button', { name: 'Compensate' }).click();
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.innerText(), /Undone, in this order: receipt, payment, flight, hotel|Undone, in this order: receipt, payment, hotel, flight|Undone, in this order: payment, flight, hotel/);
  await dialog.getByLabel('Reason').fill('changed their mind');
  await dialog.getByRole('button', { name: 'Compensate' }).click();
  await page.locator('.title .tag', { hasText: 'Compensated' }).waitFor();
});

test('Who is waited for is answered for; a step is skipped; a saga is cancelled', async () => {
  const act = async (id, button, fill) => {
    await at(`/ui/sagas/${id}`);
    await page.getByRole('button', { name: button, exact: true }).click();
    const dialog = page.getByRole('dialog');
    if (fill) await fill(dialog);
    await dialog.getByLabel('Reason').fill('as agreed');
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
  };
  await act(world.ids.waiting, 'Answer', async (dialog) => {
    await dialog.getByLabel('Body, as JSON').fill('{"by": ');
    await dialog.getByText('This is not JSON.').waitFor();
    await dialog.getByLabel('Body, as JSON').fill('{"by": "the boss"}');
  });
  await act(world.ids.skipped, 'Skip a step');
  await act(world.ids.cancelled, 'Cancel');
  await until('the answered saga is completed', async () => (await state(world.ids.waiting)) === 'completed');
  await until('the skipped saga is completed', async () => (await state(world.ids.skipped)) === 'completed');
  await until('the cancelled saga is compensated', async () => (await state(world.ids.cancelled)) === 'compensated');
});

test('A saga whose undo was refused goes on when a person says that it was undone', async () => {
  const { id } = await world.saga('trip', 'trip-settled', { guest: 'Sue', mood: 'stuck' });
  await at(`/ui/sagas/${id}`);
  await page.getByRole('button', { name: 'Skip a step' }).click();
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.innerText(), /hotel counts as undone/);
  await dialog.getByLabel('Reason').fill('the hotel has no booking');
  await dialog.locator('button[type=submit]').click();
  await page.locator('.title .tag', { hasText: 'Compensated' }).waitFor();
});

test('A saga that waits for a participant says why, on its page and in the list', async () => {
  await at(`/ui/sagas/${world.ids.busy}`);
  await page.locator('.note', { hasText: /^payment: .*answered 503/ }).waitFor();
  await at('/?key=trip-busy');
  await page.locator('.sagas td.error', { hasText: /^payment: .*answered 503/ }).waitFor();
});

test('What is done rests on what was shown: a saga that changed meanwhile is left alone', async () => {
  const saga = await world.saga('leave', 'leave-fay', { guest: 'Fay' }, false);
  await until('the saga waits', async () => (await world.ask(`/sagas/${saga.id}`)).steps[1].status === 'running');
  await at(`/ui/sagas/${saga.id}`);
  await page.getByRole('button', { name: 'Live' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('not needed');
  await page.route('**/sagas/**', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  browser.expected.push(/ERR_FAILED|412/);
  await world.ask(`/sagas/${saga.id}/steps/approval/answer`, { method: 'POST', body: { outcome: 'done', reason: 'the boss' } });
  await dialog.locator('button[type=submit]').click();
  await dialog.getByText(/has changed since|has ended/).waitFor();
  await page.unroute('**/sagas/**');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Live' }).click();
});
