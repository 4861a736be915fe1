#!/usr/bin/env bash
# standardwebhooks 1.0.0 of PyPI and 1.0.0 of npm, Standard Webhooks' own libraries, seen on 2026-11-29 with Python 3.11
# and Node.js 20: what one signs the other does not always take for the same.
# - A secret whose base64 has lost its padding, the "=" at its end, is read by npm's and is binascii.Error for PyPI's.
# - PyPI's sign() wants a datetime and takes its wall clock for UTC whatever zone it carries: one moment, given with the
#   zones UTC and Asia/Seoul, is signed as two moments nine hours apart. npm's wants a Date, which has no zone.
# - verify() of both reads the body as JSON once the signature is found right. A call without a body (GET, DELETE) that
#   is signed rightly ends in JSONDecodeError and SyntaxError, not in an answer that says it is genuine.
# What to do: keep the padding; pass datetimes in UTC; of calls without a body, compare the signature by hand.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.0.0
npm install --silent --no-audit --no-fund standardwebhooks@1.0.0 >npm.log
cat >sign.py <<'END'
import binascii, json, time
from datetime import datetime, timedelta, timezone
from standardwebhooks.webhooks import Webhook

secret = "whsec_c2FnYXMgYXJlIHNpZ25lZCBieSB0aGlz"
def padded(text):
    try:
        return Webhook(text).sign("m", datetime.fromtimestamp(1764432000, timezone.utc), "{}")
    except binascii.Error:
        return "binascii.Error"
print("padded", padded("whsec_c2FnYXMgYXJlIHNpZ25lZCBieSB0aGE="))
print("not padded", padded("whsec_c2FnYXMgYXJlIHNpZ25lZCBieSB0aGE"))
moment = datetime.fromtimestamp(1764432000, timezone.utc)
seoul = moment.astimezone(timezone(timedelta(hours=9)))
key = Webhook(secret)
print("zones agree:", moment == seoul, key.sign("m", moment, "{}") == key.sign("m", seoul, "{}"))
print("nine hours later:", key.sign("m", moment + timedelta(hours=9), "{}") == key.sign("m", seoul, "{}"))
now = int(time.time())
signature = key.sign("m", datetime.fromtimestamp(now, timezone.utc), "")
try:
    key.verify("", {"webhook-id": "m", "webhook-timestamp": str(now), "webhook-signature": signature})
except json.JSONDecodeError:
    print("no body: JSONDecodeError")
END
cat >sign.js <<'END'
const { Webhook } = require('standardwebhooks');
const moment = new Date(1764432000000);
console.log('padded', new Webhook('whsec_c2FnYXMgYXJlIHNpZ25lZCBieSB0aGE=').sign('m', moment, '{}'));
console.log('not padded', new Webhook('whsec_c2FnYXMgYXJlIHNpZ25lZCBieSB0aGE').sign('m', moment, '{}'));
const key = new Webhook('whsec_c2FnYXMgYXJlIHNpZ25lZCBieSB0aGlz');
const now = Math.floor(Date.now() / 1000);
const signature = key.sign('m', new Date(now * 1000), '');
try {
  key.verify('', { 'webhook-id': 'm', 'webhook-timestamp': String(now), 'webhook-signature': signature });
} catch (error) {
  console.log('no body:', error.name);
}
END
{
  python/bin/python sign.py | sed 's/^/PyPI: /'
  node sign.js | sed 's/^/npm: /'
} | tee seen
signature=$(sed -n 's/^npm: padded //p' seen)
[[ $signature == v1,* ]]
diff seen - <<END
PyPI: padded $signature
PyPI: not padded binascii.Error
PyPI: zones agree: True False
PyPI: nine hours later: True
PyPI: no body: JSONDecodeError
npm: padded $signature
npm: not padded $signature
npm: no body: SyntaxError
END
echo "as described"
