#!/usr/bin/env bash
# uuid7 0.1.0 (PyPI), seen on 2026-11-29 with Python 3.11, beside uuid6 2025.0.1 (PyPI) and uuid 14.0.3 (npm, Node.js
# 20): its ids carry the version 7 and are not those of RFC 9562 (5.7), which wants milliseconds since 1970 in the
# first 48 bits. They follow a draft of 2021, with seconds in 36 bits and fractions after them, as its page says. So
# - who reads the time of such an id, as databases and consoles do of version 7, gets the year 2203;
# - ids of a service that uses it sort behind those of all others, also of those that were made later.
# What to do: uuid6's uuid7(), or uuid7 of Python 3.14 itself; and never the order of ids of several writers for the
# order of what they did. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check uuid7==0.1.0 uuid6==2025.0.1
npm install --silent --no-audit --no-fund uuid@14.0.3 >npm.log
make_ids() {
  echo "uuid7 $(python/bin/python -c 'from uuid_extensions import uuid7; print(uuid7())')"
  echo "uuid6 $(python/bin/python -c 'from uuid6 import uuid7; print(uuid7())')"
  echo "npm $(node -e 'import("uuid").then(({ v7 }) => console.log(v7()))')"
}
make_ids >ids
cat >read.py <<'END'
import time, uuid

ids = [(name, uuid.UUID(text)) for name, text in (line.split() for line in open("ids"))]
for name, id in ids:
    milliseconds = id.int >> 80
    is_now = abs(milliseconds / 1000 - time.time()) < 3600
    print(f"{name}: version {id.version}, time by RFC 9562 is", "now" if is_now else time.gmtime(milliseconds / 1000).tm_year)
print("in the order in which they were made: uuid7, uuid6, npm; sorted:", *(name for name, id in sorted(ids, key=lambda each: each[1])))
END
python/bin/python read.py | tee seen
diff seen - <<'END'
uuid7: version 7, time by RFC 9562 is 2203
uuid6: version 7, time by RFC 9562 is now
npm: version 7, time by RFC 9562 is now
in the order in which they were made: uuid7, uuid6, npm; sorted: uuid6 npm uuid7
END
echo "as described"
