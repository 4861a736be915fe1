// The node and the browser that all tests of the pages share, and what they say most.
import { after, before } from 'node:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, settled } from './browser.mjs';
import { World } from './world.mjs';

const [sagactl, chromium, place, port] = process.argv.slice(2);
export const folder = place;
export const program = chromium;
export const world = new World(sagactl, folder, Number(port));
export let browser;
export let page;

const pictures = join(folder, 'pictures');
mkdirSync(pictures, { recursive: true });
export const picture = (name, of = page) => of.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

before(async () => {
  await world.start('--allow-lra');
  await world.fill();
  browser = await openBrowser(program);
  page = browser.page;
});

after(async () => {
  await browser?.close();
  await world.stop();
  world.participant?.stop();
});

export const at = async (path) => {
  await page.goto(world.base + path);
  await settled(page);
};
export const says = (text) => page.getByText(text).first().waitFor();
export const row = (id) => page.locator('.sagas tbody tr', { has: page.locator(`a[href="/ui/sagas/${id}"]`) });
export const state = async (id) => (await world.ask(`/sagas/${id}`)).status;
