import assert from 'node:assert/strict';
import test from 'node:test';
import { curlOf, exampleOf, filled, linkOf, matches, operationsOf, quoted, resolved, type ApiDocument, type Schemas } from '../src/api/document';

const document: ApiDocument = {
  info: { title: 'sagactl', version: '1' },
  paths: {
    '/orders/{id}': {
      get: {
        operationId: 'get_orders_id', tags: ['orders'], summary: 'One order', security: [{ bearer: [] }], responses: { 200: { description: 'It' } },
        parameters: [{ name: 'id', in: 'path', required: true }, { name: 'status', in: 'query', schema: { type: 'array' } }, { name: 'If-Match', in: 'header' }],
      },
      post: { operationId: 'post_orders', tags: ['orders'], security: [{ bearer: [] }, {}], requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } } },
    },
    '/livez': { get: { operationId: 'get_livez', tags: ['health'], security: [] } },
  },
};
const schemas: Schemas = {
  Order: { type: 'object', required: ['items', 'id'], properties: { id: { type: 'string', format: 'uuid' }, items: { type: 'array', items: { $ref: '#/components/schemas/Item' } }, note: { type: ['string', 'null'] } } },
  Item: { type: 'object', properties: { quantity: { type: 'integer', minimum: 2 }, name: { type: 'string', example: 'Lamp' }, kind: { type: 'string', enum: ['a', 'b'] } } },
  More: { allOf: [{ $ref: '#/components/schemas/Item' }, { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] }] },
  Loop: { type: 'object', properties: { next: { $ref: '#/components/schemas/Loop' } } },
};
const [read, place, live] = operationsOf(document) as [ReturnType<typeof operationsOf>[0], ReturnType<typeof operationsOf>[0], ReturnType<typeof operationsOf>[0]];

test('every route is listed, with who may ask', () => {
  assert.deepEqual(operationsOf(document).map((o) => [o.method, o.path, o.access]), [['GET', '/orders/{id}', 'token'], ['POST', '/orders/{id}', 'guest'], ['GET', '/livez', 'anyone']]);
  assert.equal(linkOf(read), '#/orders/get_orders_id');
  assert.equal(live.body, null);
  assert.equal(place.body?.required, true);
});

test('an example has what is needed, or everything', () => {
  const uuid = '00000000-0000-4000-8000-000000000000';
  assert.deepEqual(exampleOf(schemas['Order'], schemas), { id: uuid, items: [{ quantity: 2, name: 'Lamp', kind: 'a' }] });
  assert.deepEqual(Object.keys(exampleOf(schemas['Order'], schemas, true) as object), ['id', 'items', 'note']);
  assert.deepEqual(exampleOf(schemas['More'], schemas), { message: 'text' });
  assert.deepEqual(Object.keys(resolved(schemas['More'], schemas).properties ?? {}), ['quantity', 'name', 'kind', 'message']);
});

test('a schema that holds itself ends', () => assert.ok(exampleOf(schemas['Loop'], schemas, true)));

test('an address has its parameters, encoded, and what is missing is said', () => {
  assert.deepEqual(filled(read, { 'path id': 'a/b', 'query status': 'x,y z', 'header If-Match': '"1"' }), { path: '/orders/a%2Fb?status=x&status=y+z', headers: [['If-Match', '"1"']], missing: [] });
  assert.deepEqual(filled(read, {}).missing, ['id']);
});

test('a line for the shell means what it says, whatever is in it, and holds no token', () => {
  assert.equal(quoted("it's $HOME `x`"), `'it'\\''s $HOME \`x\`'`);
  assert.equal(
    curlOf({ method: 'POST', url: 'http://h/orders?a=1', headers: [['Content-Type', 'application/json']], body: '{"a":"b c"}', withToken: true }),
    `curl -X POST 'http://h/orders?a=1' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"a":"b c"}'`,
  );
  assert.equal(curlOf({ method: 'GET', url: 'http://h/livez', headers: [], body: null, withToken: false }), 'curl http://h/livez');
});

test('routes are found by any words', () => {
  assert.equal(matches(read, 'orders get'), true);
  assert.equal(matches(read, 'one ORDER'), true);
  assert.equal(matches(read, 'orders delete'), false);
});
