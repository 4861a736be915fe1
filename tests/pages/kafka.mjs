// Topics, groups, messages and dead letters, with a broker: PAGES_KAFKA names it.
import test from 'node:test';
import { join } from 'node:path';
import { isAccessible, openBrowser, settled } from './browser.mjs';
import { folder, picture, program, world } from './setting.mjs';
import { World } from './world.mjs';

const broker = process.env.PAGES_KAFKA;

test('Topics, their messages, groups and dead letters have pages', { skip: broker ? false : 'needs Kafka' }, async () => {
  const site = new World(world.sagactl, join(folder, 'kafka'), world.port + 3);
  await site.start('--kafka', broker);
  const browser = await openBrowser(program);
  try {
    const { page } = browser;
    const at = async (path) => {
      await page.goto(site.base + path);
      await settled(page);
      await isAccessible(page, path);
    };
    await site.ask('/orders', { method: 'POST', body: { items: [{ productId: `KAFKA-${Date.now()}`, productName: 'A book', quantity: 1, price: 9.5 }], shippingAddress: 'Main Street 1' } });
    await page.goto(await site.address());
    await page.getByRole('heading', { name: 'Sagas', exact: true }).waitFor();
    await at('/ui/messages');
    await page.getByRole('link', { name: /order/ }).first().click();
    await page.getByRole('heading', { name: /^Topic / }).waitFor();
    await page.locator('summary', { hasText: 'orderId' }).first().click();
    await page.getByText('"orderId"').first().waitFor();
    await isAccessible(page, 'messages of a topic');
    await picture('messages-of-a-topic', page);
    await at('/ui/dead-letters');
    await page.locator('main').getByText(/There are none|Redeliver/).first().waitFor();
  } finally {
    await browser.close();
    await site.stop();
  }
});
