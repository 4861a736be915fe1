#!/usr/bin/env bash
# An order whose price is Decimal("12.50"), sent by frameworks that also publish what they send as OpenAPI: the type by
# the document, and what is in the JSON, seen on 2026-12-01 with Python 3.11 and Node.js 20.
# - flask-restx 1.3.2 (fields.Fixed and fields.Arbitrary), APIFlask 3.1.2 and flask-smorest 0.47.0 (PyPI), both by
#   apispec 6.10.1 and the Decimal of marshmallow 4.4.0, as_string or not: "number", and "12.50", which is a text.
# - FastAPI 0.165.0 (PyPI) sends "12.50" from a model, and says so, and 12.5 from a dict, of which it says nothing.
# - drf-spectacular 0.30.0 with Django REST framework 3.18.3, and Litestar 2.25.0 (PyPI) say "string", and send one.
# A client in TypeScript, with types by openapi-typescript 7.13.0 (npm), adds 5 for shipping, which typescript 5.9.3
# (npm) takes, strict: its total is "12.505", and no error says so.
# What to do: a text on purpose, fields.String(), or whole cents as an integer; and a test that holds an answer against
# the document. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check flask-restx==1.3.2 APIFlask==3.1.2 flask-smorest==0.47.0 \
  apispec==6.10.1 marshmallow==4.4.0 fastapi==0.165.0 httpx==0.28.1 Django==5.2.19 djangorestframework==3.18.3 \
  drf-spectacular==0.30.0 litestar==2.25.0 pydantic==2.14.4
# Each server has one route, and gives its document and an answer.
cat >prices.py <<'END'
import json, logging, warnings
from dataclasses import dataclass
from decimal import Decimal

warnings.simplefilter("ignore")
logging.disable()
price = Decimal("12.50")

@dataclass
class Order:
    price: Decimal

def by_restx(field):
    from flask import Flask
    from flask_restx import Api, Resource
    app = Flask("shop")
    api = Api(app)

    @api.route("/order")
    class Orders(Resource):
        @api.marshal_with(api.model("Order", {"price": field}))
        def get(self):
            return {"price": price}

    client = app.test_client()
    return client.get("/swagger.json").json, client.get("/order").text

def by_apiflask(**options):
    from apiflask import APIFlask, Schema
    from apiflask.fields import Decimal as Field
    app = APIFlask("shop")

    @app.get("/order")
    @app.output(Schema.from_dict({"price": Field(**options)}, name="Order"))
    def order():
        return {"price": price}

    client = app.test_client()
    return client.get("/openapi.json").json, client.get("/order").text

def by_smorest(**options):
    from flask import Flask
    from flask_smorest import Api, Blueprint
    from marshmallow import Schema, fields
    app = Flask("shop")
    app.config.update(API_TITLE="shop", API_VERSION="1", OPENAPI_VERSION="3.0.3")
    shop = Blueprint("shop", "shop")

    @shop.route("/order")
    @shop.response(200, Schema.from_dict({"price": fields.Decimal(**options)}, name="Order"))
    def order():
        return {"price": price}

    api = Api(app)
    api.register_blueprint(shop)
    return api.spec.to_dict(), app.test_client().get("/order").text

def by_fastapi(answer):
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    app = FastAPI()

    def order():
        return answer

    app.get("/order", response_model=Order if isinstance(answer, Order) else None)(order)
    return app.openapi(), TestClient(app).get("/order").text

def by_django():
    from django.urls import path
    from drf_spectacular.generators import SchemaGenerator
    from rest_framework import response, serializers, test, views

    class Orders(serializers.Serializer):
        price = serializers.DecimalField(max_digits=10, decimal_places=2)

    class View(views.APIView):
        serializer_class = Orders

        def get(self, request):
            return response.Response(Orders({"price": price}).data)

    answer = View.as_view()(test.APIRequestFactory().get("/order"))
    generator = SchemaGenerator(patterns=[path("order", View.as_view())])
    return generator.get_schema(request=None, public=True), answer.render().content.decode()

def by_litestar():
    from litestar import Litestar, get
    from litestar.testing import TestClient

    @get("/order", sync_to_thread=False)
    def order() -> Order:
        return Order(price)

    with TestClient(Litestar([order])) as client:
        return client.get("/schema/openapi.json").json(), client.get("/order").text

def type_of(node):
    """The type of the first member price that the document describes."""
    if isinstance(node, dict):
        if "price" in node.get("properties", ()):
            return node["properties"]["price"]["type"]
        node = list(node.values())
    if isinstance(node, list):
        return next(filter(None, map(type_of, node)), None)

def show(name, document, answer):
    print(f"{name}: {type_of(document)}, sent {json.dumps(json.loads(answer)['price'])}")

import django
from django.conf import settings
from flask_restx import fields

rest = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema", "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None}
settings.configure(ALLOWED_HOSTS=["*"], INSTALLED_APPS=["rest_framework", "drf_spectacular"], REST_FRAMEWORK=rest)
django.setup()
show("flask-restx, Fixed", *by_restx(fields.Fixed(decimals=2)))
show("flask-restx, Arbitrary", *by_restx(fields.Arbitrary()))
document, answer = by_apiflask()
show("APIFlask", document, answer)
with open("document.json", "w") as file:
    json.dump(document, file)
with open("answer.json", "w") as file:
    file.write(answer)
show("APIFlask, as_string", *by_apiflask(as_string=True))
show("flask-smorest", *by_smorest())
show("flask-smorest, as_string", *by_smorest(as_string=True))
show("FastAPI, a model", *by_fastapi(Order(price)))
show("FastAPI, a dict", *by_fastapi({"price": price}))
show("drf-spectacular", *by_django())
show("Litestar", *by_litestar())
END
cat >client.ts <<'END'
import type { paths } from './document';

declare function require(name: string): any;
type Order = paths['/order']['get']['responses']['200']['content']['application/json'];
const order: Order = require('./answer.json');
const total: number = (order.price ?? 0) + 5;
console.log('total with shipping, in TypeScript:', JSON.stringify(total));
END
{
  python/bin/python prices.py 2>error.log
  npx openapi-typescript document.json -o document.d.ts >>error.log 2>&1
  npx tsc --strict --module commonjs client.ts
  node client.js
} | tee seen
diff seen - <<'END'
flask-restx, Fixed: number, sent "12.50"
flask-restx, Arbitrary: number, sent "12.50"
APIFlask: number, sent "12.50"
APIFlask, as_string: number, sent "12.50"
flask-smorest: number, sent "12.50"
flask-smorest, as_string: number, sent "12.50"
FastAPI, a model: string, sent "12.50"
FastAPI, a dict: None, sent 12.5
drf-spectacular: string, sent "12.50"
Litestar: string, sent "12.50"
total with shipping, in TypeScript: "12.505"
END
echo "as described"
