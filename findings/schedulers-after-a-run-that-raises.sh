#!/usr/bin/env bash
# A job that collects due payments each second, by nine schedulers without options, seen on 2026-11-30 with Node.js 20,
# Python 3.11 and Java 17: what becomes of it when one run raises, and when one takes longer than a second.
# - croner 11.0.1 and node-schedule 2.1.1 (npm) let the error out of reach of any try: the process ends, with every
#   other job and request in it. java.util.concurrent's ScheduledExecutorService never runs the job again, and says
#   nothing: the process is healthy, and nobody pays. schedule 1.2.2 (PyPI) raises out of run_pending(), where other
#   jobs that are due are passed over.
# - node-cron 4.6.0, cron 4.4.0, toad-scheduler 4.1.0 (npm), APScheduler 3.11.3 and aiocron 2.1 (PyPI) write it down
#   and go on.
# - croner, node-schedule, node-cron, cron and aiocron begin a run while the one before is under way: both read the
#   same due payments, and collect them twice. APScheduler, toad-scheduler, schedule and Java's do not.
# So who changes from toad-scheduler to croner, both for one line, collects twice, or not at all.
# What to do: a try around the whole job; { protect: true, catch: true } of croner, noOverlap of node-cron,
# waitForCompletion of cron; and an idempotency key of each payment, or FOR UPDATE SKIP LOCKED, since two processes run
# it as well.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund croner@11.0.1 node-schedule@2.1.1 node-cron@4.6.0 cron@4.4.0 \
  toad-scheduler@4.1.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check apscheduler==3.11.3 schedule==1.2.2 aiocron==2.1
# Each program notes when a run begins and ends in the file "runs", and runs until it is killed.
cat >collect.mjs <<'END'
import fs from 'node:fs';
import nodeCron from 'node-cron';
import nodeSchedule from 'node-schedule';
import { AsyncTask, SimpleIntervalJob, ToadScheduler } from 'toad-scheduler';
import { Cron } from 'croner';
import { CronJob } from 'cron';

const [library, kind] = process.argv.slice(2);
const collect = async () => {
  fs.appendFileSync('runs', 'begin ');
  if (kind === 'raises') {
    throw new Error('the bank is closed');
  }
  await new Promise((resolve) => setTimeout(resolve, 3500));
  fs.appendFileSync('runs', 'end ');
};
const line = '* * * * * *';
const ways = {
  croner: () => new Cron(line, collect),
  'croner, with both options': () => new Cron(line, { protect: true, catch: true }, collect),
  'node-schedule': () => nodeSchedule.scheduleJob(line, collect),
  'node-cron': () => nodeCron.schedule(line, collect),
  'node-cron, noOverlap': () => nodeCron.schedule(line, collect, { noOverlap: true }),
  cron: () => CronJob.from({ cronTime: line, onTick: collect, start: true }),
  'cron, waitForCompletion': () =>
    CronJob.from({ cronTime: line, onTick: collect, start: true, waitForCompletion: true }),
  'toad-scheduler': () =>
    new ToadScheduler().addSimpleIntervalJob(new SimpleIntervalJob({ seconds: 1 }, new AsyncTask('collect', collect))),
};
ways[library]();
END
cat >collect.py <<'END'
import asyncio, sys, time
import aiocron, schedule
from apscheduler.schedulers.blocking import BlockingScheduler

library, kind = sys.argv[1:]

def note(what):
    with open("runs", "a") as file:
        file.write(f"{what} ")

def collect():
    note("begin")
    if kind == "raises":
        raise ValueError("the bank is closed")
    time.sleep(3.5)
    note("end")

async def collect_later():
    note("begin")
    if kind == "raises":
        raise ValueError("the bank is closed")
    await asyncio.sleep(3.5)
    note("end")

if library == "APScheduler":
    scheduler = BlockingScheduler()
    scheduler.add_job(collect, "interval", seconds=1)
    scheduler.start()
elif library == "schedule":
    schedule.every().second.do(collect)
    while True:
        schedule.run_pending()
        time.sleep(0.1)
else:
    async def serve():
        aiocron.crontab("* * * * * */1", func=collect_later, start=True, loop=asyncio.get_running_loop())
        await asyncio.Event().wait()
    asyncio.run(serve())
END
cat >Collect.java <<'END'
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

public class Collect {
  static void note(String what) {
    try {
      Files.writeString(Path.of("runs"), what + " ", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException error) {
      throw new RuntimeException(error);
    }
  }

  public static void main(String[] arguments) {
    Executors.newScheduledThreadPool(4).scheduleAtFixedRate(() -> {
      note("begin");
      if (arguments[1].equals("raises")) {
        throw new IllegalStateException("the bank is closed");
      }
      try {
        Thread.sleep(3500);
      } catch (InterruptedException error) {
        throw new RuntimeException(error);
      }
      note("end");
    }, 0, 1, TimeUnit.SECONDS);
  }
}
END
javac Collect.java
collect() {
  local name=$1 program raised=goes slow
  shift
  : >runs
  "$@" "$name" raises >output 2>&1 &
  program=$!
  for _ in {1..100}; do
    kill -0 "$program" 2>/dev/null || raised=ends
    [[ $raised == goes && $(<runs) != *begin*begin*begin* ]] || break
    sleep 0.1
  done
  [[ $raised == ends ]] || kill "$program"
  wait "$program" 2>/dev/null || true
  if [[ $raised == ends ]]; then
    raised="the process ends"
  elif [[ $(<runs) == *begin*begin*begin* ]]; then
    raised="goes on"
  else
    raised="never runs again, $(wc -c <output) bytes of output"
  fi
  : >runs
  "$@" "$name" slow >output 2>&1 &
  program=$!
  until [[ $(<runs) == *end* ]]; do sleep 0.1; done
  kill "$program"
  wait "$program" 2>/dev/null || true
  slow="one at a time"
  [[ $(<runs) != 'begin begin'* ]] || slow="runs overlap"
  echo "$name: $raised; $slow"
}
{
  for name in croner 'croner, with both options' node-schedule node-cron 'node-cron, noOverlap' cron \
    'cron, waitForCompletion' toad-scheduler; do
    collect "$name" node collect.mjs
  done
  for name in APScheduler schedule aiocron; do collect "$name" python/bin/python collect.py; done
  collect ScheduledExecutorService java Collect
} | tee seen
diff seen - <<'END'
croner: the process ends; runs overlap
croner, with both options: goes on; one at a time
node-schedule: the process ends; runs overlap
node-cron: goes on; runs overlap
node-cron, noOverlap: goes on; one at a time
cron: goes on; runs overlap
cron, waitForCompletion: goes on; one at a time
toad-scheduler: goes on; one at a time
APScheduler: goes on; one at a time
schedule: the process ends; one at a time
aiocron: goes on; runs overlap
ScheduledExecutorService: never runs again, 0 bytes of output; one at a time
END
echo "as described"
