// Bulk jobs.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible } from './browser.mjs';
import { at, browser, page, picture, says, world } from './setting.mjs';

test('All that failed for one reason are retried at once, and are watched until they complete', async () => {
  world.participant.state.isDeclining = false;
  await at('/');
  const failures = page.locator('.patterns > li', { hasText: 'answered *: card declined' });
  await failures.getByRole('button', { name: /Retry all \d+ sagas that failed at payment$/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^\d+ sagas match$/).waitFor();
  await isAccessible(page, 'the dialog of a bulk job');
  await dialog.getByRole('button', { name: /Retry: \d+ sagas/ }).click();
  await dialog.getByText('Say why.').waitFor();
  await dialog.getByLabel('Reason').fill('the bank works again');
  await picture('bulk-dialog');
  await dialog.getByRole('button', { name: /Retry: \d+ sagas/ }).click();
  await page.waitForURL(/\/ui\/bulk\/.+/);
  await page.locator('.tag', { hasText: 'Done' }).waitFor();
  await page.getByText(/Of those shown: [1-9]\d* completed, 0 in progress, 0 ended otherwise/).waitFor();
  await isAccessible(page, 'a bulk job');
  await says('The job has started.');
  await picture('bulk-job');
  const { total } = await world.ask('/sagas?definition=trip&status=compensated&error=card%20declined&limit=1');
  assert.equal(total, 0);
  await page.getByRole('navigation').getByRole('link', { name: 'Bulk jobs' }).click();
  await says('the bank works again');
  assert.equal(await page.getByText('The job has started.').count(), 0, 'a message of success stays on its page');
});

test('What a bulk job could not do is listed with its reason', async () => {
  await at('/?definition=trip&status=completed');
  await page.getByRole('button', { name: 'Act on all that match' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^\d+ sagas match$/).waitFor();
  await dialog.getByLabel('Reason').fill('to see what happens');
  await dialog.locator('button[type=submit]').click();
  await page.waitForURL(/\/ui\/bulk\/.+/);
  await page.getByText(/Refused: /).first().waitFor();
});

test('A bulk job whose answer was lost is begun once, also when it is sent again', async () => {
  await at('/?definition=trip&status=completed');
  await page.getByRole('button', { name: 'Act on all that match' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^\d+ sagas match$/).waitFor();
  await dialog.getByLabel('Reason').fill('the line is bad');
  browser.expected.push(/ERR_CONNECTION_RESET/);
  let isLost = false;
  await page.route('**/bulk', async (route) => {
    if (isLost) return route.continue();
    isLost = true;
    await route.fetch();
    return route.abort('connectionreset');
  });
  await dialog.locator('button[type=submit]').click();
  await dialog.getByRole('alert').waitFor();
  await dialog.locator('button[type=submit]').click();
  await page.waitForURL(/\/ui\/bulk\/.+/);
  await page.unroute('**/bulk');
  const { jobs } = await world.ask('/bulk');
  assert.equal(jobs.filter((job) => job.reason === 'the line is bad').length, 1);
});
