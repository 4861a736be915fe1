#!/usr/bin/env bash
# cloudevents 10.0.0 (npm) and cloudevents 2.2.0 (PyPI), the SDKs of CloudEvents, read one event from Kafka, in binary and
# in structured mode, seen on 2026-11-29 with Node.js 20 and Python 3.11.
# - `time` is optional (specification 1.0.2). Both give an event without one the time at which they read it, another one
#   at each reading; JavaScript's cannot read it at all in structured mode: RangeError.
# - Headers and values of Kafka are bytes, and kafkajs gives them as such; JavaScript's toEvent() ends in TypeError until
#   they are turned into texts, which its README and types do not say.
# - Microseconds end at JavaScript's: 13:04:07.137042Z is read as .137Z. Python's keeps them.
# - In binary mode JavaScript's writes the data as an object, which kafkajs does not take, and datacontenttype twice: as
#   content-type, and as ce_datacontenttype, which the binding (3.2.3) does not have.
# What to do: always send `time`; texts before toEvent(), bytes after binary(); sort by sequence numbers, not by `time`.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund cloudevents@10.0.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
cat >messages.json <<'END'
{
  "binary": {"value": "{\"order\": 17}", "headers": {"content-type": "application/json", "ce_specversion": "1.0",
    "ce_id": "1", "ce_type": "OrderPlaced", "ce_source": "/shop", "ce_time": "2026-11-20T13:04:07.137042Z"}},
  "binary without time": {"value": "{\"order\": 17}", "headers": {"content-type": "application/json",
    "ce_specversion": "1.0", "ce_id": "1", "ce_type": "OrderPlaced", "ce_source": "/shop"}},
  "structured": {"headers": {"content-type": "application/cloudevents+json"},
    "value": "{\"specversion\": \"1.0\", \"id\": \"1\", \"type\": \"OrderPlaced\", \"source\": \"/shop\", \"time\": \"2026-11-20T13:04:07.137042Z\", \"data\": {\"order\": 17}}"},
  "structured without time": {"headers": {"content-type": "application/cloudevents+json"},
    "value": "{\"specversion\": \"1.0\", \"id\": \"1\", \"type\": \"OrderPlaced\", \"source\": \"/shop\", \"data\": {\"order\": 17}}"}
}
END
cat >read.py <<'END'
import json
from datetime import datetime, timezone
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat

for name, message in json.load(open("messages.json")).items():
    headers = {key: value.encode() for key, value in message["headers"].items()}
    event = from_kafka(KafkaMessage(headers, None, message["value"].encode()), JSONFormat())
    time = event.get_time()
    is_now = time and abs((datetime.now(timezone.utc) - time).total_seconds()) < 3600
    print(f"python reads {name}: order {event.get_data()['order']}, time", "now" if is_now else time and time.isoformat())
END
cat >read.js <<'END'
const fs = require('fs');
const { CloudEvent, Kafka } = require('cloudevents');
function show(name, message) {
  try {
    const event = Kafka.toEvent(message);
    const isNow = Math.abs(new Date(event.time) - Date.now()) < 3600e3;
    console.log(`javascript reads ${name}: order ${event.data.order}, time ${isNow ? 'now' : event.time}`);
  } catch (error) {
    console.log(`javascript reads ${name}: ${error.name}`);
  }
}
const messages = JSON.parse(fs.readFileSync('messages.json'));
for (const [name, message] of Object.entries(messages)) {
  show(name, message);
  if (name.includes('without')) continue;
  const headers = Object.entries(message.headers).map(([key, value]) => [key, Buffer.from(value)]);
  show(`${name} in bytes`, { value: Buffer.from(message.value), headers: Object.fromEntries(headers) });
}
const event = new CloudEvent({ id: '1', type: 'OrderPlaced', source: '/shop', datacontenttype: 'application/json',
  time: '2026-11-20T13:04:07.137042Z', data: { order: 17 } });
const written = Kafka.binary(event);
const types = Object.keys(written.headers).filter((name) => name.includes('contenttype') || name.includes('content-type'));
console.log(`javascript writes binary: value ${typeof written.value}, time ${written.headers.ce_time}, ${types.join(' and ')}`);
console.log(`javascript writes structured: value ${typeof Kafka.structured(event).value}, time ${JSON.parse(Kafka.structured(event).value).time}`);
END
{
  python/bin/python read.py
  node read.js
} | tee seen
diff seen - <<'END'
python reads binary: order 17, time 2026-11-20T13:04:07.137042+00:00
python reads binary without time: order 17, time now
python reads structured: order 17, time 2026-11-20T13:04:07.137042+00:00
python reads structured without time: order 17, time now
javascript reads binary: order 17, time 2026-11-20T13:04:07.137Z
javascript reads binary in bytes: TypeError
javascript reads binary without time: order 17, time now
javascript reads structured: order 17, time 2026-11-20T13:04:07.137Z
javascript reads structured in bytes: TypeError
javascript reads structured without time: RangeError
javascript writes binary: value object, time 2026-11-20T13:04:07.137042Z, content-type and ce_datacontenttype
javascript writes structured: value string, time 2026-11-20T13:04:07.137Z
END
echo "as described"
