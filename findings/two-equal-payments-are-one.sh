#!/usr/bin/env bash
# A batch pays Ann 250 cents twice, for two orders, by two equal calls of one function: how often it is carried out,
# by libraries that run tasks and workflows in Python 3.11 (PyPI), seen on 2026-12-01. Both calls return 250 with all
# of them.
# - distributed 2026.8.0 (Dask): once. submit() and map() take a function for pure, and make the key of a task of it
#   and its arguments. So does get_executor(), which stands in for an executor of concurrent.futures, where it is
#   twice. pure=False helps.
# - luigi 3.8.1: once, since a task is what it is by its parameters, as its documents say.
# - redun 0.44.1: once, and never again: the next batch on the same database pays Ann nothing. With cache=False it is
#   once in each batch, and with CacheScope.NONE as well.
# - dask.delayed, and parsl 2026.10.26: twice.
# What to do: an id of what is paid for, such as order-17, among the arguments of whatever has an effect.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check distributed==2026.8.0 dask==2026.8.0 luigi==3.8.1 \
  parsl==2026.10.26
# Without these versions pip tries dozens of what redun asks for.
python3 -m venv redun >/dev/null
redun/bin/pip install --quiet --disable-pip-version-check redun==0.44.1 aiobotocore==3.10.0 boto3==1.43.117 \
  botocore==1.43.117 s3fs==2026.9.0 fsspec==2026.9.0 sqlalchemy==2.1.9 2>pip.log
cat >payments.py <<'END'
from pathlib import Path

def record(customer, cents):
    with open("payments", "a") as file:
        file.write(f"{customer} {cents}\n")
    return cents

def show(name, returned):
    file = Path("payments")
    paid = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    print(f"{name}: {' and '.join(map(str, returned))} returned, {len(paid)} paid", flush=True)
END
cat >by_dask.py <<'END'
from concurrent.futures import ThreadPoolExecutor
import dask
from dask.distributed import Client
from payments import record, show

def pay(customer, cents):
    return record(customer, cents)

with ThreadPoolExecutor() as executor:
    show("concurrent.futures", [future.result() for future in [executor.submit(pay, "ann", 250) for _ in range(2)]])
with Client(processes=False, n_workers=1, dashboard_address=None) as client:
    show("submit of Dask", client.gather([client.submit(pay, "ann", 250) for _ in range(2)]))
    show("map of Dask", client.gather(client.map(pay, ["ann", "ann"], [250, 250])))
    executor = client.get_executor()
    show("get_executor of Dask", [future.result() for future in [executor.submit(pay, "ann", 250) for _ in range(2)]])
    show("submit of Dask, pure=False", client.gather([client.submit(pay, "ann", 250, pure=False) for _ in range(2)]))
    show("dask.delayed", dask.compute(*[dask.delayed(pay)("ann", 250) for _ in range(2)]))
END
cat >by_luigi.py <<'END'
import luigi
from payments import record, show

class Pay(luigi.Task):
    customer, cents, paid = luigi.Parameter(), luigi.IntParameter(), None

    def run(self):
        self.paid = record(self.customer, self.cents)

    def complete(self):
        return self.paid is not None

tasks = [Pay("ann", 250), Pay("ann", 250)]
luigi.build(tasks, local_scheduler=True, log_level="ERROR")
show("luigi", [task.paid for task in tasks])
END
cat >by_parsl.py <<'END'
import parsl
from parsl.executors import ThreadPoolExecutor
from payments import record, show

@parsl.python_app
def pay(customer, cents):
    return record(customer, cents)

with parsl.load(parsl.Config(executors=[ThreadPoolExecutor()], usage_tracking=0)):
    show("parsl", [future.result() for future in [pay("ann", 250), pay("ann", 250)]])
END
cat >by_redun.py <<'END'
import sys
from redun import Scheduler, task
from redun.config import Config
from redun.task import CacheScope
from payments import record, show

redun_namespace = "shop"
options = {"default": {}, "cache=False": {"cache": False}, "CacheScope.NONE": {"cache_scope": CacheScope.NONE}}

@task(**options[sys.argv[1]])
def pay(customer, cents):
    return record(customer, cents)

@task(cache=False)
def batch():
    return [pay("ann", 250), pay("ann", 250)]

for turn in "first batch", "next batch":
    scheduler = Scheduler(config=Config({"backend": {"db_uri": f"sqlite:///{sys.argv[1]}.db"}}))
    scheduler.load()
    show(f"redun, {sys.argv[1]}, {turn}", scheduler.run(batch()))
END
{
  for name in dask luigi parsl; do python/bin/python by_$name.py 2>>log; done
  for option in default cache=False CacheScope.NONE; do redun/bin/python by_redun.py $option 2>>log; done
} | tee seen
diff seen - <<'END'
concurrent.futures: 250 and 250 returned, 2 paid
submit of Dask: 250 and 250 returned, 1 paid
map of Dask: 250 and 250 returned, 1 paid
get_executor of Dask: 250 and 250 returned, 1 paid
submit of Dask, pure=False: 250 and 250 returned, 2 paid
dask.delayed: 250 and 250 returned, 2 paid
luigi: 250 and 250 returned, 1 paid
parsl: 250 and 250 returned, 2 paid
redun, default, first batch: 250 and 250 returned, 1 paid
redun, default, next batch: 250 and 250 returned, 0 paid
redun, cache=False, first batch: 250 and 250 returned, 1 paid
redun, cache=False, next batch: 250 and 250 returned, 1 paid
redun, CacheScope.NONE, first batch: 250 and 250 returned, 1 paid
redun, CacheScope.NONE, next batch: 250 and 250 returned, 1 paid
END
echo "as described"
