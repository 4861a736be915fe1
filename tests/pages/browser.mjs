// A browser for tests of pages: it notices every error of a page, what its policy refused, and what was moved.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A desk, a tablet, a phone.
export const widths = [1280, 800, 360];

const patience = 90_000; // milliseconds: only what hangs meets it

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function openBrowser(program, { locale = 'en-GB', ...more } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'sagactl-pages.'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: program, args: flags, locale, timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 900 }, timeout: patience, ...more });
  context.setDefaultTimeout(patience);
  const wrong = [];
  const expected = []; // patterns of errors that a test provokes
  const note = (text) => expected.some((e) => e.test(text)) || wrong.push(text);
  const watch = (page) => {
    page.on('pageerror', (error) => note(`error: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && note(`console: ${message.text()}`));
    page.on('request', (request) => !request.url().startsWith('http://127.0.0.1') && !request.url().startsWith('blob:') && note(`another host was asked: ${request.url()}`));
  };
  context.pages().forEach(watch);
  context.on('page', watch);
  // How much of the page moved by itself, as the browser measures it.
  await context.addInitScript(() => {
    window.moved = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (!entry.hadRecentInput) window.moved.push({ by: entry.value, what: entry.sources.map((s) => `${s.node?.nodeName} ${s.node?.className ?? ''} ${s.previousRect.y} to ${s.currentRect.y}`) });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return {
    context, wrong, expected,
    page: context.pages()[0] ?? (await context.newPage()),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

// The serious and critical findings of axe-core, in words; there should be none.
export async function findings(page) {
  // The policy of the pages lets no script in; what a debugger evaluates does not count.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
}

export async function isAccessible(page, what) {
  assert.deepEqual(await findings(page), [], what);
  // No text in an element without a name, nothing wider than the page.
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${what} is ${overflow} px wider than its window`);
}

// Waits until a page has what it shows.
export async function settled(page) {
  await page.locator('main').waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton') && document.querySelector('h1'));
}
