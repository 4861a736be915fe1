#!/usr/bin/env bash
# opentelemetry-api 1.45.2 (PyPI) and @opentelemetry/core 2.12.1 (npm), seen on 2026-11-29 with Python 3.11 and
# Node.js 20: a value of W3C baggage changes on its way between the two. The recommendation (Baggage, 3.3.1.1) wants
# what does not fit to be percent-encoded; "+" fits, and means itself.
# - Python writes a blank as "+", and JavaScript reads a plus: "order 17" arrives as "order+17".
# - Python reads "+" as a blank: of "a+b", which any other service may send, it makes "a b".
# - Python takes the properties of an entry for a part of its value: "17;ttl=60" for 17 with the property ttl.
# From JavaScript to Python a value of its own arrives, since that writes both blank and plus in percent.
# What to do: values without blanks, pluses and properties, such as an id; whoever looks up the correlation id of a
# saga that came by baggage has to expect both spellings. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check opentelemetry-api==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/core@2.12.1 @opentelemetry/api@1.9.1 >npm.log
cat >baggage.py <<'END'
import sys
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator

propagator = W3CBaggagePropagator()
if sys.argv[1] == "write":
    headers = {}
    propagator.inject(headers, baggage.set_baggage("order", sys.argv[2]))
    print(headers["baggage"])
else:
    print(baggage.get_baggage("order", propagator.extract({"baggage": [sys.argv[2]]})))
END
cat >baggage.js <<'END'
const { W3CBaggagePropagator } = require('@opentelemetry/core');
const { propagation, ROOT_CONTEXT, defaultTextMapGetter, defaultTextMapSetter } = require('@opentelemetry/api');
const propagator = new W3CBaggagePropagator();
const [, , what, text] = process.argv;
if (what === 'write') {
  const headers = {};
  const baggage = propagation.createBaggage({ order: { value: text } });
  propagator.inject(propagation.setBaggage(ROOT_CONTEXT, baggage), headers, defaultTextMapSetter);
  console.log(headers.baggage);
} else {
  const context = propagator.extract(ROOT_CONTEXT, { baggage: text }, defaultTextMapGetter);
  console.log(propagation.getBaggage(context).getEntry('order').value);
}
END
python() { python/bin/python baggage.py "$@"; }
javascript() { node baggage.js "$@"; }
{
  for writer in python javascript; do
    header=$($writer write 'order 17')
    echo "$writer writes $header; read as: python $(python read "$header"), javascript $(javascript read "$header")"
  done
  for header in 'order=a+b' 'order=17;ttl=60'; do
    echo "$header is read as: python $(python read "$header"), javascript $(javascript read "$header")"
  done
} | tee seen
diff seen - <<'END'
python writes order=order+17; read as: python order 17, javascript order+17
javascript writes order=order%2017; read as: python order 17, javascript order 17
order=a+b is read as: python a b, javascript a+b
order=17;ttl=60 is read as: python 17;ttl=60, javascript 17
END
echo "as described"
