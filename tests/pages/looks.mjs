// All other pages; widths, themes, languages, the keyboard.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible, settled, widths } from './browser.mjs';
import { at, browser, page, picture, row, says, state, world } from './setting.mjs';
import { until } from './world.mjs';

test('Nodes, participants, locks, stock, definitions, audit and load tests have pages', async () => {
  const rows = [
    ['/ui/nodes', 'node-1'], ['/ui/participants', 'closed'], ['/ui/locks', /No lock is held|Fencing token/], ['/ui/stock', /Available|no stock/], ['/ui/definitions', 'OrderProcessingSaga'],
    ['/ui/definitions/trip', 'Steps and their order'], ['/ui/audit', 'changed their mind'], ['/ui/reports', 'Compare the selected'], ['/ui/bulk', 'Bulk jobs'],
  ];
  for (const [path, text] of rows) {
    await at(path);
    await page.locator('main').getByText(text).first().waitFor().catch(() => assert.fail(`${path} does not show ${text}`));
    await isAccessible(page, path);
    await picture(path.slice('/ui/'.length).replace('/', '-'));
  }
});

test('Every page says of which zone its times are', async () => {
  await at('/ui/nodes');
  await page.locator('footer').getByText('Times in Europe/Berlin').waitFor();
});

test('An address that leads nowhere says so', async () => {
  await at('/ui/nowhere');
  await says('There is no such page');
  browser.expected.push(/404|400/);
  await at('/ui/sagas/01a22843-12b9-7001-8494-012165d7c736');
  await page.getByRole('alert').waitFor();
});

test('Every page fits every width, in both themes, and is accessible', async () => {
  const paths = ['/', `/ui/sagas/${world.ids.failed}`, '/ui/nodes', '/ui/definitions/trip', '/ui/bulk', '/ui/participants'];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of paths) {
        await at(path);
        await isAccessible(page, `${path} at ${width} px, ${colorScheme}`);
        if (path === '/' || path.startsWith('/ui/sagas')) await picture(`${path === '/' ? 'list' : 'saga'}-${width}-${colorScheme}`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('A theme that was chosen is kept, whatever the system has', async () => {
  await at('/');
  const colour = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await colour();
  await page.getByLabel('Theme').selectOption('dark');
  assert.notEqual(await colour(), light);
  await page.reload();
  await settled(page);
  assert.notEqual(await colour(), light);
  await page.getByLabel('Theme').selectOption('system');
  assert.equal(await colour(), light);
});

test('In Korean everything is Korean, and fits', async () => {
  await at('/');
  await page.getByLabel('Language').selectOption('ko');
  await page.getByRole('heading', { name: '사가', exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko');
  for (const path of ['/', `/ui/sagas/${world.ids.failed}`]) {
    await page.setViewportSize({ width: 360, height: 800 });
    await at(path);
    await isAccessible(page, `${path} in Korean`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await at('/');
  await picture('korean');
  await page.getByLabel('언어').selectOption('en');
});

test('The keyboard alone finds a failed saga and opens its retry', async () => {
  await at('/?status=failed&definition=trip');
  await row(world.ids.failed).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  const reached = async (holds, most = 120) => {
    for (let i = 0; i < most; ++i) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(holds)) return;
    }
    assert.fail('not reached by the Tab key');
  };
  await reached(() => document.activeElement.closest('.sagas') && document.activeElement.tagName === 'A');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/ui\/sagas\//);
  await until('the heading has the focus', () => page.evaluate(() => document.activeElement.tagName === 'H1'));
  await reached(() => document.activeElement.textContent === 'Retry');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Retry');
});

test('Texts of sagas are shown as text, whatever they hold', async () => {
  const evil = await world.saga('trip', '<img src=x onerror=alert(1)>', { guest: '<script>alert(1)</script>', mood: 'fine' });
  await at(`/ui/sagas/${evil.id}`);
  await page.locator('.panel', { has: page.getByRole('heading', { name: 'Input' }) }).getByText('<script>alert(1)</script>').waitFor();
  await page.locator('.facts').getByText('<img src=x onerror=alert(1)>').waitFor();
});
