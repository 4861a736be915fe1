#!/usr/bin/env bash
# An order is placed; one request pays it, and another one, at the same time, cancels it, each only if it is still
# placed: what six event stores in memory keep, seen on 2026-12-01 with Node.js 20 and Python 3.11.
# - eventstore 1.15.5 (npm): both requests are done, and the order is paid and cancelled. A stream is read with its
#   revision, and commit() writes the next one without a look at whether it is there: both events have revision 1.
# - @event-driven-io/emmett 0.42.0 (npm) does so by appendToStream(), unless it is given expectedStreamVersion; its
#   CommandHandler refuses the second request.
# - evtstore 12.0.1, @castore/core 2.4.2 and @rotorsoft/act 1.31.26 (npm), and eventsourcing 9.5.6 (PyPI) refuse it.
#   But castore takes any version that is not there: an event of version 7 is stored behind version 1.
# So a library with the same words, append and commit, has a check, or leaves it to its caller; one request after the
# other, as in a test, looks alike.
# What to do: the version that was read with each append; a unique index on stream and revision; and a test with two
# requests that have both read before either writes. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"name": "finding", "version": "1.0.0"}' >package.json # which @rotorsoft/act reads
npm install --silent --no-audit --no-fund @event-driven-io/emmett@0.42.0 eventstore@1.15.5 evtstore@12.0.1 \
  @castore/core@2.4.2 @castore/event-storage-adapter-in-memory@2.4.2 @rotorsoft/act@1.31.26 zod@4.6.7 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check eventsourcing==9.5.6
# Each store gets an order that is placed, and then both requests at once. Either goes ahead only if the order is still
# placed, and takes a while between reading and writing.
cat >requests.mjs <<'END'
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CommandHandler, getInMemoryEventStore } from '@event-driven-io/emmett';
import { EventStore, EventType } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { act, state } from '@rotorsoft/act';
import { z } from 'zod';

const require = createRequire(import.meta.url);
const check = (status) => {
  if (status !== 'placed') throw new Error('it is not placed');
  return true;
};
const decide = async (status, type) => check(status) && setTimeout(50, type);
const last = (events) => events.at(-1);
// Each gives two functions: to carry out one request, and to list the types of the events.
const stores = {
  async 'emmett, appendToStream'() {
    const store = getInMemoryEventStore();
    await store.appendToStream('17', [{ type: 'placed', data: {} }]);
    const types = async () => (await store.readStream('17')).events.map(({ type }) => type);
    const request = async (type) =>
      store.appendToStream('17', [{ type: await decide(last(await types()), type), data: {} }]);
    return [request, types];
  },
  async 'emmett, CommandHandler'() {
    const store = getInMemoryEventStore();
    await store.appendToStream('17', [{ type: 'placed', data: {} }]);
    const handle = CommandHandler({ initialState: () => '', evolve: (_, { type }) => type });
    const request = (type) => handle(store, '17', async (status) => [{ type: await decide(status, type), data: {} }]);
    return [request, async () => (await store.readStream('17')).events.map(({ type }) => type)];
  },
  async eventstore() {
    const store = require('eventstore')();
    await new Promise((resolve) => store.init(resolve));
    const call = (object, name, ...given) => promisify(object[name]).call(object, ...given);
    const read = () => call(store, 'getEventStream', { aggregateId: '17' });
    const types = ({ events }) => events.map(({ payload }) => payload.type);
    const add = (stream, type) => {
      stream.addEvent({ type });
      return call(stream, 'commit');
    };
    await add(await read(), 'placed');
    const request = async (wanted) => {
      const stream = await read();
      return add(stream, await decide(last(types(stream)), wanted));
    };
    const shown = async () => {
      const stream = await read();
      return types(stream).map((type, index) => `${type} (${stream.events[index].streamRevision})`);
    };
    return [request, shown];
  },
  async evtstore() {
    const { createAggregate, createCommands, createDomain } = require('evtstore');
    const { createProvider } = require('evtstore/provider/memory');
    const fold = ({ type }) => ({ status: type });
    const order = createAggregate({ stream: 'orders', create: () => ({ status: '' }), fold });
    const provider = createProvider();
    const { domain } = createDomain({ provider }, { order });
    const commands = createCommands(domain.order, {
      place: async () => ({ type: 'placed' }),
      request: async ({ wanted }, { status }) => ({ type: await decide(status, wanted) }),
    });
    await commands.place('17', {});
    const types = async () => (await provider.getEventsFor('orders', '17')).map(({ event }) => event.type);
    return [(wanted) => commands.request('17', { wanted }), types];
  },
  async castore() {
    const store = new EventStore({
      eventStoreId: 'orders',
      eventTypes: ['placed', 'paid', 'cancelled'].map((type) => new EventType({ type })),
      reducer: (_, { aggregateId, version, type }) => ({ aggregateId, version, status: type }),
      eventStorageAdapter: new InMemoryEventStorageAdapter(),
    });
    await store.pushEvent({ aggregateId: '17', version: 1, type: 'placed' });
    const request = async (wanted) => {
      const { aggregate } = await store.getAggregate('17');
      const type = await decide(aggregate.status, wanted);
      return store.pushEvent({ aggregateId: '17', version: aggregate.version + 1, type });
    };
    await store.pushEvent({ aggregateId: '18', version: 1, type: 'placed' });
    await store.pushEvent({ aggregateId: '18', version: 7, type: 'paid' });
    console.log('castore: versions', (await store.getEvents('18')).events.map(({ version }) => version).join(' '));
    return [request, async () => (await store.getEvents('17')).events.map(({ type }) => type)];
  },
  async '@rotorsoft/act'() {
    const Order = state({ Order: z.object({ status: z.string() }) })
      .init(() => ({ status: '' }))
      .emits({ placed: z.object({}), paid: z.object({}), cancelled: z.object({}) })
      .patch({
        placed: () => ({ status: 'placed' }),
        paid: () => ({ status: 'paid' }),
        cancelled: () => ({ status: 'cancelled' }),
      })
      .on({ place: z.object({}) }).emit(() => ['placed', {}])
      .on({ request: z.object({ wanted: z.string() }) })
      .emit(({ wanted }, { state: { status } }) => [check(status) && wanted, {}])
      .build();
    const app = act().withState(Order).build();
    const target = { stream: '17', actor: { id: '1', name: 'shop' } };
    await app.do('place', target, {});
    const types = async () => (await app.query_array({ stream: '17' })).map(({ name }) => name);
    return [(wanted) => app.do('request', target, { wanted }), types];
  },
};
for (const [name, open] of Object.entries(stores)) {
  const [request, types] = await open();
  const outcomes = await Promise.allSettled(['paid', 'cancelled'].map(request));
  const shown = outcomes.map(({ reason }) => (reason ? `raises ${reason.constructor.name}` : 'is done'));
  console.log(`${name}: pay ${shown[0]}, cancel ${shown[1]}; events ${(await types()).join(' ')}`);
}
process.exit();
END
cat >requests.py <<'END'
import threading
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

class Order(Aggregate):
    @event("Placed")
    def __init__(self):
        self.status = "placed"

    @event("Changed")
    def change(self, status):
        self.status = status

shop = Application()
order = Order()
shop.save(order)
both_read = threading.Barrier(2)
first_saved = threading.Event()
outcomes = {}

def request(wanted):
    read = shop.repository.get(order.id)
    assert read.status == "placed"
    both_read.wait()
    if wanted == "cancelled":
        first_saved.wait()
    read.change(wanted)
    try:
        shop.save(read)
        outcomes[wanted] = "is done"
    except Exception as error:
        outcomes[wanted] = f"raises {type(error).__name__}"
    first_saved.set()

threads = [threading.Thread(target=request, args=[wanted]) for wanted in ("paid", "cancelled")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
events = [getattr(each, "status", "placed") for each in shop.events.get(order.id)]
print(f"eventsourcing: pay {outcomes['paid']}, cancel {outcomes['cancelled']}; events {' '.join(events)}")
END
{
  LOG_LEVEL=error node requests.mjs
  python/bin/python requests.py
} 2>error.log | tee seen
diff seen - <<'END'
emmett, appendToStream: pay is done, cancel is done; events placed paid cancelled
emmett, CommandHandler: pay is done, cancel raises _ExpectedVersionConflictError; events placed paid
eventstore: pay is done, cancel is done; events placed (0) paid (1) cancelled (1)
evtstore: pay is done, cancel raises VersionError; events placed paid
castore: versions 1 7
castore: pay is done, cancel raises InMemoryEventAlreadyExistsError; events placed paid
@rotorsoft/act: pay is done, cancel raises ConcurrencyError; events placed paid
eventsourcing: pay is done, cancel raises IntegrityError; events placed paid
END
echo "as described"
