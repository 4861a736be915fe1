#!/usr/bin/env bash
# Five circuit breakers without options around a payment that is declined, or fails, each time, seen on 2026-11-30 with
# Node.js 20 and Python 3.11: which call opens them, and what the caller of that call gets.
# - opossum 9.0.0 (npm) opens after the very first call if that one fails: one of one is more than 50 %, and it wants no
#   least number of calls. So a process that starts while one customer's card is declined refuses all others for 30 s.
# - pybreaker 1.4.1 and aiobreaker 1.2.0 (PyPI) report the fifth failure, whose call was carried out, by the same
#   CircuitBreakerError as the sixth, which is refused without a call. A caller that takes it for "nothing was sent" is
#   wrong once for each opening, and the error of the payment itself, declined or in doubt, is only in __context__.
# - cockatiel 3.2.1 (npm, ConsecutiveBreaker(5)) and purgatory 3.0.1 (PyPI) raise the error of the call five times, and
#   their own from the sixth call on.
# What to do: volumeThreshold: 5 for opossum; throw_new_error_on_trip=False for pybreaker; exclude answers that are
# refusals (errorFilter, exclude), since a declined card says that the service works.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund opossum@9.0.0 cockatiel@3.2.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pybreaker==1.4.1 aiobreaker==1.2.0 purgatory==3.0.1
cat >pay.js <<'END'
const { ConsecutiveBreaker, circuitBreaker, handleAll } = require('cockatiel');
const CircuitBreaker = require('opossum');

class Declined extends Error {}
let calls = 0;
async function pay() {
  calls += 1;
  throw new Declined('declined');
}

async function show(name, fire) {
  calls = 0;
  const told = [];
  for (let i = 0; i < 7; i += 1) {
    const before = calls;
    await fire().catch((error) => told.push(`${calls > before ? 'called' : 'not called'}, ${error.constructor.name}`));
  }
  for (const [i, each] of told.entries()) {
    if (each !== told[i - 1]) console.log(`${name}, from call ${i + 1}: ${each}`);
  }
}

(async () => {
  const breaker = new CircuitBreaker(pay);
  await show('opossum', () => breaker.fire());
  const patient = new CircuitBreaker(pay, { volumeThreshold: 5 });
  await show('opossum with volumeThreshold 5', () => patient.fire());
  const policy = circuitBreaker(handleAll, { halfOpenAfter: 30000, breaker: new ConsecutiveBreaker(5) });
  await show('cockatiel', () => policy.execute(pay));
  process.exit(0);
})();
END
cat >pay.py <<'END'
import asyncio
import aiobreaker, purgatory, pybreaker

class Declined(Exception):
    pass

calls = 0

def pay():
    global calls
    calls += 1
    raise Declined

async def pay_later():
    pay()

def show(name, fire):
    told = []
    for _ in range(7):
        before = calls
        try:
            fire()
        except Exception as error:
            told.append(f"{'called' if calls > before else 'not called'}, {type(error).__name__}")
    for i, each in enumerate(told):
        if i == 0 or each != told[i - 1]:
            print(f"{name}, from call {i + 1}: {each}")

def guarded():
    with breakers.get_breaker("payment"):
        pay()

breaker, later = pybreaker.CircuitBreaker(), aiobreaker.CircuitBreaker()
breakers = purgatory.SyncCircuitBreakerFactory()
plain = pybreaker.CircuitBreaker(throw_new_error_on_trip=False)
show("pybreaker", lambda: breaker.call(pay))
show("pybreaker without a new error", lambda: plain.call(pay))
show("aiobreaker", lambda: asyncio.run(later.call_async(pay_later)))
show("purgatory", guarded)
END
{
  node pay.js
  python/bin/python pay.py
} | tee seen
diff seen - <<'END'
opossum, from call 1: called, Declined
opossum, from call 2: not called, Error
opossum with volumeThreshold 5, from call 1: called, Declined
opossum with volumeThreshold 5, from call 6: not called, Error
cockatiel, from call 1: called, Declined
cockatiel, from call 6: not called, BrokenCircuitError
pybreaker, from call 1: called, Declined
pybreaker, from call 5: called, CircuitBreakerError
pybreaker, from call 6: not called, CircuitBreakerError
pybreaker without a new error, from call 1: called, Declined
pybreaker without a new error, from call 6: not called, CircuitBreakerError
aiobreaker, from call 1: called, Declined
aiobreaker, from call 5: called, CircuitBreakerError
aiobreaker, from call 6: not called, CircuitBreakerError
purgatory, from call 1: called, Declined
purgatory, from call 6: not called, OpenedState
END
echo "as described"
