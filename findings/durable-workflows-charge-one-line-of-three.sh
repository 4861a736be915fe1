#!/usr/bin/env bash
# A durable workflow charges the lines of an order, 10, 20 and 30, in a loop, by a step that is called "charge": what is
# charged, by six engines, seen on 2026-12-01 with Node.js 20 and PostgreSQL 15 (Debian 12).
# - pg-workflows 0.15.0 and @effect/workflow 0.19.1 (npm, by its engine in memory) charge 10, and give 10 as the result
#   of all three: a step is what it is called, and what it is to do does not count. The workflow is completed, the order
#   is shipped, and 50 of 60 are never paid. With one line, as in most tests, it is right.
# - @rivetkit/workflow-engine 2.3.19 (npm) charges 10, and raises HistoryDivergedError at the second line.
# - openworkflow 0.10.1, @aws/durable-execution-sdk-js 2.4.0 (by its runner for tests) and @dbos-inc/dbos-sdk 5.3.0
#   (npm) count the calls: 10, 20 and 30.
# So a workflow that moves from one to another, or whose author knows another one, loses payments without an error.
# What to do: a name of its own for each call, such as charge-1 or one with the id of the line, with every engine; and a
# test with two lines that compares the sum. Output seen: as below. Fails when that changes. Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
bin=$folder/debian/usr/lib/postgresql/15/bin
# The server does not run as root.
unprivileged() {
  if ((EUID)); then "$@"; else setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; fi
}
finish() {
  local data=$folder/server/data
  [[ ! -e $data/postmaster.pid ]] || unprivileged "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download postgresql-15 >/dev/null 2>apt.log
dpkg -x postgresql-15_*.deb debian
npm install --silent --no-audit --no-fund pg-workflows@0.15.0 pg@8.23.1 openworkflow@0.10.1 postgres@3.4.9 \
  @effect/workflow@0.19.1 @rivetkit/workflow-engine@2.3.19 @aws/durable-execution-sdk-js@2.4.0 \
  @aws/durable-execution-sdk-js-testing@1.1.4 @dbos-inc/dbos-sdk@5.3.0 >npm.log
# Runs one workflow by a library, and shows what was charged, and the results of its steps.
cat >charge.mjs <<'END'
const [library, port] = process.argv.slice(2);
const database = `postgres://shop@127.0.0.1:${port}/postgres`;
const lines = [10, 20, 30];
const charged = [];
const charge = async (line) => {
  charged.push(line);
  return line;
};
// Charges each line by step(name, function), one after the other.
async function chargeAll(step) {
  const results = [];
  for (const line of lines) results.push(await step('charge', () => charge(line)));
  return results;
}
const libraries = {
  async 'pg-workflows'() {
    const { WorkflowEngine, workflow } = await import('pg-workflows');
    const silent = { log() {}, error() {} };
    let done;
    const results = new Promise((resolve) => (done = resolve));
    const order = workflow('order', async ({ step }) => done(await chargeAll((name, run) => step.run(name, run))));
    const engine = new WorkflowEngine({ connectionString: database, workflows: [order], logger: silent });
    await engine.start();
    await engine.startWorkflow({ workflowId: 'order', input: {} });
    return results;
  },
  async 'effect/workflow'() {
    const { Activity, Workflow, WorkflowEngine } = await import('@effect/workflow');
    const { Effect, Layer, Schema } = await import('effect');
    const Order = Workflow.make({
      name: 'order',
      payload: { id: Schema.String },
      idempotencyKey: ({ id }) => id,
      success: Schema.Array(Schema.Number),
    });
    const step = (line) =>
      Activity.make({ name: 'charge', success: Schema.Number, execute: Effect.promise(() => charge(line)) });
    const layer = Order.toLayer(() => Effect.forEach(lines, step));
    const engine = Layer.provideMerge(layer, WorkflowEngine.layerMemory);
    return Effect.runPromise(Effect.provide(Order.execute({ id: '17' }), engine));
  },
  async openworkflow() {
    const { OpenWorkflow } = await import('openworkflow');
    const { BackendPostgres } = await import('openworkflow/postgres');
    const engine = new OpenWorkflow({ backend: await BackendPostgres.connect(database) });
    const order = engine.defineWorkflow({ name: 'order' }, ({ step }) =>
      chargeAll((name, run) => step.run({ name }, run)));
    await engine.newWorker().start();
    return (await order.run({})).result();
  },
  async rivetkit() {
    const { runWorkflow } = await import('@rivetkit/workflow-engine');
    const { InMemoryDriver } = await import('@rivetkit/workflow-engine/testing');
    const order = (context) => chargeAll((name, run) => context.step(name, run));
    return (await runWorkflow('order-17', order, {}, new InMemoryDriver()).result).output;
  },
  async aws() {
    const { withDurableExecution } = await import('@aws/durable-execution-sdk-js');
    const { LocalDurableTestRunner } = await import('@aws/durable-execution-sdk-js-testing');
    const order = withDurableExecution((_, context) => chargeAll((name, run) => context.step(name, run)));
    await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
    return (await new LocalDurableTestRunner({ handlerFunction: order }).run({})).getResult();
  },
  async dbos() {
    const { DBOS } = await import('@dbos-inc/dbos-sdk');
    DBOS.setConfig({ name: 'shop', systemDatabaseUrl: database, runAdminServer: false, logLevel: 'error' });
    const order = DBOS.registerWorkflow(() => chargeAll((name, run) => DBOS.runStep(run, { name })), { name: 'order' });
    await DBOS.launch();
    return order();
  },
};
const results = await libraries[library]().catch((error) => `raises ${error.name}`);
console.log(`${library}: charged ${charged.join(' ')}, results ${[results].flat().join(' ')}`);
process.exit();
END
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
install -d -m 777 server
unprivileged "$bin/initdb" -D server/data -U shop -A trust --no-sync >initdb.log
unprivileged "$bin/pg_ctl" -D server/data -o "-p $port -k '' -h 127.0.0.1" -l server/log -w start >start.log
{
  for library in pg-workflows effect/workflow openworkflow rivetkit aws dbos; do
    node charge.mjs "$library" "$port" 2>>errors.log | grep charged
  done
} | tee seen
diff seen - <<'END'
pg-workflows: charged 10, results 10 10 10
effect/workflow: charged 10, results 10 10 10
openworkflow: charged 10 20 30, results 10 20 30
rivetkit: charged 10, results raises HistoryDivergedError
aws: charged 10 20 30, results 10 20 30
dbos: charged 10 20 30, results 10 20 30
END
echo "as described"
