#!/usr/bin/env bash
# Ids that sort by time, made one after the other by one process, as of the events of an outbox whose reader asks for
# "id > the last one that I saw": fourteen ways, seen on 2026-11-30 with Node.js 20 and Python 3.11.
# - ulid 3.0.2's ulid(), ulidx 2.4.1, id128 1.6.6's Ulid (npm) and ulid-transform 2.2.9 (PyPI) sort by chance within a
#   millisecond, as the specification of ULID allows, and ksuid 3.0.0 (npm) and svix-ksuid 0.7.0 (PyPI) within a second
#   or four milliseconds: about half of the ids of a burst are below the one before. The reader never sees those events,
#   and no error says so. One order at a time, as in a test, they look sorted.
# - python-ulid 4.1.0, uuid-utils 1.2.0, uuid6 2025.0.1, typeid-python 0.3.11 (PyPI), ulid's monotonicFactory(), id128's
#   UlidMonotonic and uuid 14.0.3's v7 (npm) count on within a millisecond (RFC 9562, 6.2, for version 7): all are read.
#   So one name, ULID, promises an order in Python and none in JavaScript.
# What to do: the monotonic ones, for one writer; with several writers, or transactions that commit later than others,
# no id that is made by the writer will do: number the events when they are published, or read with an overlap.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ulid@3.0.2 ulidx@2.4.1 id128@1.6.6 ksuid@3.0.0 uuid@14.0.3 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check python-ulid==4.1.0 ulid-transform==2.2.9 svix-ksuid==0.7.0 \
  uuid-utils==1.2.0 uuid6==2025.0.1 typeid-python==0.3.11
# Both programs write 20,000 events with ids of a library, one after the other, and have a reader that asks for "id >
# the last one I saw" after each. They print whether it has seen all.
cat >ids.mjs <<'END'
import { createRequire } from 'module';
const require = createRequire(import.meta.url);
const libraries = {
  ulid: require('ulid').ulid,
  'ulid, monotonicFactory()': require('ulid').monotonicFactory(),
  ulidx: require('ulidx').ulid,
  'id128, Ulid': () => require('id128').Ulid.generate().toCanonical(),
  'id128, UlidMonotonic': () => require('id128').UlidMonotonic.generate().toCanonical(),
  ksuid: () => require('ksuid').randomSync().string,
  'uuid, v7': (await import('uuid')).v7,
};
for (const [name, make] of Object.entries(libraries)) {
  let last = '';
  let lost = 0;
  for (let event = 0; event < 20000; event++) {
    const id = make();
    if (id > last) last = id;
    else lost += 1;
  }
  console.log(`${name} (npm): ${lost ? 'events are lost' : 'all are read'}`);
}
END
cat >ids.py <<'END'
import ksuid, typeid, ulid, ulid_transform, uuid6, uuid_utils

libraries = {"python-ulid": ulid.ULID, "ulid-transform": ulid_transform.ulid_now, "svix-ksuid": ksuid.Ksuid,
             "svix-ksuid, KsuidMs": ksuid.KsuidMs, "uuid-utils, uuid7": uuid_utils.uuid7, "uuid6, uuid7": uuid6.uuid7,
             "typeid-python": lambda: typeid.TypeID("order")}
for name, make in libraries.items():
    last, lost = "", 0
    for _ in range(20000):
        one = str(make())
        if one > last:
            last = one
        else:
            lost += 1
    print(f"{name} (PyPI): {'events are lost' if lost else 'all are read'}")
END
{
  node ids.mjs
  python/bin/python ids.py
} | tee seen
diff seen - <<'END'
ulid (npm): events are lost
ulid, monotonicFactory() (npm): all are read
ulidx (npm): events are lost
id128, Ulid (npm): events are lost
id128, UlidMonotonic (npm): all are read
ksuid (npm): events are lost
uuid, v7 (npm): all are read
python-ulid (PyPI): all are read
ulid-transform (PyPI): events are lost
svix-ksuid (PyPI): events are lost
svix-ksuid, KsuidMs (PyPI): events are lost
uuid-utils, uuid7 (PyPI): all are read
uuid6, uuid7 (PyPI): all are read
typeid-python (PyPI): all are read
END
echo "as described"
