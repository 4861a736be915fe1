#!/usr/bin/env bash
# The price of an order in cents, which a service declares as an integer, comes as something else in JSON: 12.9, null,
# true, "", [12], "0x1F", "1e3". What twelve validators and binders make of it, without options, seen on 2026-11-30
# with Node.js 20, Python 3.11 and Java 17.
# - null is 0 with Fastify 5.12.8 (npm), by its schema of "type": "integer", and with Jackson 2.19.0 and Gson 2.13.1
#   (Maven Central) for an int: a client that has no price yet gets the order for nothing. "" is 0 with Jackson as
#   well, and a null for an Integer.
# - 12.9 is 12 with Jackson, marshmallow 4.4.0 and cattrs 26.2.1 (PyPI): prices that were sent in another unit are cut
#   off.
# - true is 1 with Fastify, pydantic 2.14.4 and cattrs; [12] is 12 with Fastify and yup 1.7.1 (npm), which read "0x1F"
#   as 31 too. "1e3" is 1000 with these, Joi 18.3.2 (npm) and Gson.
# - Zod 4.6.7, express-openapi-validator 5.6.2 (npm), and msgspec 0.23.0 (PyPI) refuse all seven, and so does Django
#   REST framework 3.18.3 (PyPI).
# So one request is refused by one service and is another order for the next one.
# What to do: coerceTypes: false of Fastify's ajv; FAIL_ON_NULL_FOR_PRIMITIVES and no ACCEPT_FLOAT_AS_INT and
# ALLOW_COERCION_OF_SCALARS with Jackson; strict=True with pydantic and marshmallow; .strict() with yup.
# Output seen: as below, "-" where it is refused. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund fastify@5.12.8 joi@18.3.2 zod@4.6.7 yup@1.7.1 \
  express-openapi-validator@5.6.2 express@5.3.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pydantic==2.14.4 marshmallow==4.4.0 msgspec==0.23.0 \
  cattrs==26.2.1 djangorestframework==3.18.3 django==5.2.19
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in com.fasterxml.jackson.core:jackson-databind:2.19.0 com.google.code.gson:gson:2.13.1; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program takes the texts of requests, and shows the price that each validator has read.
cat >read.mjs <<'END'
import express from 'express';
import Fastify from 'fastify';
import Joi from 'joi';
import * as openapi from 'express-openapi-validator';
import * as yup from 'yup';
import * as zod from 'zod';

const schema = { type: 'object', required: ['price'], properties: { price: { type: 'integer' } } };
const headers = { 'content-type': 'application/json' };
const fastify = (options) => {
  const app = Fastify(options);
  app.post('/', { schema: { body: schema } }, ({ body }) => body.price);
  return async (payload) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/', headers, payload });
    return statusCode === 200 ? body : '-';
  };
};
const app = express();
app.use(express.json());
app.use(openapi.middleware({
  apiSpec: {
    openapi: '3.0.3',
    info: { title: 'shop', version: '1' },
    paths: {
      '/': {
        post: {
          requestBody: { required: true, content: { 'application/json': { schema } } },
          responses: { 200: { description: 'placed' } },
        },
      },
    },
  },
}));
app.post('/', ({ body }, response) => response.json(body.price));
app.use((error, request, response, next) => response.status(400).json(error.message));
const server = await new Promise((resolve) => {
  const started = app.listen(0, '127.0.0.1', () => resolve(started));
});
const tried = (read) => async (text) => {
  try {
    return String(read(JSON.parse(text)).price);
  } catch {
    return '-';
  }
};
const yupSchema = yup.object({ price: yup.number().integer().required() });
const ways = {
  Fastify: fastify(),
  'Fastify, coerceTypes: false': fastify({ ajv: { customOptions: { coerceTypes: false } } }),
  'express-openapi-validator': async (body) => {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: 'POST', headers, body });
    return answer.status === 200 ? answer.text() : '-';
  },
  Joi: tried((body) => Joi.attempt(body, Joi.object({ price: Joi.number().integer().required() }))),
  yup: tried((body) => yupSchema.validateSync(body)),
  'yup, strict': tried((body) => yupSchema.strict().validateSync(body)),
  Zod: tried((body) => zod.object({ price: zod.int() }).parse(body)),
};
for (const [name, read] of Object.entries(ways)) {
  const prices = [];
  for (const text of process.argv.slice(2)) {
    prices.push(await read(text));
  }
  console.log(`${name}: ${prices.join(' ')}`);
}
process.exit(0);
END
cat >read.py <<'END'
import dataclasses, json, sys
import cattrs, django, marshmallow, msgspec, pydantic
from django.conf import settings

settings.configure()
django.setup()
from rest_framework import serializers

class Pydantic(pydantic.BaseModel):
    price: int

class Msgspec(msgspec.Struct):
    price: int

@dataclasses.dataclass
class Order:
    price: int

class Django(serializers.Serializer):
    price = serializers.IntegerField()

def with_django(text):
    serializer = Django(data=json.loads(text))
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data["price"]

def with_marshmallow(**options):
    schema = marshmallow.Schema.from_dict({"price": marshmallow.fields.Integer(required=True, **options)})
    return lambda text: schema().loads(text)["price"]

ways = {
    "pydantic": lambda text: Pydantic.model_validate_json(text).price,
    "pydantic, strict": lambda text: Pydantic.model_validate_json(text, strict=True).price,
    "marshmallow": with_marshmallow(),
    "marshmallow, strict": with_marshmallow(strict=True),
    "cattrs": lambda text: cattrs.structure(json.loads(text), Order).price,
    "msgspec": lambda text: msgspec.json.decode(text, type=Msgspec).price,
    "Django REST framework": with_django,
}
for name, read in ways.items():
    prices = []
    for text in sys.argv[1:]:
        try:
            prices.append(str(read(text)))
        except Exception:
            prices.append("-")
    print(f"{name}: {' '.join(prices)}")
END
cat >Read.java <<'END'
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.Gson;

public class Read {
  public static class Order {
    public int price;
  }

  public static class Nullable {
    public Integer price;
  }

  interface Reader {
    Object read(String text) throws Exception;
  }

  static void show(String name, String[] texts, Reader reader) {
    var line = new StringBuilder(name).append(':');
    for (var text : texts) {
      try {
        line.append(" " + reader.read(text));
      } catch (Exception error) {
        line.append(" -");
      }
    }
    System.out.println(line);
  }

  public static void main(String[] texts) {
    var jackson = JsonMapper.builder().build();
    var strict = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).disable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();
    show("Jackson, int", texts, text -> jackson.readValue(text, Order.class).price);
    show("Jackson, Integer", texts, text -> jackson.readValue(text, Nullable.class).price);
    show("Jackson, int, with the three options", texts, text -> strict.readValue(text, Order.class).price);
    show("Gson, int", texts, text -> new Gson().fromJson(text, Order.class).price);
  }
}
END
javac -cp 'jars/*' Read.java
requests=()
for price in 12.9 null true '""' '[12]' '"0x1F"' '"1e3"'; do requests+=("{\"price\": $price}"); done
{
  node read.mjs "${requests[@]}"
  python/bin/python read.py "${requests[@]}"
  java -cp 'jars/*:.' Read "${requests[@]}"
} | tee seen
diff seen - <<'END'
Fastify: - 0 1 - 12 31 1000
Fastify, coerceTypes: false: - - - - - - -
express-openapi-validator: - - - - - - -
Joi: - - - - - - 1000
yup: - - - - 12 31 1000
yup, strict: - - - - - - -
Zod: - - - - - - -
pydantic: - - 1 - - - -
pydantic, strict: - - - - - - -
marshmallow: 12 - - - - - -
marshmallow, strict: - - - - - - -
cattrs: 12 - 1 - - - -
msgspec: - - - - - - -
Django REST framework: - - - - - - -
Jackson, int: 12 0 - 0 - - -
Jackson, Integer: 12 null - null - - -
Jackson, int, with the three options: - - - - - - -
Gson, int: - 0 - - - - 1000
END
echo "as described"
