// api.mjs SAGACTL CHROMIUM FOLDER PORT: the page on the API, against a real node in a real browser.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAccessible, openBrowser, settled, widths } from './browser.mjs';
import { World } from './world.mjs';

const [sagactl, program, folder, port] = process.argv.slice(2);
const world = new World(sagactl, folder, Number(port));
const pictures = join(folder, 'pictures');
mkdirSync(pictures, { recursive: true });
let browser;
let page;

before(async () => {
  await world.start();
  browser = await openBrowser(program);
  page = browser.page;
});

after(async () => {
  await browser?.close();
  await world.stop();
});

const at = async (path) => {
  await page.goto('about:blank');
  await page.goto(world.base + path);
  await settled(page);
  await page.locator('.operation').first().waitFor();
};
const operation = (id) => page.locator(`[id="${id}"]`);
const send = async (id) => {
  await operation(id).getByRole('button', { name: 'Send', exact: true }).click();
  await operation(id).locator('.answer').waitFor();
  return operation(id).locator('.answer').innerText();
};

test('Every route of the document is there, at both addresses', async () => {
  const document = await (await fetch(`${world.base}/api-json`)).json();
  const routes = Object.values(document.paths).flatMap((methods) => Object.values(methods)).map((o) => o.operationId);
  for (const path of ['/api', '/api/docs']) {
    await at(path);
    const ids = await page.locator('.operation').evaluateAll((all) => all.map((each) => each.id));
    assert.deepEqual([...ids].sort(), [...routes].sort(), path);
  }
  const names = await page.locator('[id^="schema-"]').count();
  assert.equal(names, Object.keys(document.components.schemas).length);
  await isAccessible(page, 'the list of routes');
});

test('A link names a route, opens it, and is what Swagger UI would have', async () => {
  await at('/api#/health/get_health');
  await operation('get_health').getByRole('button', { name: 'Send', exact: true }).waitFor();
  assert.match(await send('get_health'), /200 OK[^]*"status": "ok"/);
  await at('/api#/schemas/Problem');
  await page.locator('#schema-Problem').getByText('correlationId').waitFor();
});

test('A request is sent with a token, and without one it is refused', async () => {
  browser.expected.push(/401|400/);
  await at('/api#/orders/post_orders');
  const body = operation('post_orders').getByLabel(/^Body/);
  const example = JSON.parse(await body.inputValue());
  assert.ok(example.items.length && example.shippingAddress, 'an example has what is needed');
  assert.match(await send('post_orders'), /401/);
  await page.getByLabel('By a token').check();
  await page.getByLabel('Bearer token').fill(world.token);
  example.items = [{ productId: 'BOOK', productName: 'It\'s a book', quantity: 1, price: 9.5 }];
  await body.fill(JSON.stringify(example));
  const answer = await send('post_orders');
  assert.match(answer, /201 Created[^]*"status": "pending"/);
  await isAccessible(page, 'a route with its answer');
  await page.screenshot({ path: join(pictures, 'api.png') });
});

test('The line for the shell does what the form does, and shows no token', async () => {
  const line = await operation('post_orders').locator('.curl pre').innerText();
  assert.ok(!line.includes(world.token));
  const other = line.replace('BOOK', 'OTHER-BOOK');
  const out = execFileSync('bash', ['-c', `${other} -s`], { env: { ...process.env, TOKEN: world.token }, encoding: 'utf8' });
  assert.equal(JSON.parse(out).items[0].productName, "It's a book");
});

test('Parameters go into the path, the query and headers; what is missing is said', async () => {
  const { orders } = await world.ask('/orders');
  await operation('post_orders').locator('summary').first().click();
  await page.getByLabel('Filter routes').fill('get /orders/{id}');
  await operation('get_orders_id').locator('summary').first().click();
  await operation('get_orders_id').getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('Needed: id').waitFor();
  await operation('get_orders_id').getByLabel('id (required)').fill(orders[0].id);
  assert.match(await send('get_orders_id'), new RegExp(`200 OK[^]*${orders[0].id}`));
  await page.getByLabel('Filter routes').fill('nothing has this');
  await page.getByText('No route matches.').waitFor();
});

test('Who is logged in asks by the session, also to change something', async () => {
  await page.goto(await world.address());
  await page.getByRole('heading', { name: 'Sagas', exact: true }).waitFor();
  await at('/api#/checkout/post_api_orders');
  assert.equal(await page.getByLabel(/who is logged in here/).isChecked(), true);
  await at('/api#/inventory/post_api_inventory_initialize');
  assert.match(await send('post_api_inventory_initialize'), /200 OK[^]*PROD001/);
});

test('A stream is shown as it comes, until it is stopped', async () => {
  await at('/api#/events/get_events');
  const id = await page.locator('.operation[open]').getAttribute('id').catch(() => null) ?? 'get_events';
  await operation(id).getByRole('button', { name: 'Send', exact: true }).click();
  await operation(id).getByText('It goes on').waitFor();
  await world.ask('/orders', { method: 'POST', body: { items: [{ productId: 'STREAM', productName: 'S', quantity: 1, price: 1 }], shippingAddress: 'x' } });
  await operation(id).getByText('OrderCreated').first().waitFor();
  await operation(id).getByRole('button', { name: 'Stop' }).click();
  await operation(id).getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
});

test('It fits every width, in both themes and in Korean, and is accessible', async () => {
  for (const language of ['ko', 'en']) {
    await page.locator('.preferences select').nth(1).selectOption(language);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        await at('/api#/orders/post_orders');
        await isAccessible(page, `the API at ${width} px, ${colorScheme}, ${language}`);
      }
    }
  }
});

test('The page made no error, broke no policy, and asked no other host', () => assert.deepEqual(browser.wrong, []));
