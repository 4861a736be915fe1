#!/usr/bin/env bash
# @nestjs/cqrs 12.0.0 (npm), seen on 2026-11-30 with Node.js 20: a saga is a stream, and ends with its first error.
# - One event for which the code of the saga itself raises, such as one without a list that others have, ends the saga:
#   it hears no further event of any order before the process is started again. The log has one line, 'Saga "run" has
#   thrown an unhandled exception.', which does not say so; the process stays healthy, and publish() returns.
# - catchError at the end of the pipe, which is what one writes against it, ends the saga as well, without that line.
# - retry() at the end helps, and so does a try, or catchError, around each single event. What raises in the command
#   that the saga starts does no harm to it: it is logged, and nothing tells the saga, so that nothing is undone.
# What to do: mergeMap((event) => defer(...).pipe(catchError(...))) for each event; a command that failed has to publish
# an event of its own for the saga to undo what was done.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @nestjs/cqrs@12.0.0 @nestjs/core@12.5.1 @nestjs/common@12.5.1 rxjs@7.8.2 \
  reflect-metadata@0.2.2 >npm.log
cat >saga.js <<'END'
require('reflect-metadata');
const { CommandHandler, CqrsModule, EventBus, Saga, ofType } = require('@nestjs/cqrs');
const { Injectable, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { EMPTY, catchError, defer, map, mergeMap, of, retry } = require('rxjs');

class OrderPlaced { constructor(id, lines) { Object.assign(this, { id, lines }); } }
class ReserveStock { constructor(id) { this.id = id; } }
const reserve = (event) => new ReserveStock(event.lines.length && event.id);
const sagas = {
  'as documented': map(reserve),
  'catchError at the end': (events) => events.pipe(map(reserve), catchError(() => EMPTY)),
  'retry at the end': (events) => events.pipe(map(reserve), retry()),
  'catchError for each event': mergeMap((event) => defer(() => of(reserve(event))).pipe(catchError(() => EMPTY))),
};

async function run(name, logic) {
  const commands = [];
  const lines = [];
  class ReserveStockHandler {
    async execute({ id }) {
      commands.push(id);
      if (id === 2) throw new Error('out of stock');
    }
  }
  CommandHandler(ReserveStock)(ReserveStockHandler);
  class OrderSaga { run = (events) => events.pipe(ofType(OrderPlaced), logic); }
  Injectable()(OrderSaga);
  Saga()(OrderSaga.prototype, 'run');
  class Shop {}
  Module({ imports: [CqrsModule.forRoot()], providers: [ReserveStockHandler, OrderSaga] })(Shop);
  const logger = { log() {}, warn() {}, error: (line) => lines.push(String(line)) };
  const app = await (await NestFactory.createApplicationContext(Shop, { logger })).init();
  const placed = [new OrderPlaced(1, ['a']), new OrderPlaced(2, ['a']), new OrderPlaced(3, ['a']), new OrderPlaced(4),
    new OrderPlaced(5, ['a']), new OrderPlaced(6, ['a'])];
  for (const event of placed) {
    app.get(EventBus).publish(event);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await app.close();
  const said = lines.filter((line) => line.startsWith('Saga '));
  console.log(`${name}: reserved ${commands}; logged of it: ${said.join(' ') || 'nothing'}`);
}

(async () => {
  for (const [name, logic] of Object.entries(sagas)) await run(name, logic);
})();
END
node saga.js | tee seen
diff seen - <<'END'
as documented: reserved 1,2,3; logged of it: Saga "run" has thrown an unhandled exception.
catchError at the end: reserved 1,2,3; logged of it: nothing
retry at the end: reserved 1,2,3,5,6; logged of it: nothing
catchError for each event: reserved 1,2,3,5,6; logged of it: nothing
END
echo "as described"
