"""read_load_metrics.py SAGACTL: a load test of the node sends its figures to a collector. Every request is read by
OpenTelemetry's own protobuf messages, the counts never go back, and the last ones are those of the result."""
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE as CUMULATIVE

requests, wrong = [], []


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            assert self.path == "/v1/metrics" and self.headers["Content-Type"] == "application/json", self.path
            requests.append(json_format.Parse(body, ExportMetricsServiceRequest()))  # fails for members that it does not know
        except Exception as fault:
            wrong.append(repr(fault))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def attributes(holder):
    return {it.key: getattr(it.value, it.value.WhichOneof("value")) for it in holder.attributes}


def by_name(request):
    (resource,) = request.resource_metrics
    (scope,) = resource.scope_metrics
    return attributes(resource.resource), {metric.name: metric for metric in scope.metrics}


def total(metric):
    return sum(point.as_int for point in metric.sum.data_points)


def check_kinds(metrics):
    for name, metric in metrics.items():
        kind = metric.WhichOneof("data")
        if kind == "gauge":
            assert metric.unit == "{request}/s", name
            continue
        holder = getattr(metric, kind)
        assert holder.aggregation_temporality == CUMULATIVE, name
        assert metric.unit == ("s" if kind == "histogram" else "{request}"), name
        assert kind == "histogram" or holder.is_monotonic, name
        for point in holder.data_points:
            assert 0 < point.start_time_unix_nano <= point.time_unix_nano, name
    (durations,) = metrics["sagactl.loadtest.response.duration"].histogram.data_points
    bounds = list(durations.explicit_bounds)
    assert bounds == sorted(set(bounds)) and len(durations.bucket_counts) == len(bounds) + 1
    assert sum(durations.bucket_counts) == durations.count


server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
ran = subprocess.run(
    [sys.argv[1], "loadtest", "duplicate", "--rate", "60/s", "--duration", "3s", "--url", os.environ["NODE"], "--metrics-to",
     f"otlp+http://127.0.0.1:{server.server_port}", "--tag", "commit=4f1c2ab", "-o", "json"], capture_output=True, text=True)
assert ran.returncode == 0, ran.stdout + ran.stderr
assert not wrong and len(requests) > 1, wrong
sent = 0
for request in requests:
    resource, metrics = by_name(request)
    assert resource["service.name"] == "sagactl-loadtest" and resource["commit"] == "4f1c2ab", resource
    assert resource["service.instance.id"] == by_name(requests[0])[0]["service.instance.id"]
    check_kinds(metrics)
    assert total(metrics["sagactl.loadtest.sent"]) >= sent
    sent = total(metrics["sagactl.loadtest.sent"])
counted = json.loads(ran.stdout)["requests"]
outcomes = {attributes(point)["outcome"]: point.as_int for point in metrics["sagactl.loadtest.requests"].sum.data_points}
assert sent == counted["sent"] == total(metrics["sagactl.loadtest.answers"]), (sent, counted)
assert outcomes == {"accepted": counted["succeeded"], "duplicate": counted["duplicates"], "error": 0}, (outcomes, counted)
statuses = {attributes(point).get("http.response.status_code") for point in metrics["sagactl.loadtest.answers"].sum.data_points}
assert all(isinstance(status, int) for status in statuses), statuses
(durations,) = metrics["sagactl.loadtest.response.duration"].histogram.data_points
assert durations.count == counted["sent"]
print(f"{len(requests)} sends to a collector, {sent} requests of the load")
