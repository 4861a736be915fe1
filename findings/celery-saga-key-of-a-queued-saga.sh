#!/usr/bin/env bash
# celery-saga 0.1.1 with celery 5.7.0 (PyPI), seen on 2026-11-29 with Python 3.11: run(idempotency_key=...) starts a
# second saga while the first one waits in the queue. It looks for a saga of that key that is running or completed; one
# that no worker has begun is pending, and does not count. So a repeat within a second of the first, which is when
# repeats come, charges twice, and so does one that arrives while the workers are down. Once a worker has begun the
# first saga, a repeat gets it.
# What to do: keep the key in a table of one's own with a unique index, and start the saga after it was written.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check celery-saga==0.1.1 celery==5.7.0
cat >repeat.py <<'END'
import threading
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery_saga import Saga, set_default_backend
from celery_saga.backends import MemorySagaBackend

class Backend(MemorySagaBackend):
    def save(self, execution):
        super().save(execution)
        if execution.status.value == "completed":
            completed.release()

completed = threading.Semaphore(0)
set_default_backend(Backend())
app = Celery("shop", broker="memory://", backend="cache+memory://")
charges = []

@app.task(name="charge")
def charge(order):
    charges.append(order)
    return {}

saga = Saga("order").add_step(charge, no_compensation=True)
def start():
    return saga.run(order=17, idempotency_key="order-17").saga_id

first, repeat = start(), start()
print("repeated while the first is queued, the same saga:", first == repeat)
with start_worker(app, perform_ping_check=False, pool="solo"):
    for _ in (first, repeat):
        assert completed.acquire(timeout=60)
    print("charged", len(charges), "times")
    print("repeated after the first, one of these sagas:", start() in (first, repeat))
END
python/bin/python repeat.py 2>python.log | tee seen
diff seen - <<'END'
repeated while the first is queued, the same saga: False
charged 2 times
repeated after the first, one of these sagas: True
END
echo "as described"
