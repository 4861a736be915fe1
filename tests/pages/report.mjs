// The report of a load test as a file.
import test from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAccessible, widths } from './browser.mjs';
import { browser, folder, page, picture, world } from './setting.mjs';

test('The report of a load test fits every width in both themes, is accessible, and is whole on paper', async () => {
  const file = join(folder, 'report.html');
  // Its verdict is not asked for: some sagas of this node wait for a person.
  await world.command('loadtest', 'duplicate', '--url', world.base, '--drain', '1s', '--report', file).catch(() => undefined);
  assert.ok(existsSync(file));
  browser.expected.push(/another host was asked: file:/);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`file://${file}`);
      await page.getByRole('heading', { name: /^Load test/ }).waitFor();
      await isAccessible(page, `the report at ${width} px, ${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', media: 'print' });
  await page.setViewportSize({ width: 794, height: 1123 }); // A4 at 96 dpi
  const cutOff = await page.evaluate(() => [...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.getAttribute('aria-label')));
  assert.deepEqual(cutOff, [], 'tables that paper cuts off');
  await picture('report-print');
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize({ width: 1280, height: 900 });
});
