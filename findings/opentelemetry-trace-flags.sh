#!/usr/bin/env bash
# The flags of W3C's traceparent by OpenTelemetry's SDKs, seen on 2026-11-29: opentelemetry-sdk 1.45.2 (PyPI, Python
# 3.11) and @opentelemetry/sdk-trace-base 2.12.1 with @opentelemetry/core 2.12.1 (npm, Node.js 20).
# - Python begins a trace with the flags 03: sampled, and the trace id is random, which Level 2 of the recommendation
#   added. JavaScript begins with 01, of ids that are as random.
# - Level 2 (3.2.2.5.2) wants the second flag to be kept as it is by whoever goes on with the trace. A span of Python
#   keeps it; one of JavaScript drops it: 03 becomes 01. A sampler behind it, which may decide by the id if it is random,
#   decides otherwise than one before it.
# - Flags that nobody has defined are to be set to zero. Python hands them on without a span of its own, ff as ff;
#   JavaScript writes "0ff", which is no traceparent, so that the next server begins another trace.
# What to do: test the lowest bit of the flags, and never compare them with "01". Output seen: as below.
# Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check opentelemetry-api==1.45.2 opentelemetry-sdk==1.45.2
npm install --silent --no-audit --no-fund @opentelemetry/core@2.12.1 @opentelemetry/sdk-trace-base@2.12.1 \
  @opentelemetry/api@1.9.1 >npm.log
trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7
cat >flags.py <<'END'
import sys
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

propagator, tracer = TraceContextTextMapPropagator(), TracerProvider().get_tracer("shop")
def flags(context):
    headers = {}
    propagator.inject(headers, context)
    return headers["traceparent"].split("-")[3]

print("python begins with", flags(set_span_in_context(tracer.start_span("order"))))
for given in ("03", "02", "ff"):
    context = propagator.extract({"traceparent": f"{sys.argv[1]}-{given}"})
    child = set_span_in_context(tracer.start_span("order", context))
    print(f"python gets {given}, hands on {flags(context)}, and from a span of its own {flags(child)}")
END
cat >flags.js <<'END'
const { W3CTraceContextPropagator } = require('@opentelemetry/core');
const { trace, ROOT_CONTEXT, defaultTextMapGetter, defaultTextMapSetter } = require('@opentelemetry/api');
const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');
const propagator = new W3CTraceContextPropagator();
const tracer = new BasicTracerProvider().getTracer('shop');
function flags(context) {
  const headers = {};
  propagator.inject(context, headers, defaultTextMapSetter);
  return headers.traceparent.split('-')[3];
}
console.log('javascript begins with', flags(trace.setSpan(ROOT_CONTEXT, tracer.startSpan('order'))));
for (const given of ['03', '02', 'ff']) {
  const context = propagator.extract(ROOT_CONTEXT, { traceparent: `${process.argv[2]}-${given}` }, defaultTextMapGetter);
  const child = trace.setSpan(context, tracer.startSpan('order', {}, context));
  console.log(`javascript gets ${given}, hands on ${flags(context)}, and from a span of its own ${flags(child)}`);
}
END
{
  python/bin/python flags.py "$trace"
  node flags.js "$trace"
} | tee seen
diff seen - <<'END'
python begins with 03
python gets 03, hands on 03, and from a span of its own 03
python gets 02, hands on 02, and from a span of its own 02
python gets ff, hands on ff, and from a span of its own 03
javascript begins with 01
javascript gets 03, hands on 03, and from a span of its own 01
javascript gets 02, hands on 02, and from a span of its own 00
javascript gets ff, hands on 0ff, and from a span of its own 01
END
echo "as described"
