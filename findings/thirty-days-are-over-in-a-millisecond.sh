#!/usr/bin/env bash
# A reservation that is to expire, or an order that is given up, after thirty days, by twenty libraries and Node.js 20
# itself, seen on 2026-12-01. A timer of JavaScript holds at most 2^31 - 1 milliseconds, which is 24 days and 20 hours;
# for a longer one Node.js writes a warning to standard error, and waits for one millisecond.
# - xstate 5.33.3's "after", rxjs 7.8.2's timer, delay and timeout, effection 4.1.1's sleep and bluebird 3.7.2's delay
#   (npm) are over at once, and so are AbortSignal.timeout and timers/promises of Node.js itself: the order is expired
#   while its customer looks at it, and no error says so.
# - p-timeout 7.0.2, p-queue 9.3.5, p-event 7.1.1, p-wait-for 6.0.0, cockatiel 3.2.1, opossum 9.0.0, async-mutex 0.5.0,
#   async 3.2.6 and bottleneck 2.19.5 (npm) give up at once: "timed out after 2592000000 milliseconds". What they were
#   given goes on behind them, so that whoever then tries again, or compensates, meets a payment that is made later.
# - effect 4.1.0, delay 7.0.0, bpmn-engine 25.0.1 (P30D), croner 11.0.1 and node-schedule 2.1.1 (npm) wait. memoizee
#   0.4.17 and toad-scheduler 4.1.0 (npm) refuse it.
# A limit of three weeks is right with all of them, and passes each test; one of a month, from a file of settings, is not.
# What to do: a limit of days is a row in a database, and not a timer of a process, which a restart loses as well; where
# it is a timer, delay() or effect, or a check of the setting. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund xstate@5.33.3 rxjs@7.8.2 effection@4.1.1 bluebird@3.7.2 p-timeout@7.0.2 \
  p-queue@9.3.5 p-event@7.1.1 p-wait-for@6.0.0 cockatiel@3.2.1 opossum@9.0.0 async-mutex@0.5.0 async@3.2.6 \
  bottleneck@2.19.5 effect@4.1.0 delay@7.0.0 bpmn-engine@25.0.1 croner@11.0.1 node-schedule@2.1.1 memoizee@0.4.17 \
  toad-scheduler@4.1.0 >npm.log
cat >process.bpmn <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="urn:finding" id="definitions">
  <process id="order" isExecutable="true">
    <startEvent id="placed"/>
    <sequenceFlow id="first" sourceRef="placed" targetRef="month"/>
    <intermediateCatchEvent id="month">
      <timerEventDefinition><timeDuration xsi:type="tFormalExpression">P30D</timeDuration></timerEventDefinition>
    </intermediateCatchEvent>
    <sequenceFlow id="second" sourceRef="month" targetRef="expired"/>
    <endEvent id="expired"/>
  </process>
</definitions>
END
cat >month.mjs <<'END'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as timer } from 'node:timers/promises';
import async from 'async';
import { Mutex, withTimeout } from 'async-mutex';
import bluebird from 'bluebird';
import Bottleneck from 'bottleneck';
import { Engine } from 'bpmn-engine';
import * as cockatiel from 'cockatiel';
import { Cron } from 'croner';
import delay from 'delay';
import { Effect } from 'effect';
import { run, sleep } from 'effection';
import memoizee from 'memoizee';
import schedule from 'node-schedule';
import Opossum from 'opossum';
import { pEvent } from 'p-event';
import PQueue from 'p-queue';
import pTimeout from 'p-timeout';
import pWaitFor from 'p-wait-for';
import * as rxjs from 'rxjs';
import { AsyncTask, SimpleIntervalJob, ToadScheduler } from 'toad-scheduler';
import { createActor, createMachine } from 'xstate';

const month = 30 * 24 * 60 * 60 * 1000;
const payment = () => new Promise(() => {});  // under way, for as long as the program runs
const date = () => new Date(Date.now() + month);
const settled = (begin) => new Promise((resolve, reject) => begin(resolve, (error) => error && reject(error)));

const ways = {
  'timers/promises': () => timer(month),
  'AbortSignal.timeout': () => once(AbortSignal.timeout(month), 'abort'),
  'xstate': () => settled((resolve) => {
    const states = { reserved: { after: { [month]: 'expired' } }, expired: { type: 'final' } };
    const actor = createActor(createMachine({ initial: 'reserved', states }));
    actor.subscribe({ complete: resolve });
    actor.start();
  }),
  'rxjs, timer': () => rxjs.firstValueFrom(rxjs.timer(month)),
  'rxjs, timer of a date': () => rxjs.firstValueFrom(rxjs.timer(date())),
  'rxjs, delay': () => rxjs.firstValueFrom(rxjs.of('placed').pipe(rxjs.delay(month))),
  'rxjs, timeout': () => rxjs.firstValueFrom(rxjs.from(payment()).pipe(rxjs.timeout(month))),
  'effection': () => run(function* () { yield* sleep(month); }),
  'bluebird': () => bluebird.delay(month),
  'p-timeout': () => pTimeout(payment(), { milliseconds: month }),
  'p-queue': () => new PQueue({ timeout: month }).add(payment),
  'p-event': () => pEvent(new EventTarget(), 'paid', { timeout: month }),
  'p-wait-for': () => pWaitFor(() => false, { interval: 1000, timeout: { milliseconds: month } }),
  'cockatiel': () => cockatiel.timeout(month, cockatiel.TimeoutStrategy.Aggressive).execute(payment),
  'opossum': () => new Opossum(payment, { timeout: month }).fire(),
  'async-mutex': async () => {
    const lock = withTimeout(new Mutex(), month);
    await lock.acquire();
    await lock.acquire();
  },
  'async': () => settled((_, reject) => async.timeout(() => {}, month)(reject)),
  'bottleneck': () => new Bottleneck().schedule({ expiration: month }, payment),
  'effect': () => Effect.runPromise(Effect.sleep('30 days')),
  'effect, timeout': () => Effect.runPromise(Effect.timeout(Effect.promise(payment), '30 days')),
  'delay': () => delay(month),
  'bpmn-engine': () => settled(async (resolve) => {
    const engine = new Engine({ source: readFileSync('process.bpmn', 'utf8') });
    engine.once('end', resolve);
    await engine.execute();
  }),
  'croner': () => settled((resolve) => new Cron(date(), resolve)),
  'node-schedule': () => settled((resolve) => schedule.scheduleJob(date(), resolve)),
  'memoizee': async () => memoizee(payment, { maxAge: month }),
  'toad-scheduler': () => settled((resolve) => {
    const job = new SimpleIntervalJob({ days: 30 }, new AsyncTask('expire', async () => resolve()));
    new ToadScheduler().addSimpleIntervalJob(job);
  }),
};
const outcomes = await Promise.all(Object.entries(ways).map(async ([name, way]) => {
  const ended = way().then(() => 'over', (error) => (/limit|maximum/.test(error) ? 'refused' : 'given up'));
  return `${name}: ${await Promise.race([ended, timer(3000, 'waits')])}`;
}));
console.log(outcomes.join('\n'));
process.exit();
END
node month.mjs 2>warnings | tee seen
grep -q TimeoutOverflowWarning warnings
diff seen - <<'END'
timers/promises: over
AbortSignal.timeout: over
xstate: over
rxjs, timer: over
rxjs, timer of a date: over
rxjs, delay: over
rxjs, timeout: given up
effection: over
bluebird: over
p-timeout: given up
p-queue: given up
p-event: given up
p-wait-for: given up
cockatiel: given up
opossum: given up
async-mutex: given up
async: given up
bottleneck: given up
effect: waits
effect, timeout: waits
delay: waits
bpmn-engine: waits
croner: waits
node-schedule: waits
memoizee: refused
toad-scheduler: refused
END
echo "as described"
