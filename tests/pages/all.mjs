// all.mjs SAGACTL CHROMIUM FOLDER PORT: every page and action of the dashboard, against a real node in a real browser.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAccessible, openBrowser, settled, widths } from './browser.mjs';
import { until, World } from './world.mjs';

const [sagactl, program, folder, port] = process.argv.slice(2);
const world = new World(sagactl, folder, Number(port));
let browser;
let page;

const pictures = join(folder, 'pictures');
mkdirSync(pictures, { recursive: true });
const picture = (name) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

before(async () => {
  await world.start();
  await world.fill();
  browser = await openBrowser(program);
  page = browser.page;
});

after(async () => {
  await browser?.close();
  await world.stop();
  world.participant?.stop();
});

const at = async (path) => {
  await page.goto(world.base + path);
  await settled(page);
};
const says = (text) => page.getByText(text).first().waitFor();
const row = (id) => page.locator('.sagas tbody tr', { has: page.locator(`a[href="/ui/sagas/${id}"]`) });
const state = async (id) => (await world.ask(`/sagas/${id}`)).status;

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
  await page.getByRole('heading', { name: 'Sagas' }).waitFor();
  assert.doesNotMatch(page.url(), /code/);
  assert.equal(await page.evaluate(() => document.cookie), '', 'scripts cannot read the session');
  const other = await openBrowser(program);
  other.expected.push(/401/);
  await other.page.goto(address);
  await other.page.getByText('This link was used before').waitFor();
  await other.close();
});

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
    ['step=approval', waiting], ['text=trip-ada', completed], ['text=card%20has%20expired', failed], [`id=${completed.slice(0, 13)}`, completed], ['within=1h&key=trip-ada', completed], ['input.guest=Ada&definition=trip', completed], ['node=node-1&key=trip-ada', completed],
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

test('A saga is retried with a reason, which the audit keeps', async () => {
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
  await says('the bank works again');
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

test('All that failed for one reason are retried at once, and are watched until they complete', async () => {
  world.participant.state.isDeclining = false;
  await at('/');
  const failures = page.locator('.patterns > li', { hasText: 'card declined' });
  await failures.getByRole('button', { name: /Retry all \d+ sagas that failed at payment/ }).click();
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
  await picture('bulk');
  const { total } = await world.ask('/sagas?definition=trip&status=compensated&failedStep=payment&limit=1');
  assert.equal(total, 0);
  await at('/ui/bulk');
  await says('the bank works again');
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

test('Nodes, participants, locks, stock, definitions, audit and load tests have pages', async () => {
  const rows = [
    ['/ui/nodes', 'node-1'], ['/ui/participants', 'closed'], ['/ui/locks', /No lock is held|Fencing token/], ['/ui/stock', /Available|no stock/], ['/ui/definitions', 'OrderProcessingSaga'],
    ['/ui/definitions/trip', 'Steps and their order'], ['/ui/audit', 'changed their mind'], ['/ui/reports', 'There are none yet'], ['/ui/bulk', 'Bulk jobs'],
  ];
  for (const [path, text] of rows) {
    await at(path);
    await page.locator('main').getByText(text).first().waitFor().catch(() => assert.fail(`${path} does not show ${text}`));
    await isAccessible(page, path);
  }
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

test('Logging out ends the session', async () => {
  browser.expected.push(/401/);
  await at('/');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await at('/ui/audit');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

test('A node whose pages are read-only shows everything and offers no action', async () => {
  await world.stop();
  await world.start('--pages-read-only');
  await page.goto(await world.address());
  await page.getByRole('heading', { name: 'Sagas' }).waitFor();
  await says('Read only');
  await at(`/ui/sagas/${world.ids.failed}`);
  assert.equal(await page.getByRole('button', { name: 'Retry' }).count(), 0);
  await at('/?status=failed');
  assert.equal(await page.getByRole('button', { name: 'Act on all that match' }).count(), 0);
});

test('No page made an error, broke its policy, or asked another host', () => assert.deepEqual(browser.wrong, []));
