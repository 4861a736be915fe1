// Pages that show what was given to the node.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible } from './browser.mjs';
import { at, page, picture, world } from './setting.mjs';

test('Results of load tests that the node was given are shown, and compared side by side', async () => {
  for (const seed of ['1', '2']) {
    const result = JSON.parse(await world.command('loadtest', 'individual', '--orders', '5', '--seed', seed, '-o', 'json', '-q'));
    await world.ask('/reports', { method: 'POST', body: result });
  }
  await at('/ui/reports');
  await page.locator('tbody tr').nth(1).waitFor();
  await isAccessible(page, 'the load tests');
  await page.locator('tbody input[type=checkbox]').nth(0).check();
  await page.locator('tbody input[type=checkbox]').nth(1).check();
  await page.getByRole('button', { name: 'Compare the selected' }).click();
  await page.getByRole('heading', { name: '2 load tests side by side' }).waitFor();
  await page.getByRole('row', { name: /one-order-per-duplicate-group|no-lost-order/ }).first().waitFor();
  assert.match(await page.getByRole('row', { name: /Accepted per second/ }).innerText(), /\/s/);
  await isAccessible(page, 'load tests side by side');
  await picture('reports-compared');
});

test('A page of a saga can be kept as a file', async () => {
  await at(`/ui/sagas/${world.ids.declined}`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as JSON' }).click()]);
  assert.equal(download.suggestedFilename(), `saga-${world.ids.declined}.json`);
});
