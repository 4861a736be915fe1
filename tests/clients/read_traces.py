"""read_traces.py SAGACTL: a node exports the traces of sagas to a collector. Every request is read by OpenTelemetry's own
protobuf messages, and the spans form one tree from the caller's span down to each call of a participant."""
import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from trips import Node, await_end

SAGACTL = os.path.abspath(sys.argv[1])
caller_span = "00f067aa0ba902b7"
SERVER, CLIENT = 2, 3
definition = """saga: trip
participants: { hotel: { url: "URL" }, bank: { url: "URL" } }
steps:
  - name: room
    call: { post: "{hotel}/rooms" }
    undo: { post: "{hotel}/rooms/cancel" }
  - name: pay
    call: { post: "{bank}/charges" }
"""


class Server:
    def __init__(self, answer):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = answer(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


spans, resources, seen_by_participants, wrong = {}, [], [], []


def collect(path, headers, body):
    try:
        assert path == "/v1/traces" and headers["Content-Type"] == "application/json" and headers["x-team"] == "shop"
        json_format.Parse(body, ExportTraceServiceRequest())  # fails for members that it does not know
        for resource in json.loads(body)["resourceSpans"]:
            resources.append({one["key"]: one["value"]["stringValue"] for one in resource["resource"]["attributes"]})
            for span in (span for scope in resource["scopeSpans"] for span in scope["spans"]):
                assert span["spanId"] not in spans, span
                spans[span["spanId"]] = span
    except Exception as problem:
        wrong.append(repr(problem))
    return 200


def take_part(path, headers, _):
    seen_by_participants.append((path, headers["traceparent"]))
    if path == "/charges/refused":
        return 409
    # The first charge finds the bank closed.
    return 503 if path == "/charges" and sum(one[0] == path for one in seen_by_participants) == 1 else 200


def start(node, path, body, trace, flags="01"):
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + node.token.read_text().strip(),
               "traceparent": f"00-{trace}-{caller_span}-{flags}"}
    request = urllib.request.Request(node.url + path, json.dumps(body).encode() if body is not None else b"", headers)
    with urllib.request.urlopen(request, timeout=90) as answer:
        return answer.read().decode()


def close_lra(node, trace):
    lra = start(node, "/lra-coordinator/start?ClientID=shop", None, trace)
    urllib.request.urlopen(urllib.request.Request(lra + "/close", method="PUT"), timeout=90).close()


def trace_of(trace, is_complete):
    deadline = time.monotonic() + 90
    while not is_complete(found := [span for span in list(spans.values()) if span["traceId"] == trace]):
        assert time.monotonic() < deadline and not wrong, (wrong, [span["name"] for span in found])
        time.sleep(0.02)
    return found


def named(found, name):
    return [span for span in found if span["name"] == name]


def check_own_saga(found):
    request, saga = named(found, "POST /sagas/definitions/{name}/sagas"), named(found, "trip")
    assert len(request) == len(saga) == 1, [span["name"] for span in found]
    assert request[0]["kind"] == SERVER and request[0]["parentSpanId"] == caller_span
    assert saga[0]["parentSpanId"] == request[0]["spanId"]
    calls = named(found, "call hotel") + named(found, "call bank")
    assert len(calls) == 3 and all(span["kind"] == CLIENT for span in calls)
    for step, participant in (("room", "hotel"), ("pay", "bank")):
        (done,) = named(found, f"action {step}")
        assert done["parentSpanId"] == saga[0]["spanId"]
        assert all(span["parentSpanId"] == done["spanId"] for span in named(found, f"call {participant}"))
    failed = [span for span in calls if "status" in span]
    assert [span["status"]["code"] for span in failed] == [2] and failed[0]["status"]["message"] == "HTTP 503", failed
    # What the participants got names the spans of the calls, so that theirs are below them.
    assert {one.split("-")[2] for _, one in seen_by_participants} == {span["spanId"] for span in calls}
    for span in found:
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), span


def check_compensated_saga(found):
    (saga,), (undone,) = named(found, "refused-trip"), named(found, "compensation room")
    (failed,) = named(found, "action pay")
    assert len(named(found, "action room")) == 1 and undone["parentSpanId"] == failed["parentSpanId"] == saga["spanId"]
    assert saga["status"]["code"] == failed["status"]["code"] == 2 and "status" not in undone, (saga, failed, undone)
    (cancel,) = [span for span in named(found, "call hotel") if span["parentSpanId"] == undone["spanId"]]
    assert int(cancel["startTimeUnixNano"]) >= int(failed["endTimeUnixNano"])
    ids = {span["spanId"] for span in found}
    assert [span["name"] for span in found if span.get("parentSpanId") not in ids] == ["POST /sagas/definitions/{name}/sagas"]


def publish(node, name, text):
    request = urllib.request.Request(node.url + "/sagas/definitions/" + name, text.encode(), method="PUT", headers={
        "Content-Type": "application/yaml", "Authorization": "Bearer " + node.token.read_text().strip()})
    urllib.request.urlopen(request, timeout=90).close()


def run(directory):
    collector, participant = Server(collect), Server(take_part)
    node = Node(SAGACTL, directory, "traced", "--otlp-endpoint", collector.url, "--otlp-attributes", "deployment.environment=test",
                "--payment-delay", "1ms", "--payment-success", "1", "--allow-lra",
                OTEL_EXPORTER_OTLP_HEADERS="x-team=shop")
    try:
        text = definition.replace("URL", participant.url)
        publish(node, "trip", text)
        publish(node, "refused-trip", text.replace("saga: trip", "saga: refused-trip").replace("/charges", "/charges/refused"))
        own, order, unsampled, refused, lra = (f"{number:x}af7651916cd43dd8448eb211c80319c" for number in range(1, 6))
        start(node, "/sagas/definitions/trip/sagas", {}, unsampled, flags="00")
        await_end(node)
        seen_by_participants.clear()
        start(node, "/sagas/definitions/trip/sagas", {}, own)
        start(node, "/orders", {"items": [{"productId": "p", "productName": "P", "price": 5, "quantity": 1}], "shippingAddress": "a"}, order)
        request = "POST /sagas/definitions/{name}/sagas"  # which may be sent after the saga
        check_own_saga(trace_of(own, lambda found: named(found, "trip") and named(found, request)))
        start(node, "/sagas/definitions/refused-trip/sagas", {}, refused)
        check_compensated_saga(trace_of(refused, lambda found: named(found, "refused-trip") and named(found, request)))
        close_lra(node, lra)
        found = trace_of(lra, lambda found: named(found, "lra") and named(found, "POST /lra-coordinator/start"))
        assert named(found, "lra")[0]["parentSpanId"] == named(found, "POST /lra-coordinator/start")[0]["spanId"]
        found = trace_of(order, lambda found: named(found, "OrderProcessingSaga"))
        (saga,), (payment,) = named(found, "OrderProcessingSaga"), named(found, "payment charge")
        assert payment["parentSpanId"] == saga["spanId"] and payment["kind"] == CLIENT
        assert len([span for span in found if span["name"].startswith("action ")]) == 3, [span["name"] for span in found]
        node.stop()
        assert not [span for span in spans.values() if span["traceId"] == unsampled]
        assert resources[0]["service.name"] == "sagactl" and resources[0]["deployment.environment"] == "test", resources[0]
        assert not wrong, wrong
        print(f"{len(spans)} spans")
    finally:
        node.kill()


with tempfile.TemporaryDirectory() as temporary:
    run(temporary)
