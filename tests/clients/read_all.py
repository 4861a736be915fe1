"""Places an order, a checkout and a purchase by the client that openapi-python-client has made, and reads every GET of
the interface through its models, which refuse what the document does not allow."""
import importlib
import inspect
import os
import pkgutil
import re
import time
import uuid

import sagactl_client.api as api
from sagactl_client import AuthenticatedClient

client = AuthenticatedClient(base_url=os.environ["NODE"], token=os.environ["TOKEN"], timeout=30)
operations = {}
for package in pkgutil.iter_modules(api.__path__):
    folder = importlib.import_module(f"{api.__name__}.{package.name}")
    for module in pkgutil.iter_modules(folder.__path__):
        operations[module.name] = importlib.import_module(f"{folder.__name__}.{module.name}")


def model_of(operation, name="body"):
    """The class of what is sent: the annotation is of one class, or of one that may be left out."""
    annotation = inspect.signature(operation.sync_detailed).parameters[name].annotation
    if isinstance(annotation, type):
        return annotation
    return next(each for each in annotation.__args__ if hasattr(each, "from_dict"))


def post(name, body=None, expected=201, **parameters):
    operation = operations[name]
    if body is not None:
        parameters["body"] = model_of(operation).from_dict(body)
    answer = operation.sync_detailed(client=client, **parameters)
    assert answer.status_code == expected, (name, answer.status_code, answer.content)
    assert answer.parsed is not None, name
    return answer.parsed


def ended(order):
    for _ in range(1800):
        saga = operations["get_sagas_id"].sync(client=client, id=order)
        if saga.status in ("completed", "compensated", "failed"):
            return saga
        time.sleep(0.05)
    raise AssertionError(f"the saga of {order} has not ended")


item = {"productId": "PROD001", "productName": "Laptop", "quantity": 1, "price": 19.99}
placed = post("post_orders", {"items": [item], "shippingAddress": "Main St 1"})
assert ended(placed.id).status == "completed"
post("post_orders", {"items": [item], "shippingAddress": "Main St 1"}, expected=409)
post("post_orders", {"items": [], "shippingAddress": "Main St 1"}, expected=400)
post("post_api_inventory_initialize", expected=200)
checkout = post("post_api_orchestrator_orders", {"customerId": "C-1", "items": [item]})
choreographed = post("post_api_orders", {"customerId": "C-1", "items": [item]})
post("post_purchase_setup_test_data", {"users": 1, "items": 1})
purchase = post("post_purchase_orders", {"userId": "user-1", "itemId": "item-1", "quantity": 1})
for order in (checkout.order_id, choreographed.order.order_id, purchase.order_id):
    ended(order)
payment = operations["get_api_payments_order_order_id"].sync(client=client, order_id=checkout.order_id)

user = post("post_users", {"email": "shop@example.com", "password": "a long password", "firstName": "Ann",
                           "lastName": "Lee", "role": "merchant"})
assert user.role == "merchant" and user.status == "active", user
assert post("put_users_email", {"status": "inactive"}, expected=200, email=user.email).status == "inactive"
assert len(operations["get_users"].sync(client=client, limit=1).users) == 1

transaction = {"gid": "g-1", "trans_type": "saga", "steps": [{"action": ""}], "payloads": ["{}"], "wait_result": True}
assert post("post_api_dtmsvr_submit", transaction, expected=200).dtm_result == "SUCCESS"

nap = {"saga": "nap", "steps": [{"name": "nap", "sleep": "1ms"}]}
put = operations["put_sagas_definitions_name"]
published = put.sync_detailed(client=client, name="nap", body=model_of(put).from_dict(nap))
assert published.status_code == 201 and published.parsed.version == 1, published.content
started = operations["post_sagas_definitions_name_sagas"].sync_detailed(client=client, name="nap", body={})
assert started.status_code in (201, 202), started.content
assert ended(started.parsed.id).status == "completed"

retries = post("post_bulk", {"action": "retry", "filter": "status=failed", "reason": "a test"}, expected=202)
report = post("post_reports", {"kind": "loadtest", "run": "r-1", "verdict": "PASS"})
page = client.get_httpx_client().get("/", headers={"Accept": "text/html"}).text

# What stands for the parameters of paths, beside orders' ids.
known = {"product_id": "PROD001", "payment_id": payment.payment_id, "key": "some-key", "status": None,
         "saga_id": str(checkout.saga_id), "secret": os.environ["SECRET"]}
of_route = {
    "get_api_orders_order_id": [checkout.order_id, choreographed.order.order_id],
    "get_purchase_orders_order_id": [purchase.order_id],
    "get_bulk_id": [retries.id],
    "get_bulk_id_results": [retries.id],
    "get_reports_id": [report.id],
    "get_ui_assets_file": re.findall(r"/ui/assets/([\w.-]+)", page),
    "get_sagas_status_status": ["completed", "compensated", "failed", "started", "compensating"],
}
for each in operations:
    if each.startswith("get_sagas_definitions_name"):
        of_route[each] = ["nap"]
    if "_user_id_" in each:
        of_route[each] = ["user-1"]
of_checkouts = [checkout.order_id]
of_all = [placed.id, checkout.order_id, choreographed.order.order_id, purchase.order_id]


def start_lra(**parameters):
    return operations["post_lra_coordinator_start"].sync_detailed(client=client, **parameters).headers["location"]


parent_lra = start_lra()
lra = parent_lra.rsplit("/", 1)[1]
joined = operations["put_lra_coordinator_id"].sync_detailed(
    client=client, id=lra, link="<http://127.0.0.1:9/undo>; rel=compensate")
assert joined.status_code == 200, joined.content
for each in operations:
    if each.startswith(("get_lra_coordinator_id", "get_lra_coordinator_recovery_id")):
        of_route[each] = [lra]
nested_lra = re.search(r"lra-coordinator/([0-9a-f-]{36})", start_lra(parent_lra=parent_lra)).group(1)
of_route["get_lra_coordinator_nested_id_status"] = [nested_lra]


def expected_of(name):
    """No broker is configured here."""
    if name == "get_kafka_test":
        return 503
    return 404 if name.startswith(("get_kafka_", "get_dead_letters")) else 200


streams = {"get_events", "get_ui_live"}  # they have no end
read = 0
for name, operation in sorted(operations.items()):
    if not name.startswith("get_") or name in streams:
        continue
    signature = inspect.signature(operation.sync_detailed)
    path = [each for each in signature.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
    sets = [{}]
    if path:
        parameter = path[0].name
        values = of_route.get(name) or ([known[parameter]] if known.get(parameter) else None)
        if values is None:
            values = of_checkouts if name.startswith("get_api_") else of_all
        wants = path[0].annotation
        if isinstance(wants, type) and wants is not uuid.UUID:
            values = [wants(str(value)) for value in values]
        sets = [{parameter: value} for value in values]
    if name.endswith("_api_dtmsvr_query"):
        sets = [{**each, "gid": "g-1"} for each in sets]
    for parameter, value in {"topic": "order-events", "kind": "product"}.items():
        if parameter in signature.parameters:
            sets = [{parameter: signature.parameters[parameter].annotation(value)}]
    if "participant" in signature.parameters:
        sets = [{**each, "participant": "01"} for each in sets]
    for parameters in sets:
        answer = operation.sync_detailed(client=client, **parameters)
        assert answer.status_code == expected_of(name), (name, parameters, answer.content)
        assert answer.parsed is not None, (name, parameters, answer.content)
        read += 1

etag = operations["get_orders_id"].sync_detailed(client=client, id=placed.id).headers["etag"]
again = operations["get_orders_id"].sync_detailed(client=client, id=placed.id, if_none_match=etag)
assert again.status_code == 304, again.status_code
assert len(operations) > 130 and read > 110, (len(operations), read)
print(read, "answers of", len(operations), "operations")
