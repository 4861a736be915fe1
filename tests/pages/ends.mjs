// What ends: a node, a session, a right. The last rule looks back at all pages.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible } from './browser.mjs';
import { at, browser, page, row, says, world } from './setting.mjs';

test('A node that goes away is said, and comes back by itself', async () => {
  browser.expected.push(/ERR_CONNECTION|Failed to load|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE/);
  await at('/');
  await world.stop();
  await page.getByRole('button', { name: 'Failed', exact: true }).click();
  await page.getByRole('alert').first().waitFor();
  await world.start();
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await row(world.ids.failed).waitFor();
  await at('/');
});

test('A session that ends under an open page is said, and the page is there again after a log-in', async () => {
  browser.expected.push(/401/);
  await at('/');
  await browser.context.clearCookies();
  await page.getByRole('button', { name: 'Failed', exact: true }).click();
  await page.getByRole('alert').getByText('The session has ended').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Log in');
  await isAccessible(page, 'the log-in after a session');
  await page.evaluate((hash) => (location.hash = hash), new URL(await world.address()).hash);
  await row(world.ids.failed).waitFor();
  assert.match(page.url(), /status=failed/);
});

test('Logging out ends the session', async () => {
  await at('/');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.equal(await page.getByText('The session has ended').count(), 0);
  await at('/ui/audit');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

test('A node whose pages are read-only shows everything and offers no action', async () => {
  await world.stop();
  await world.start('--pages-read-only');
  await page.goto(await world.address());
  await page.getByRole('heading', { name: 'Sagas', exact: true }).waitFor();
  await says('Read only');
  await at(`/ui/sagas/${world.ids.failed}`);
  assert.equal(await page.getByRole('button', { name: 'Retry' }).count(), 0);
  await at('/?status=failed');
  assert.equal(await page.getByRole('button', { name: 'Act on all that match' }).count(), 0);
});

test('No page made an error, broke its policy, or asked another host', () => assert.deepEqual(browser.wrong, []));
