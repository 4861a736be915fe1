#!/usr/bin/env bash
# Three libraries that make a server honour Idempotency-Key, seen on 2026-11-29 with Node.js 20 and Python 3.11:
# express-idempotency 1.0.6 with express 4.21.2 (npm), @node-idempotency/core 1.0.11 (npm, "RFC compliant" by its page),
# asgi-idempotency-header 0.2.0 with starlette 1.10.0 (PyPI). The draft (draft-ietf-httpapi-idempotency-key-header-07)
# makes the header a structured field: "order-17" in quotes is the key order-17 (2.1).
# - None takes the quotes off: a client that follows the draft and one that does not place two orders with one key.
# - The same key with another body, for which the draft wants 422: express-idempotency answers 417, the ASGI library
#   the first order as if it had placed this one, also on another path. For @node-idempotency the same members in
#   another order are another body.
# - A handler that raises leaves the key of both npm libraries in progress: each repeat is answered 409, or refused as
#   outstanding, from then on. In express-idempotency reportError() prevents it, in each handler by hand.
# - The ASGI library promises that mutating endpoints run exactly once: one that answers "application/json;
#   charset=utf-8" runs at each repeat, since only "application/json" is kept.
# What to do: one spelling of the key everywhere; keep it in the transaction that has the effect, without a library.
# Whoever calls such a server must not take 409 for "nothing happened": by the draft (2.7) it is the answer while the
# first call runs.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund express@4.21.2 express-idempotency@1.0.6 @node-idempotency/core@1.0.11 \
  @node-idempotency/storage-adapter-memory@1.0.2 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check asgi-idempotency-header==0.2.0 starlette==1.10.0 \
  fastapi==0.165.0 redis==8.1.0 httpx==0.28.1
cat >express.js <<'END'
const express = require('express');
const { idempotency, getSharedIdempotencyService } = require('express-idempotency');
const app = express();
app.use(express.json(), idempotency());
let placed = 0;
app.post('/orders', (request, response) => {
  if (getSharedIdempotencyService().isHit(request)) return;
  if (request.body.raise) throw new Error('raised');
  response.status(201).json({ order: ++placed });
});
app.use((error, request, response, next) => {
  response.status(response.statusCode >= 400 ? response.statusCode : 500).end(error.message);
});
const server = app.listen(0, '127.0.0.1', async () => {
  const post = async (key, body) => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}/orders`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key }, body: JSON.stringify(body),
    });
    return `${response.status} ${await response.text()}`;
  };
  for (const [name, key, body] of [['first', 'a', { n: 1 }], ['repeat', 'a', { n: 1 }], ['in quotes', '"a"', { n: 1 }],
    ['other body', 'a', { n: 2 }], ['raises', 'b', { raise: 1 }], ['repeat', 'b', { raise: 1 }]])
    console.log(`express-idempotency, ${name}: ${await post(key, body)}`);
  server.close();
  server.closeAllConnections();
});
END
cat >core.js <<'END'
const { Idempotency } = require('@node-idempotency/core');
const { MemoryStorageAdapter } = require('@node-idempotency/storage-adapter-memory');
const idempotency = new Idempotency(new MemoryStorageAdapter(), {});
let placed = 0;
async function post(key, body) {
  const request = { headers: { 'idempotency-key': key }, path: '/orders', method: 'POST', body };
  try {
    const replayed = await idempotency.onRequest(request);
    if (replayed) return `replayed ${JSON.stringify(replayed.body)}`;
    if (body.raise) return 'raised';
    const response = { statusCode: 201, body: { order: ++placed } };
    await idempotency.onResponse(request, response);
    return `placed ${JSON.stringify(response.body)}`;
  } catch (error) {
    return error.message;
  }
}
(async () => {
  for (const [name, key, body] of [['first', 'a', { n: 1, m: 2 }], ['repeat', 'a', { n: 1, m: 2 }],
    ['in quotes', '"a"', { n: 1, m: 2 }], ['other order of members', 'a', { m: 2, n: 1 }],
    ['raises', 'b', { raise: 1 }], ['repeat', 'b', { raise: 1 }]])
    console.log(`node-idempotency, ${name}: ${await post(key, body)}`);
  process.exit(0);
})();
END
cat >asgi.py <<'END'
import asyncio, httpx
from idempotency_header_middleware import IdempotencyHeaderMiddleware
from idempotency_header_middleware.backends import MemoryBackend
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

placed = 0
async def place(request):
    global placed
    placed += 1
    if (await request.json()).get("charset"):
        return Response(f'{{"order":{placed}}}', 201, media_type="application/json; charset=utf-8")
    return JSONResponse({"order": placed}, 201)

app = Starlette(routes=[Route("/orders", place, methods=["POST"]), Route("/refunds", place, methods=["POST"])])
transport = httpx.ASGITransport(IdempotencyHeaderMiddleware(app, backend=MemoryBackend()))

async def main():
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for name, key, path, body in [("first", "a", "/orders", {"n": 1}), ("repeat", "a", "/orders", {"n": 1}),
                                      ("in quotes", '"a"', "/orders", {"n": 1}), ("other body", "a", "/orders", {"n": 2}),
                                      ("other path", "a", "/refunds", {"n": 1}), ("charset", "b", "/orders", {"charset": 1}),
                                      ("repeat", "b", "/orders", {"charset": 1})]:
            response = await client.post(path, json=body, headers={"Idempotency-Key": key})
            print(f"asgi-idempotency-header, {name}: {response.status_code} {response.text}")

asyncio.run(main())
END
{
  node express.js 2>express.log
  node core.js
  python/bin/python asgi.py
} | tee seen
diff seen - <<'END'
express-idempotency, first: 201 {"order":1}
express-idempotency, repeat: 201 {"order":1}
express-idempotency, in quotes: 201 {"order":2}
express-idempotency, other body: 417 Misuse of the idempotency key. Please check your request.
express-idempotency, raises: 500 raised
express-idempotency, repeat: 409 A previous request is still in progress for this key.
node-idempotency, first: placed {"order":1}
node-idempotency, repeat: replayed {"order":1}
node-idempotency, in quotes: placed {"order":2}
node-idempotency, other order of members: Idempotency-Key is already used
node-idempotency, raises: raised
node-idempotency, repeat: A request is outstanding for this Idempotency-Key
asgi-idempotency-header, first: 201 {"order":1}
asgi-idempotency-header, repeat: 201 {"order":1}
asgi-idempotency-header, in quotes: 201 {"order":2}
asgi-idempotency-header, other body: 201 {"order":1}
asgi-idempotency-header, other path: 201 {"order":1}
asgi-idempotency-header, charset: 201 {"order":3}
asgi-idempotency-header, repeat: 201 {"order":4}
END
echo "as described"
