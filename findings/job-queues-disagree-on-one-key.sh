#!/usr/bin/env bash
# One key, order-17, for jobs of six queues, by the argument that each has for it, seen on 2026-11-30 with Node.js 20,
# Python 3.11, redis-server 7.0.15 and PostgreSQL 15 (Debian 12). The order is paid by 10; its key comes again with 99
# while that job waits, with 12 when it is done, and after a job of 13 that failed with 14.
# - RQ 3.0.0's job_id (PyPI) queues the job twice, and the second one's arguments replace the first one's: 99 is paid
#   twice, and 10 never.
# - pg-boss 10.4.2's singletonKey (npm) does nothing in a queue without a policy: 10 and 99 are paid.
# - BullMQ 6.7.0's jobId (npm) drops the second and returns a Job with the data of 99, as if it had been added. So it does
#   when the first is done or has failed, since jobs are kept: the failed payment is never tried again, and no error.
# - graphile-worker 0.17.3's jobKey (npm) replaces what waits: 99 is paid, and 10 never. arq 0.28.0's _job_id and
#   procrastinate 3.10.0's queueing_lock (PyPI) keep the first, by None and by an exception. When the first is done, arq
#   drops the second for an hour, also after a failure; the others carry it out: 12 is paid as well.
# So none of these keys makes a payment happen exactly once.
# What to do: a unique index in a table of one's own, written in the transaction that pays; a key with a count for what
# is tried again (order-17/2); look at what is stored under the key, not at what add() returns.
# Output seen: as below. Fails when that changes. Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
bin=$folder/debian/usr/lib/postgresql/15/bin
redis=
# The server does not run as root.
unprivileged() {
  if ((EUID)); then "$@"; else setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; fi
}
finish() {
  local data=$folder/server/data
  [[ -z $redis ]] || kill "$redis"
  [[ ! -e $data/postmaster.pid ]] || unprivileged "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download postgresql-15 redis-tools >/dev/null 2>apt.log
for package in *.deb; do dpkg -x "$package" debian; done
cp debian/usr/bin/redis-check-rdb redis # the server is the same program under another name
npm install --silent --no-audit --no-fund bullmq@6.7.0 ioredis@5.11.1 pg-boss@10.4.2 \
  graphile-worker@0.17.3 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check rq==3.0.0 arq==0.28.0 redis==5.3.1 \
  'psycopg[binary]==3.3.9' psycopg-pool==3.3.3 procrastinate==3.10.0
# Each program adds jobs, carries all out, and shows what the second of a key was answered, and which sums were paid.
cat >jobs.js <<'END'
const [library, port] = process.argv.slice(2);
const database = `postgres://shop@127.0.0.1:${port}/postgres`;
let paid = [];
const pay = ({ total }) => {
  paid.push(total);
  if (total === 13) throw new Error('declined');
};
// An adapter: add(total, key) answers what the caller gets; carryOut() returns when nothing is left to do.
const queues = {
  async bullmq() {
    const { Queue, Worker } = require('bullmq');
    const connection = { path: `${process.cwd()}/redis.sock` };
    const queue = new Queue('orders', { connection });
    return {
      add: async (total, key) => `a job of ${(await queue.add('pay', { total }, { jobId: key })).data.total}`,
      carryOut: async () => {
        await queue.add('last', {});
        const worker = new Worker('orders', async ({ name, data }) => name === 'last' || pay(data), { connection });
        await new Promise((resolve) => worker.on('completed', ({ name }) => name === 'last' && resolve()));
        await worker.close();
      },
    };
  },
  async boss() {
    const boss = new (require('pg-boss'))(database);
    await boss.start();
    await boss.createQueue('orders');
    return {
      add: async (total, key) => (await boss.send('orders', { total }, { singletonKey: key, retryLimit: 0 }) ? 'an id' : null),
      carryOut: async () => {
        for (let jobs; (jobs = await boss.fetch('orders')).length;) {
          try {
            pay(jobs[0].data);
            await boss.complete('orders', jobs[0].id);
          } catch (error) {
            await boss.fail('orders', jobs[0].id, error);
          }
        }
      },
    };
  },
  async graphile() {
    const { Logger, makeWorkerUtils, runOnce } = require('graphile-worker');
    const options = { connectionString: database, noHandleSignals: true, logger: new Logger(() => () => {}) };
    const utils = await makeWorkerUtils(options);
    await utils.migrate();
    return {
      add: async (total, key) =>
        `a job of ${(await utils.addJob('pay', { total }, { jobKey: key, maxAttempts: 1 })).payload.total}`,
      carryOut: () => runOnce({ ...options, taskList: { pay } }),
    };
  },
};
(async () => {
  const { add, carryOut } = await queues[library]();
  const show = async (when, answer) => {
    await carryOut();
    console.log(`  ${when}: ${answer}; paid ${paid.join(' ') || 'nothing'}`);
    paid = [];
  };
  await add(10, 'order-17');
  await show('while it waits', await add(99, 'order-17'));
  await show('when it is done', await add(12, 'order-17'));
  await add(13, 'order-18');
  await carryOut();
  paid = [];
  await show('after a failure', await add(14, 'order-18'));
  process.exit(0);
})();
END
cat >payments.py <<'END'
import pathlib

def pay(total):
    with pathlib.Path("paid").open("a") as file:
        print(total, file=file)
    if total == 13:
        raise ValueError("declined")

async def pay_later(context, total):
    pay(total)
END
cat >jobs.py <<'END'
import asyncio, logging, os, pathlib, sys
import arq, procrastinate, redis, rq
from arq.connections import RedisSettings
from arq.worker import Worker
import payments

library, port = sys.argv[1:]
logging.disable(logging.CRITICAL)
socket = os.path.abspath("redis.sock")

# Adapters as those of jobs.js.
class Rq:
    async def open(self):
        self.redis = redis.Redis(unix_socket_path=socket)
        self.queue = rq.Queue("rq", connection=self.redis)
    async def add(self, total, key):
        return f"a job of {self.queue.enqueue(payments.pay, total, job_id=key).args[0]}"
    async def carry_out(self):
        rq.SimpleWorker([self.queue], connection=self.redis).work(burst=True, logging_level="CRITICAL")

class Arq:
    async def open(self):
        self.settings = RedisSettings(unix_socket_path=socket)
        self.pool = await arq.create_pool(self.settings)
    async def add(self, total, key):
        job = await self.pool.enqueue_job("pay_later", total, _job_id=key)
        return "a job" if job else None
    async def carry_out(self):
        worker = Worker([payments.pay_later], redis_settings=self.settings, burst=True, handle_signals=False)
        await worker.main()
        await worker.close()

class Procrastinate:
    async def open(self):
        at = f"host=127.0.0.1 port={port} user=shop dbname=postgres"
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=at))
        self.task = self.app.task(name="pay")(payments.pay)
        await self.app.open_async()
        await self.app.schema_manager.apply_schema_async()
    async def add(self, total, key):
        try:
            await self.task.configure(queueing_lock=key).defer_async(total=total)
            return "an id"
        except procrastinate.exceptions.AlreadyEnqueued as error:
            return type(error).__name__
    async def carry_out(self):
        await self.app.run_worker_async(wait=False, install_signal_handlers=False)

def paid():
    file = pathlib.Path("paid")
    sums = file.read_text().split() if file.exists() else []
    file.write_text("")
    return " ".join(sums) or "nothing"

async def main():
    queue = {"rq": Rq, "arq": Arq, "procrastinate": Procrastinate}[library]()
    await queue.open()
    async def show(when, answer):
        await queue.carry_out()
        print(f"  {when}: {answer}; paid {paid()}", flush=True)
    await queue.add(10, "order-17")
    await show("while it waits", await queue.add(99, "order-17"))
    await show("when it is done", await queue.add(12, "order-17"))
    await queue.add(13, "order-18")
    await queue.carry_out()
    paid()
    await show("after a failure", await queue.add(14, "order-18"))
    os._exit(0)

asyncio.run(main())
END
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
install -d -m 777 server
unprivileged "$bin/initdb" -D server/data -U shop -A trust --no-sync >initdb.log
unprivileged "$bin/pg_ctl" -D server/data -o "-p $port -k '' -h 127.0.0.1" -l server/log -w start >start.log
./redis --port 0 --unixsocket "$folder/redis.sock" --save '' --dir "$folder" >redis.log 2>&1 &
redis=$!
until [[ -S redis.sock ]]; do sleep 0.05; done
{
  echo RQ
  python/bin/python jobs.py rq "$port"
  echo pg-boss
  node jobs.js boss "$port"
  echo BullMQ
  node jobs.js bullmq "$port"
  echo graphile-worker
  node jobs.js graphile "$port"
  echo arq
  python/bin/python jobs.py arq "$port"
  echo procrastinate
  python/bin/python jobs.py procrastinate "$port"
} 2>error.log | tee seen
diff seen - <<'END'
RQ
  while it waits: a job of 99; paid 99 99
  when it is done: a job of 12; paid 12
  after a failure: a job of 14; paid 14
pg-boss
  while it waits: an id; paid 10 99
  when it is done: an id; paid 12
  after a failure: an id; paid 14
BullMQ
  while it waits: a job of 99; paid 10
  when it is done: a job of 12; paid nothing
  after a failure: a job of 14; paid nothing
graphile-worker
  while it waits: a job of 99; paid 99
  when it is done: a job of 12; paid 12
  after a failure: a job of 14; paid 14
arq
  while it waits: None; paid 10
  when it is done: None; paid nothing
  after a failure: None; paid nothing
procrastinate
  while it waits: AlreadyEnqueued; paid 10
  when it is done: an id; paid 12
  after a failure: an id; paid 14
END
echo "as described"
