// shop.mjs SAGACTL CHROMIUM FOLDER PORT: buying in the shop of a real node, in a real browser.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAccessible, openBrowser, settled, widths } from './browser.mjs';
import { until } from './world.mjs';

const [sagactl, program, folder, port] = process.argv.slice(2);
const base = `http://127.0.0.1:${port}`;
const pictures = join(folder, 'pictures');
mkdirSync(pictures, { recursive: true });
let node;
let browser;
let page;

const picture = (name) => page.screenshot({ path: join(pictures, `shop-${name}.png`), fullPage: true });
const ask = async (path) => (await fetch(base + path)).json();

async function start(...flags) {
  node = spawn(sagactl, ['serve', '--port', port, '--payment-delay', '1ms', ...flags], { env: { ...process.env, SAGACTL_DATA: join(folder, 'shop-data') }, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  node.stderr.on('data', (text) => (log += text));
  await until('the node is ready', async () => {
    assert.equal(node.exitCode, null, log);
    return fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
  });
}

async function stop() {
  if (!node || node.exitCode !== null) return;
  node.kill('SIGTERM');
  await once(node, 'exit');
}

before(async () => {
  await start('--payment-confirm', 'shop');
  browser = await openBrowser(program);
  page = browser.page;
});

after(async () => {
  await browser?.close();
  await stop();
});

const at = async (path) => {
  await page.goto(base + path);
  await settled(page);
};
const says = (text) => page.locator('main').getByText(text).first().waitFor();
const button = (name) => page.getByRole('button', { name, exact: true });
const orderInAddress = () => new URL(page.url()).pathname.split('/')[3];

// From the products to the page to pay on; the order's id.
async function order(products, { way } = {}) {
  await at('/shop');
  for (const product of products) await button(`Add to the cart ${product}`).click();
  if (way) await page.getByLabel(way).check();
  await button('Order').click();
  await page.waitForURL(/\/shop\/pay\//);
  await settled(page);
  return orderInAddress();
}

async function payBy(choice) {
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await page.getByRole('heading', { name: 'Simulated payment' }).waitFor();
  await page.getByRole('link', { name: choice, exact: true }).click();
}

test('A shop without products offers to put sample products in', async () => {
  await at('/shop');
  await says('There are no products yet.');
  await button('Put five sample products in').click();
  await says('Laptop');
  assert.equal(await page.locator('.product').count(), 5);
  await isAccessible(page, 'the products');
});

test('The cart adds up, and survives a reload', async () => {
  await at('/shop');
  await says('The cart is empty.');
  await button('Add to the cart Laptop').click();
  await button('Add to the cart Mouse').click();
  await page.getByRole('button', { name: 'One more Mouse' }).click();
  await page.reload();
  await settled(page);
  assert.equal(await page.getByLabel('Quantity of Mouse').inputValue(), '2');
  assert.match(await page.locator('.total').innerText(), /1,060/);
  await picture('products');
  await page.getByRole('button', { name: 'Take Mouse out of the cart' }).click();
  assert.match(await page.locator('.total').innerText(), /1,000/);
  await page.getByLabel('Your name').fill(' ');
  await button('Order').click();
  await says('Say who you are.');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Take Laptop out of the cart' }).click();
});

test('A shopper buys, sees the saga and the receipt', async () => {
  const id = await order(['Laptop', 'Keyboard']);
  assert.equal((await ask(`/api/orders/${id}`)).status, 'PENDING');
  await isAccessible(page, 'the page to pay on');
  await picture('pay');
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await page.getByRole('heading', { name: 'Simulated payment' }).waitFor();
  await isAccessible(page, 'the provider’s page');
  await picture('provider');
  await page.getByRole('link', { name: 'Pay by card', exact: true }).click();
  await says('Thank you, your payment is confirmed.');
  await says('Order complete: done');
  for (const step of ['Order taken: done', 'Payment: done', 'Stock reserved: done']) await says(step);
  await isAccessible(page, 'a paid order');
  await picture('paid');
  await page.reload();
  await says('Thank you, your payment is confirmed.');
  const payment = await ask(`/api/payments/order/${id}`);
  assert.equal(payment.status, 'SUCCESS');
  const [receipt] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: /Open the receipt/ }).click()]);
  await receipt.getByRole('heading', { name: 'Receipt' }).waitFor();
  await receipt.getByText('1,080').first().waitFor();
  assert.match(await receipt.locator('main').innerText(), /Ada[^]*Laptop[^]*Keyboard[^]*Card/);
  assert.ok((await receipt.locator('main').innerText()).includes(payment.paymentKey));
  await isAccessible(receipt, 'a receipt');
  await receipt.screenshot({ path: join(pictures, 'shop-receipt.png'), fullPage: true });
  await receipt.close();
});

test('A declined card is said, and the order can be tried and paid again', async () => {
  browser.expected.push(/400/);
  const id = await order(['Mouse']);
  await payBy('Have the card declined');
  await page.getByRole('heading', { name: 'The payment failed.' }).waitFor();
  await says('Insufficient funds or card declined');
  await says('Payment: failed');
  await isAccessible(page, 'a failed payment');
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await page.waitForURL(/\/shop\/pay\//);
  await settled(page);
  await payBy('Pay by transfer');
  await says('Thank you, your payment is confirmed.');
  await says('Order complete: done');
  assert.equal((await ask(`/api/payments/order/${id}`)).paymentMethod, 'TRANSFER');
});

test('Who cancels at the provider has paid nothing, and may pay later', async () => {
  const id = await order(['Mouse']);
  await payBy('Cancel');
  await says('You cancelled the payment.');
  await isAccessible(page, 'a payment that was not made');
  assert.equal((await ask(`/api/orders/${id}`)).status, 'PENDING');
  await at('/shop/orders');
  const row = page.locator('tbody tr', { has: page.locator(`a[href="/shop/orders/${id}"]`) });
  assert.match(await row.innerText(), /waiting for payment/);
  await row.getByRole('link', { name: 'Pay' }).click();
  await page.waitForURL(/\/shop\/pay\//);
});

test('An order that is cancelled is refunded', async () => {
  const id = await order(['Monitor']);
  await payBy('Pay by card');
  await says('Order complete: done');
  await button('Cancel the order').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What was paid is refunded.').waitFor();
  await isAccessible(page, 'the question');
  await dialog.getByRole('button', { name: 'Cancel the order' }).click();
  await until('it is refunded', async () => (await ask(`/api/payments/order/${id}`)).status === 'REFUNDED');
  await at(`/shop/orders/${id}`);
  await says('refunded');
  await says('cancelled');
});

test('Both kinds of orders have a history', async () => {
  const id = await order(['Headphones'], { way: 'Each service waits for events of the others' });
  await payBy('Pay by card');
  await says('Order complete: done');
  await at('/shop/orders?kind=choreographed');
  await page.locator(`a[href="/shop/orders/${id}"]`).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.getByRole('link', { name: 'Orchestrated' }).click();
  await until('the other kind', async () => (await page.locator(`a[href="/shop/orders/${id}"]`).count()) === 0 && (await page.locator('tbody tr').count()) >= 4);
  await isAccessible(page, 'the history');
  await picture('orders');
});

test('More than there is fails, is undone, and says why', async () => {
  const body = { customerId: 'Eve', items: [{ productId: 'PROD004', productName: 'Monitor', quantity: 1000, price: 300 }] };
  const placed = await (await fetch(`${base}/api/orchestrator/orders`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();
  await at(`/shop/simulated-provider/${placed.orderId}?amount=300000`);
  await page.getByRole('link', { name: 'Pay by card', exact: true }).click();
  await says('Stock reserved: failed');
  await says('Payment: undone');
  await says(/Insufficient stock/);
});

test('A wrong address says so', async () => {
  browser.expected.push(/404/);
  await at('/shop/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await at('/shop/success?orderId=1');
  await page.getByRole('alert').waitFor();
  await at('/shop/orders/01a22843-12b9-7001-8494-012165d7c736');
  await page.getByRole('alert').waitFor();
});

test('A name with markup is text', async () => {
  await at('/shop');
  await button('Add to the cart Mouse').click();
  await page.getByLabel('Your name').fill('<img src=x onerror=alert(1)>');
  await button('Order').click();
  await page.waitForURL(/\/shop\/pay\//);
  await at('/shop/orders');
  await says('<img src=x onerror=alert(1)>');
});

test('One can buy by keyboard alone', async () => {
  await at('/shop');
  const reach = async (what, holds, argument) => {
    for (let i = 0; i < 80; ++i) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(holds, argument)) return;
    }
    assert.fail(`${what} is not reached by the Tab key`);
  };
  const isFocused = (name) => document.activeElement.getAttribute('aria-label') === name || document.activeElement.textContent === name;
  await reach('a product', isFocused, 'Add to the cart Headphones');
  await page.keyboard.press('Enter');
  await reach('the order button', isFocused, 'Order');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/shop\/pay\//);
  await settled(page);
  await reach('the way to pay', isFocused, 'Pay');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Simulated payment' }).waitFor();
  await reach('the card', isFocused, 'Pay by card');
  await page.keyboard.press('Enter');
  await says('Thank you, your payment is confirmed.');
});

test('Every page fits every width, in both themes and in Korean, and is accessible', async () => {
  const { data } = await ask('/api/orchestrator/sagas?status=COMPLETED');
  const paths = ['/shop', '/shop/orders', `/shop/orders/${data[0].orderId}`, `/shop/receipts/${data[0].orderId}`];
  for (const language of ['ko', 'en']) {
    await page.locator('.preferences select').nth(1).selectOption(language);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        for (const path of paths) {
          await at(path);
          await isAccessible(page, `${path} at ${width} px, ${colorScheme}, ${language}`);
        }
        if (width === 360) await picture(`${width}-${colorScheme}-${language}`);
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
});

test('With a client key the page to pay on, and no other, has the widget of Toss Payments', async () => {
  await stop();
  const secret = join(folder, 'toss.key');
  writeFileSync(secret, 'test_sk_of_the_test');
  chmodSync(secret, 0o600);
  await start('--payment', 'toss', '--toss-secret-file', secret, '--toss-url', 'http://127.0.0.1:9', '--toss-client-key', 'test_ck_1', '--payment-confirm', 'shop');
  browser.expected.push(/js\.tosspayments\.com/);
  await browser.context.route('https://js.tosspayments.com/**', (route) => route.fulfill({
    contentType: 'text/javascript',
    body: `window.PaymentWidget = (clientKey, customerKey) => ({
      renderPaymentMethods: (at, amount) => document.querySelector(at).append('methods of ' + clientKey + ' for ' + amount),
      renderAgreement: (at) => document.querySelector(at).append('agreement'),
      requestPayment: async (request) => { document.title = JSON.stringify(request); },
    });`,
  }));
  const id = await order(['Laptop']);
  await says('methods of test_ck_1 for 1000');
  await says('agreement');
  await button('Pay').click();
  const asked = JSON.parse(await page.title());
  assert.equal(asked.orderId, id);
  assert.equal(asked.successUrl, `${base}/shop/success`);
  assert.equal(asked.failUrl, `${base}/shop/fail`);
  const policy = async (path) => (await fetch(base + path, { headers: { Accept: 'text/html' } })).headers.get('content-security-policy');
  assert.match(await policy(`/shop/pay/${id}`), /script-src 'self' https:\/\/js\.tosspayments\.com;/);
  for (const path of ['/shop', '/shop/orders', '/', '/ui']) assert.doesNotMatch(await policy(path), /tosspayments/, path);
});

test('No page made an error, broke its policy, or asked another host', () => assert.deepEqual(browser.wrong, []));
