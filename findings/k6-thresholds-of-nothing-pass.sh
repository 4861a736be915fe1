#!/usr/bin/env bash
# k6 v1.8.1 (Go module), a load tester whose thresholds decide the exit code of a run, seen on 2026-11-30 with Go: a
# threshold about a metric that has no sample is met, if zero meets it.
# - A script that raises in every iteration before it sends anything meets "p(95)<500" of http_req_duration, "rate<0.01"
#   of http_req_failed, and "rate>0.99" of checks, beside which it shows "rate=0.00%": exit code 0, as a good run.
# - So does a threshold with a tag that no request has, {name:pay} for requests named payment, while all of them fail.
# - When the server is down, each refused connection counts as 0 s: "p(95)<500" of the durations is met all the same.
# What to do: beside each threshold one that wants samples, such as "count>0" of http_reqs with the same tags, and of
# http_reqs as a whole; and one for iterations that raised, by a counter in a try around the whole iteration.
# Output seen: as below. Fails when that changes. Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir go-tools
cat >go-tools/go.mod <<'END'
module finding

go 1.24
END
(
  cd go-tools
  export GOPATH=$folder/go
  go get go.k6.io/k6@v1.8.1 2>go.log
  go build -o k6 go.k6.io/k6 2>>go.log
)
cat >raises.js <<'END'
import http from 'k6/http';
import { check } from 'k6';

export const options = {
  iterations: 3,
  thresholds: { http_req_duration: ['p(95)<500'], http_req_failed: ['rate<0.01'], checks: ['rate>0.99'] },
};

export default function () {
  const order = JSON.parse(__ENV.ORDER); // is not set
  check(http.post(__ENV.SHOP, order), { placed: (response) => response.status === 201 });
}
END
cat >tag.js <<'END'
import http from 'k6/http';

export const options = {
  iterations: 3,
  thresholds: {
    http_req_duration: ['p(95)<500'],
    'http_req_duration{name:pay}': ['p(95)<500'],
    'http_req_failed{name:pay}': ['rate<0.01'],
    'http_reqs{name:pay}': ['count>0'],
  },
};

export default function () {
  http.post(__ENV.SHOP, '{}', { tags: { name: 'payment' } });
}
END
# A port that was free a moment ago: nothing answers there.
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
run() {
  local code=0
  go-tools/k6 run --quiet --no-color --no-usage-report -e "SHOP=http://127.0.0.1:$port/" "$1" >output 2>k6.log || code=$?
  sed -n '/THRESHOLDS/,/TOTAL RESULTS/p' output | grep -E '^ +[a-z{✓✗]' | sed -E 's/^ +//' |
    awk '/^[a-z{]/ { name = $0; next } { print name ": " $0 }'
  echo "$1: exit code $code"
}
{
  run raises.js
  run tag.js
} | tee seen
diff seen - <<'END'
checks: ✓ 'rate>0.99' rate=0.00%
http_req_duration: ✓ 'p(95)<500' p(95)=0s
http_req_failed: ✓ 'rate<0.01' rate=0.00%
raises.js: exit code 0
http_req_duration: ✓ 'p(95)<500' p(95)=0s
{name:pay}: ✓ 'p(95)<500' p(95)=0s
http_req_failed{name:pay}: ✓ 'rate<0.01' rate=0.00%
http_reqs{name:pay}: ✗ 'count>0' count=0
tag.js: exit code 99
END
echo "as described"
