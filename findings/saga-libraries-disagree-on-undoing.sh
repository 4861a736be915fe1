#!/usr/bin/env bash
# Five libraries for sagas run one saga, seen on 2026-11-29 with Node.js 20 and Python 3.11: hotel and car succeed, flight
# is refused, and undoing the car fails. Each promises that what was done is undone in reverse order.
# - node-sagas 0.0.6 (npm) and saga_py 1.1.0 (PyPI) also call the undo of the flight, which was never in effect:
#   saga_py's page says "all already executed actions". sagah 0.1.0, celery-saga 0.1.1 and sagaz 1.5.0 (PyPI) do not.
#   So an undo that suits one of them, such as "release a seat", counts one too many with another.
# - node-sagas, sagah and celery-saga stop where undoing fails: the hotel stays booked. saga_py and sagaz go on.
# - Who learns of it: node-sagas raises SagaCompensationFailed, saga_py lists it in SagaError, celery-saga ends as
#   failed, with the hotel "compensating" permanently. sagah lets the error of the undo out, in place of the SagaFailed
#   that it documents; sagaz lets out the first refusal, as if everything had been undone.
# - SagaError of saga_py is no Exception, so "except Exception" misses it. And a step of it that returns something else
#   than a dict or None ends in TypeError, with nothing undone.
# What to do: an undo that may come for what never happened, that is tried again by itself, and that raises nothing.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-sagas@0.0.6 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check saga_py==1.1.0 sagah==0.1.0 celery-saga==0.1.1 celery==5.7.0 \
  sagaz==1.5.0
cat >trip.js <<'END'
const { SagaBuilder } = require('node-sagas');
const calls = [];
const call = (name, fails) => () => {
  calls.push(name);
  if (fails) throw new Error(name);
};
const saga = new SagaBuilder()
  .step('hotel').invoke(call('hotel')).withCompensation(call('undo hotel'))
  .step('car').invoke(call('car')).withCompensation(call('undo car', true))
  .step('flight').invoke(call('flight', true)).withCompensation(call('undo flight'))
  .build();
saga.execute({}).catch((error) => console.log(`node-sagas: ${calls.join(', ')}; ${error.constructor.name}`));
END
cat >trip.py <<'END'
import asyncio, logging
import celery, celery_saga, saga, sagah, sagaz
from celery_saga.backends import MemorySagaBackend

logging.disable(logging.CRITICAL)
calls = []
def call(name, fails=False, returns=None):
    def step(*_, **__):
        calls.append(name)
        if fails:
            raise RuntimeError(name)
        return returns
    return step

def show(library, end):
    print(f"{library}: {', '.join(calls)}; {end}")
    calls.clear()

def name(error):
    return f"{type(error).__name__} {error}" if isinstance(error, RuntimeError) else type(error).__name__

STEPS = [("hotel", False, False), ("car", False, True), ("flight", True, False)]

builder = saga.SagaBuilder.create()
for step, fails, undo_fails in STEPS:
    builder.action(call(step, fails), call(f"undo {step}", undo_fails))
try:
    builder.build().execute()
except BaseException as error:
    end = f"{name(error)} with {error.compensations}, an Exception: {isinstance(error, Exception)}"
    show("saga_py", end)
builder = saga.SagaBuilder.create().action(call("hotel"), call("undo hotel"))
try:
    builder.action(call("car", returns="booking 17"), call("undo car")).build().execute()
except TypeError as error:
    show("saga_py, a step that returns a text", name(error))

async def run_sagah():
    with sagah.Saga() as trip:
        for step, fails, undo_fails in STEPS:
            await trip.action(call(step, fails), call(f"undo {step}", undo_fails))
try:
    asyncio.run(run_sagah())
except Exception as error:
    show("sagah", name(error))

app = celery.Celery("trip", broker="memory://", backend="cache+memory://")
app.conf.task_always_eager = True
celery_saga.set_default_backend(MemorySagaBackend())
trip = celery_saga.Saga("trip")
for step, fails, undo_fails in STEPS:
    app.task(name=f"undo_{step}")(call(f"undo {step}", undo_fails))
    trip.add_step(celery_saga.saga_step(compensate=f"undo_{step}")(app.task(name=step)(call(step, fails, {"id": 17}))))
ended = celery_saga.executor.get_backend().load(trip.run(guest="Ada").saga_id)
show("celery-saga", f"{ended.status.value}, hotel {ended.steps[0].status.value}")

def awaitable(function):
    async def step(context):
        return function(context)
    return step
trip = sagaz.Saga(name="trip")
before = []
for step, fails, undo_fails in STEPS:
    trip.add_step(step, awaitable(call(step, fails, {"id": 17})), awaitable(call(f"undo {step}", undo_fails)),
                  depends_on=before, max_retries=0)
    before = [step]
try:
    end = asyncio.run(trip.run({}))
except Exception as error:
    end = name(error)
show("sagaz", end)
END
{
  node trip.js
  python/bin/python trip.py 2>python.log
} | tee seen
diff seen - <<'END'
node-sagas: hotel, car, flight, undo flight, undo car; SagaCompensationFailed
saga_py: hotel, car, flight, undo flight, undo car, undo hotel; SagaError with [RuntimeError('undo car')], an Exception: False
saga_py, a step that returns a text: hotel, car; TypeError
sagah: hotel, car, flight, undo car; RuntimeError undo car
celery-saga: hotel, car, flight, undo car; failed, hotel compensating
sagaz: hotel, car, flight, undo car, undo hotel; RuntimeError flight
END
echo "as described"
