// The first page: the overview, the list and its filters.
import test from 'node:test';
import assert from 'node:assert/strict';
import { isAccessible } from './browser.mjs';
import { at, browser, page, picture, row, says, state, world } from './setting.mjs';
import { until } from './world.mjs';

test('The list shows sagas of every kind with their state, step and error', async () => {
  await at('/');
  await row(world.ids.declined).waitFor({ state: 'attached' }).catch(() => null);
  await at('/?definition=trip');
  assert.match(await row(world.ids.completed).innerText(), /Completed/);
  assert.match(await row(world.ids.declined).innerText(), /Compensated[^]*payment[^]*card declined/);
  assert.match(await row(world.ids.failed).innerText(), /Failed[^]*Needs a person/);
  await isAccessible(page, 'the list');
});

test('The overview counts by state and says why sagas failed', async () => {
  await at('/');
  await until('the overview has the failures', async () => /card declined: \*/.test(await page.locator('.patterns').innerText().catch(() => '')));
  assert.match(await page.locator('.tiles').innerText(), /Compensated\s*\d+/);
  await page.getByText('What was undone').click();
  await picture('list');
});

test('What is looked at stays where it is while the page loads', async () => {
  for (const [path, last] of [['/', '.patterns'], [`/ui/sagas/${world.ids.declined}`, '.gantt svg']]) {
    await at(path);
    await page.locator(last).first().waitFor();
    await page.locator('.live', { hasText: '●' }).waitFor();
    const moved = await page.evaluate(() => window.moved);
    assert.ok(moved.reduce((sum, m) => sum + m.by, 0) < 0.01, `${path} moved: ${JSON.stringify(moved)}`);
  }
});

test('Filters live in the address, and the back button takes them back', async () => {
  await at('/');
  await page.getByRole('button', { name: 'Failed', exact: true }).click();
  await page.waitForURL(/status=failed/);
  await row(world.ids.failed).waitFor();
  assert.equal(await row(world.ids.completed).count(), 0);
  await page.locator('.filters').getByLabel('Definition').selectOption('trip');
  await page.waitForURL(/definition=trip/);
  await page.reload();
  await row(world.ids.failed).waitFor();
  await page.goBack();
  await page.goBack();
  await page.waitForURL((url) => !url.search);
});

test('Every filter finds what it names', async () => {
  const { completed, declined, failed, busy, waiting } = world.ids;
  const rows = [
    ['key=trip-ada', completed], ['failedStep=payment&definition=trip', declined], ['participant=payment&status=started', busy], ['error=card%20declined', declined], ['errorLike=*declined*', declined],
    ['step=approval', waiting], ['text=trip-ada', completed], [`text=${declined.slice(0, 18)}`, declined], ['text=booking%20cannot%20be%20found', failed], [`id=${completed.slice(0, 13)}`, completed], ['within=1h&key=trip-ada', completed], ['input.guest=Ada&definition=trip', completed], ['node=node-1&key=trip-ada', completed],
  ];
  for (const [filter, id] of rows) {
    await at(`/?${filter}`);
    await row(id).waitFor().catch(() => assert.fail(`${filter} does not find ${id}: ${page.url()}`));
  }
  await at('/?key=nobody-has-this');
  await says('No saga matches.');
});

test('A filter is taken away by its own button', async () => {
  await at('/?status=failed&definition=trip');
  await page.getByRole('button', { name: 'Remove the filter Status: Failed' }).click();
  await page.waitForURL((url) => url.search === '?definition=trip');
});

test('Pages go forward and back without a gap', async () => {
  await at('/?limit=10');
  const ids = () => page.locator('.sagas tbody a.mono, .sagas tbody td.mono a').evaluateAll((links) => links.map((l) => l.getAttribute('href')));
  const first = await ids();
  assert.equal(first.length, 10);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.waitForURL(/cursor=/);
  await until('the second page', async () => { const now = await ids(); return now.length > 0 && now[0] !== first[0]; });
  const second = await ids();
  assert.equal(second.filter((id) => first.includes(id)).length, 0);
  await page.getByRole('button', { name: 'Previous' }).click();
  await until('the first page', async () => (await ids())[0] === first[0]);
});

test('Views and columns are kept in the browser', async () => {
  await at('/?definition=trip&status=compensated');
  await page.getByRole('button', { name: 'Save this view' }).click();
  await page.getByLabel('Name of the view').fill('Declined trips');
  await page.getByRole('dialog').getByRole('button', { name: 'Save this view' }).click();
  await at('/');
  await page.getByRole('link', { name: 'Declined trips' }).click();
  await page.waitForURL(/definition=trip.*status=compensated/);
  await page.locator('summary', { hasText: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Node' }).check();
  await page.reload();
  await page.getByRole('columnheader', { name: 'Node' }).waitFor();
  await page.getByRole('button', { name: 'Delete the view Declined trips' }).click();
  assert.equal(await page.getByRole('link', { name: 'Declined trips' }).count(), 0);
});

test('A new saga comes into the list by itself, and not while it is paused', async () => {
  await at('/?definition=trip');
  const live = await world.saga('trip', 'trip-live', { guest: 'Liv', mood: 'fine' });
  await row(live.id).waitFor();
  await page.getByRole('button', { name: 'Live' }).click();
  const later = await world.saga('trip', 'trip-later', { guest: 'Lea', mood: 'fine' });
  assert.equal(await row(later.id).count(), 0);
  await page.getByRole('button', { name: 'Live' }).click();
  const again = await world.saga('trip', 'trip-again', { guest: 'Lou', mood: 'fine' });
  await row(again.id).waitFor();
});
