// Logging in.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible, openBrowser } from './browser.mjs';
import { at, browser, page, picture, program, world } from './setting.mjs';

test('Without a session the pages ask to log in, and show nothing', async () => {
  await at('/');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.equal(await page.locator('.sagas').count(), 0);
  await isAccessible(page, 'the log-in');
  await picture('login');
});

test('A wrong password is refused in words', async () => {
  browser.expected.push(/401/);
  await page.getByLabel('E-mail address').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not-the-password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /401/);
});

test('sagactl open logs in, the code leaves the address, and it is good once', async () => {
  const address = await world.address();
  assert.match(address, /#code=/);
  await page.goto(address);
  await page.getByRole('heading', { name: 'Sagas', exact: true }).waitFor();
  assert.doesNotMatch(page.url(), /code/);
  assert.equal(await page.evaluate(() => document.cookie), '', 'scripts cannot read the session');
  const other = await openBrowser(program);
  other.expected.push(/401/);
  await other.page.goto(address);
  await other.page.getByText('This link was used before').waitFor();
  await other.close();
});
