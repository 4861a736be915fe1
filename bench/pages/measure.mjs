// measure.mjs CHROMIUM ADDRESS SECONDS: what the first page costs the browser, in words.
import { setTimeout as pause } from 'node:timers/promises';
import { openBrowser, settled } from './browser.mjs';

const [program, address, seconds] = process.argv.slice(2);
const browser = await openBrowser(program);
const { page } = browser;
await page.goto(address);
await settled(page);
const base = new URL(address).origin;
const times = [], paints = [];
for (let i = 0; i < 10; ++i) {
  await page.goto(`${base}/?limit=100`);
  await page.waitForFunction(() => document.querySelectorAll('.sagas tbody tr').length === 100 && document.querySelector('.chart svg'));
  times.push(await page.evaluate(() => performance.now()));
  paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
}
for (const each of [times, paints]) each.sort((a, b) => a - b);
console.log(`first paint                  ${Math.round(paints[5])} ms (median of 10, slowest ${Math.round(paints[9])} ms)`);
console.log(`address to list and overview ${Math.round(times[5])} ms (median of 10, slowest ${Math.round(times[9])} ms)`);
const bytes = await page.evaluate(() => performance.getEntriesByType('resource').reduce((sum, r) => sum + r.encodedBodySize, 0));
console.log(`over the wire                ${bytes} bytes, figures and rows included, files from the cache counted`);
await page.evaluate(() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
});
await pause(Number(seconds) * 1000);
const { tasks, elements, rows } = await page.evaluate(() => ({ tasks: window.tasks, elements: document.querySelectorAll('*').length, rows: document.querySelectorAll('.sagas tbody tr').length }));
const moved = await page.evaluate(() => window.moved.reduce((sum, m) => sum + m.by, 0));
console.log(`moved by itself meanwhile    ${moved.toFixed(4)} (cumulative layout shift; below 0.1 is good)`);
console.log(`following for ${seconds} s         ${tasks.length} tasks over 50 ms, the longest ${Math.round(Math.max(0, ...tasks))} ms; ${elements} elements, ${rows} rows`);
await browser.close();
