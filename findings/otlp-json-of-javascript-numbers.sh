#!/usr/bin/env bash
# @opentelemetry/otlp-transformer 0.223.1 (npm), which the OTLP/HTTP JSON exporters of OpenTelemetry for JavaScript
# send with, seen on 2026-11-29 with Node.js 20; read by opentelemetry-proto 1.45.2 and protobuf 7.36.2 (PyPI, Python
# 3.11), which hold OTLP's own schema.
# - Every number without a fraction becomes intValue, also one beyond 64 bits: an attribute of 1e20, or of 2 ** 63, is
#   out of range for its reader, and the whole request is refused with it, every other span included.
# - NaN and the infinities become "doubleValue": null, where JSON of protobuf has the texts "NaN" and "Infinity". They
#   are read as attributes without any value.
# - So one attribute changes its type with its value: an amount of 12.5 is a double, one of 12 an integer.
# What to do: pass sums and large counters as texts, or test with Number.isSafeInteger; amounts always in one unit.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @opentelemetry/otlp-transformer@0.223.1 @opentelemetry/sdk-trace-base@2.12.1 \
  @opentelemetry/api@1.9.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check opentelemetry-proto==1.45.2 protobuf==7.36.2
cat >write.js <<'END'
const { JsonTraceSerializer } = require('@opentelemetry/otlp-transformer');
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
for (const value of [12.5, 12, NaN, Infinity, 2 ** 53, 2 ** 63, 1e20]) {
  exporter.reset();
  provider.getTracer('shop').startSpan('order', { attributes: { amount: value } }).end();
  console.log(value + '\t' + Buffer.from(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans())));
}
END
cat >read.py <<'END'
import json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

for line in sys.stdin:
    value, request = line.rstrip("\n").split("\t")
    written = json.loads(request)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"][0]["value"]
    try:
        spans = json_format.Parse(request, ExportTraceServiceRequest()).resource_spans[0].scope_spans[0].spans
        read = spans[0].attributes[0].value.WhichOneof("value") or "nothing"
    except json_format.ParseError as error:
        read = "ParseError, out of range" if "out of range" in str(error) else f"ParseError, {error}"
    print(f"{value} is written as {json.dumps(written)} and read as {read}")
END
node write.js | python/bin/python read.py | tee seen
diff seen - <<'END'
12.5 is written as {"doubleValue": 12.5} and read as double_value
12 is written as {"intValue": 12} and read as int_value
NaN is written as {"doubleValue": null} and read as nothing
Infinity is written as {"doubleValue": null} and read as nothing
9007199254740992 is written as {"intValue": 9007199254740992} and read as int_value
9223372036854776000 is written as {"intValue": 9223372036854776000} and read as ParseError, out of range
100000000000000000000 is written as {"intValue": 100000000000000000000} and read as ParseError, out of range
END
echo "as described"
