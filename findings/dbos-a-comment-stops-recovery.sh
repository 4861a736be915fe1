#!/usr/bin/env bash
# dbos 3.4.0 (PyPI, durable workflows of DBOS for Python, here over SQLite), seen on 2026-11-30 with Python 3.11: a
# process dies in a workflow, after its charge and before its delivery.
# - The same program, started again, finishes the workflow. With one comment changed within the workflow it does not:
#   the version of a program is a hash of the sources of its workflows, and only workflows of its own version are
#   recovered. The charge stands, the workflow stays PENDING as if it ran, and no warning says so. So it is after most
#   deployments that follow a crash. The program from before, started again, finishes it.
# - A workflow that is started again under its id with another input gets the result of the first one: an order of 99
#   under the id of an order of 10 returns 10. What is warned of is the program's version, and a queue that it does not use.
# What to do: set application_version oneself, and change it only when steps change; look for PENDING workflows of other
# versions (list_workflows with app_version) after each deployment; put what was ordered into the workflow's id.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check dbos==3.4.0
cat >shop.py <<'END'
import os, sys, time
from dbos import DBOS, SetWorkflowID

DBOS(config={"name": "shop", "system_database_url": "sqlite:///shop.sqlite", "log_level": "WARNING",
             "run_admin_server": False} | ({"application_version": sys.argv[3]} if len(sys.argv) > 3 else {}))

@DBOS.step()
def charge(amount):
    print("charged", amount, flush=True)
    return amount

@DBOS.step()
def deliver():
    if os.environ.get("DIE"):
        os._exit(9)
    print("delivered", flush=True)

@DBOS.workflow()
def order(amount):
    # Money first.
    charged = charge(amount)
    deliver()
    return charged

DBOS.launch()
if sys.argv[1] == "order":
    with SetWorkflowID("order-17"):
        print("result", order(int(sys.argv[2])))
else:  # what is recovered ends, what is not is still PENDING after three seconds
    try:
        DBOS.retrieve_workflow("order-17").get_result() if sys.argv[1] == "wait" else time.sleep(3)
    finally:
        print([workflow.status for workflow in DBOS.list_workflows()])
DBOS.destroy()
END
sed 's/# Money first./# The money first, then the goods./' shop.py >shop-with-another-comment.py
# run WHAT PROGRAM ARGUMENTS...
run() {
  echo "$1: $(python/bin/python "${@:2}" 2>log | paste -sd' '), warnings $(grep -c 'WARNING\|ERROR' log || true)"
}
{
  DIE=1 run 'order of 10, dies' shop.py order 10
  run 'with another comment' shop-with-another-comment.py look
  run 'as it was' shop.py wait
  run 'order of 99 under its id' shop.py order 99
  rm shop.sqlite*
  DIE=1 run 'order of 10 by version 1, dies' shop.py order 10 1
  run 'version 1 with another comment' shop-with-another-comment.py wait - 1
} | tee seen
diff seen - <<'END'
order of 10, dies: charged 10, warnings 0
with another comment: ['PENDING'], warnings 0
as it was: delivered ['SUCCESS'], warnings 1
order of 99 under its id: result 10, warnings 2
order of 10 by version 1, dies: charged 10, warnings 0
version 1 with another comment: delivered ['SUCCESS'], warnings 0
END
echo "as described"
