#!/usr/bin/env bash
# A payment that always raises, within ten libraries for retries, seen on 2026-11-30 with Node.js 20 and Python 3.11:
# how often it is called with the number 3, and with none.
# - The number of p-retry 7.1.1, async-retry 1.3.3, promise-retry 2.0.1 and cockatiel 3.2.1 (npm, maxAttempts) counts
#   what comes after the first try: four payments. That of tenacity 9.2.1, backoff 2.2.1, retry 0.9.2, retrying 1.4.2,
#   stamina 26.1.0 (PyPI) and of exponential-backoff 3.1.3 (npm) counts all: three.
# - With no number the first three make eleven payments, exponential-backoff and stamina ten. tenacity, retrying and
#   retry go on forever, and without a pause.
# - retry and retrying take an async def without a word, and never repeat it: it has returned before it raises.
# - tenacity raises RetryError in place of what the payment raised: an "except Declined" around it is passed by.
#   reraise=True turns that off.
# - p-retry does not repeat a TypeError, unless its text is that of a fetch that failed; the others repeat also the
#   program's own mistakes.
# What to do: always a number, and a list of the errors that may be repeated; one idempotency key for all tries; and a
# limit of the other side that is met by the larger number.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund p-retry@7.1.1 async-retry@1.3.3 promise-retry@2.0.1 cockatiel@3.2.1 \
  exponential-backoff@3.1.3 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check tenacity==9.2.1 backoff==2.2.1 retry==0.9.2 retrying==1.4.2 \
  stamina==26.1.0
cat >pay.mjs <<'END'
import asyncRetry from 'async-retry';
import { backOff } from 'exponential-backoff';
import { ConstantBackoff, handleAll, retry } from 'cockatiel';
import pRetry from 'p-retry';
import promiseRetry from 'promise-retry';

// Pauses are made short; numbers are left as they are.
const short = { minTimeout: 1, maxTimeout: 1 };
const three = { ...short, retries: 3 };
const attempts = async (run, error) => {
  let made = 0;
  const pay = async () => {
    made += 1;
    throw error;
  };
  await run(pay).catch(() => {});
  return made;
};
const ways = {
  'p-retry': [(pay) => pRetry(pay, three), (pay) => pRetry(pay, short)],
  'async-retry': [(pay) => asyncRetry(pay, three), (pay) => asyncRetry(pay, short)],
  'promise-retry': [
    (pay) => promiseRetry((again) => pay().catch(again), three),
    (pay) => promiseRetry((again) => pay().catch(again), short),
  ],
  cockatiel: [
    (pay) => retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(1) }).execute(pay),
  ],
  'exponential-backoff': [
    (pay) => backOff(pay, { numOfAttempts: 3, startingDelay: 1 }),
    (pay) => backOff(pay, { startingDelay: 1 }),
  ],
};
for (const [name, [given, none]] of Object.entries(ways)) {
  const own = await attempts(given, new TypeError('total is not a function'));
  const withThree = await attempts(given, new Error('declined'));
  const without = none ? await attempts(none, new Error('declined')) : '-';
  console.log(`${name}: with 3 ${withThree}, without ${without}, own mistake ${own}`);
}
END
cat >pay.py <<'END'
import asyncio, time
import backoff, retrying, stamina, tenacity
from retry.api import retry

class Declined(Exception):
    pass

def attempts(decorator):
    made, began = 0, time.monotonic()
    @decorator
    def pay():
        nonlocal made
        made += 1
        if made == 1000:
            raise KeyboardInterrupt
        raise Declined
    try:
        pay()
    except KeyboardInterrupt:
        return f"1000 and more, {'without a pause' if time.monotonic() - began < 20 else 'with pauses'}", None
    except Exception as error:
        return made, type(error).__name__

def attempts_of_async(decorator):
    made = 0
    @decorator
    async def pay():
        nonlocal made
        made += 1
        raise Declined
    async def run():
        try:
            await pay()
        except Exception:
            pass
    asyncio.run(run())
    return made

ways = {
    "tenacity": (tenacity.retry(stop=tenacity.stop_after_attempt(3)), tenacity.retry),
    "backoff": (backoff.on_exception(backoff.constant, Exception, max_tries=3, interval=0), None),
    "retry": (retry(tries=3), retry()),
    "retrying": (retrying.retry(stop_max_attempt_number=3), retrying.retry),
    "stamina": (
        stamina.retry(on=Exception, attempts=3, wait_initial=0.001, wait_max=0.001, wait_jitter=0),
        stamina.retry(on=Exception, wait_initial=0.001, wait_max=0.001, wait_jitter=0),
    ),
}
for name, (given, none) in ways.items():
    made, error = attempts(given)
    endless = attempts(none)[0] if none else "-"
    print(f"{name}: with 3 {made}, then {error}; async {attempts_of_async(given)}; without {endless}")
END
{
  node pay.mjs
  python/bin/python pay.py 2>error.log
} | tee seen
diff seen - <<'END'
p-retry: with 3 4, without 11, own mistake 1
async-retry: with 3 4, without 11, own mistake 4
promise-retry: with 3 4, without 11, own mistake 4
cockatiel: with 3 4, without -, own mistake 4
exponential-backoff: with 3 3, without 10, own mistake 3
tenacity: with 3 3, then RetryError; async 3; without 1000 and more, without a pause
backoff: with 3 3, then Declined; async 3; without -
retry: with 3 3, then Declined; async 1; without 1000 and more, without a pause
retrying: with 3 3, then Declined; async 1; without 1000 and more, without a pause
stamina: with 3 3, then Declined; async 3; without 10
END
echo "as described"
