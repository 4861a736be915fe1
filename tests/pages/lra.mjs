// LRAs, and those that are nested in others.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible, widths } from './browser.mjs';
import { at, page, picture, row, says, world } from './setting.mjs';

const short = (id) => id.slice(0, 18);

test('The list has the LRAs', async () => {
  await at('/?definition=lra');
  for (const id of [world.ids.lra, world.ids.nestedLra, world.ids.cancelledLra]) await row(id).waitFor();
  await picture('lra-list');
});

test('An LRA shows who joined it, what each was asked, and the LRA that is nested in it', async () => {
  await at(`/ui/sagas/${world.ids.lra}`);
  const panel = page.locator('.panel', { has: page.getByRole('heading', { name: 'Long running action' }) });
  await panel.getByText('Active').first().waitFor();
  await panel.getByText('/lra/hotel/compensate').waitFor();
  assert.equal(await page.getByRole('link', { name: 'lra', exact: true }).count(), 0, 'no page has its definition');
  await isAccessible(page, 'an LRA');
  await picture('lra');
  await panel.getByRole('link', { name: short(world.ids.nestedLra) }).click();
  await page.waitForURL(`**/ui/sagas/${world.ids.nestedLra}`);
  await panel.getByText('Closed').first().waitFor();
  await panel.getByRole('link', { name: short(world.ids.lra) }).waitFor();
  await says('may forget: http://127.0.0.1');
  await page.locator('.calls > details').first().locator('summary').click();
  await says('/lra/flight/complete');
});

test('A cancelled LRA shows who was compensated, at every width and in both themes', async () => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await at(`/ui/sagas/${world.ids.cancelledLra}`);
      await page.getByText('Compensated').first().waitFor();
      assert.equal(await page.getByRole('button', { name: 'Retry' }).count(), 0, 'it is over');
      await isAccessible(page, `a cancelled LRA at ${width} px, ${colorScheme}`);
      await picture(`lra-cancelled-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
});
