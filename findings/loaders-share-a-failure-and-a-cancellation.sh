#!/usr/bin/env bash
# Two customers ask for the price of one book, and a library sees to it that it is read once: nine of them, without
# options, seen on 2026-11-30 with Node.js 20 and Python 3.11. The first reading fails, and is asked for again later;
# and then, of another price and with the four of Python, the first customer cancels while the second one waits for
# the same reading.
# - DataLoader 2.2.3 and memoizee 0.4.17 (npm), and aiodataloader 0.4.3 (PyPI) keep the failure, for as long as the
#   loader lives: "down" is the price of the book from then on, though the service is back. DataLoader's page says so.
#   p-memoize 8.0.0, lru-cache 11.5.3, async-cache-dedupe 3.4.0 (npm), async-lru 2.4.0, asyncstdlib 3.14.0 and aiocache
#   0.12.3 (PyPI) read again.
# - With aiodataloader the second customer is cancelled with the first, by CancelledError, which "except Exception"
#   does not see; and everybody who asks later, too, though the reading itself went well. async-lru lets the second one
#   wait on; asyncstdlib and aiocache read twice.
# What to do: a loader of its own for each request, never one of the process; loader.clear(key) after an error;
# memoizee's { promise: true }; asyncio.shield(loader.load(key)) where a load may be cancelled.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund dataloader@2.2.3 memoizee@0.4.17 p-memoize@8.0.0 lru-cache@11.5.3 \
  async-cache-dedupe@3.4.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check aiodataloader==0.4.3 async-lru==2.4.0 asyncstdlib==3.14.0 \
  aiocache==0.12.3
cat >ask.mjs <<'END'
import { setTimeout as pause } from 'node:timers/promises';
import { createCache } from 'async-cache-dedupe';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import memoizee from 'memoizee';
import pMemoize from 'p-memoize';

const ways = {
  DataLoader: (read) => {
    const loader = new DataLoader((books) => Promise.all(books.map((book) => read(book).catch((error) => error))));
    return (book) => loader.load(book);
  },
  memoizee: (read) => memoizee(read),
  'memoizee, promise: true': (read) => memoizee(read, { promise: true }),
  'p-memoize': (read) => pMemoize(read),
  'lru-cache': (read) => {
    const cache = new LRUCache({ max: 10, fetchMethod: read });
    return (book) => cache.fetch(book);
  },
  'async-cache-dedupe': (read) => {
    const cache = createCache({ ttl: 10, storage: { type: 'memory' } }).define('price', read);
    return (book) => cache.price(book);
  },
};
for (const [name, make] of Object.entries(ways)) {
  let readings = 0;
  const get = make(async () => {
    readings += 1;
    await pause(20);
    if (readings === 1) {
      throw new Error('down');
    }
    return 12.5;
  });
  const first = await get('book').catch((error) => error.message);
  await pause(100);
  const second = await get('book').catch((error) => error.message);
  console.log(`${name}: ${first}, then ${second}`);
}
process.exit(0);
END
cat >ask.py <<'END'
import asyncio
import aiocache, asyncstdlib
from aiodataloader import DataLoader
from async_lru import alru_cache

def with_loader(read, shielded=False):
    class Prices(DataLoader):
        async def batch_load_fn(self, books):
            return await asyncio.gather(*map(read, books), return_exceptions=True)
    loader = Prices()
    async def get(book):
        return await (asyncio.shield(loader.load(book)) if shielded else loader.load(book))
    return get

ways = {
    "aiodataloader": with_loader,
    "aiodataloader, shielded": lambda read: with_loader(read, True),
    "async-lru": alru_cache,
    "asyncstdlib": asyncstdlib.lru_cache,
    "aiocache": lambda read: aiocache.cached(key_builder=lambda function, book: book)(read),
}

async def ask(make):
    readings = 0
    async def read(book):
        nonlocal readings
        readings += 1
        await asyncio.sleep(0.5)
        if book == "book" and readings == 1:
            raise ValueError("down")
        return 12.5
    get = make(read)
    async def attempt(book):
        try:
            return await get(book)
        except (Exception, asyncio.CancelledError) as error:
            return str(error) or type(error).__name__
    failed = [await attempt("book"), await attempt("book")]
    readings = 0
    first = asyncio.create_task(attempt("pen"))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(attempt("pen"))
    await asyncio.sleep(0.1)
    first.cancel()
    others = [await second, await attempt("pen")]
    return f"{failed[0]}, then {failed[1]}; second customer {others[0]}, a later one {others[1]}, readings {readings}"

for name, make in ways.items():
    async def run():
        return await ask(make)
    print(f"{name}: {asyncio.run(run())}")
END
{
  node ask.mjs
  python/bin/python ask.py
} | tee seen
diff seen - <<'END'
DataLoader: down, then down
memoizee: down, then down
memoizee, promise: true: down, then 12.5
p-memoize: down, then 12.5
lru-cache: down, then 12.5
async-cache-dedupe: down, then 12.5
aiodataloader: down, then down; second customer CancelledError, a later one CancelledError, readings 1
aiodataloader, shielded: down, then down; second customer 12.5, a later one 12.5, readings 1
async-lru: down, then 12.5; second customer 12.5, a later one 12.5, readings 1
asyncstdlib: down, then 12.5; second customer 12.5, a later one 12.5, readings 2
aiocache: down, then 12.5; second customer 12.5, a later one 12.5, readings 2
END
echo "as described"
