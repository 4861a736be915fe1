import assert from 'node:assert/strict';
import test from 'node:test';
import { columnsOf } from '../src/dashboard/list/columns';
import { fromLocalInput, nodeFilter, pageSize, partsOf, sinceOf, toLocalInput, withoutFilter, withoutPart, withPart } from '../src/dashboard/list/filter';
import { viewsOf } from '../src/dashboard/list/views';

const query = (text: string) => new URLSearchParams(text);
const now = new Date('2026-11-29T17:20:45.678Z');

test('statuses may be separated by commas or repeated', () => {
  assert.deepEqual(partsOf(query('status=failed,started&status=completed')).map((p) => p.value), ['failed', 'started', 'completed']);
});

test('what is no filter does not reach the node', () => {
  assert.equal(nodeFilter(query('status=failed&limit=50&cursor=x&evil=1&page=3'), now), 'status=failed');
});

test('members of the input are filters', () => {
  assert.equal(nodeFilter(query('input.guest=kim'), now), 'input.guest=kim');
});

test('a time before now becomes a time, at a whole minute', () => {
  assert.equal(sinceOf('15m', now), '2026-11-29T17:05:00.000Z');
  assert.equal(sinceOf('1h', now), '2026-11-29T16:20:00.000Z');
  assert.equal(nodeFilter(query('within=1h'), now), 'since=2026-11-29T16%3A20%3A00.000Z');
});

test('a time that nobody understands is no filter', () => {
  for (const bad of ['', '1', 'h', '-1h', '1y', '1.5h']) assert.equal(sinceOf(bad, now), null, bad);
});

test('another filter begins at the first page, and keeps the page size', () => {
  assert.equal(withPart(query('cursor=c&limit=50&status=failed'), 'definition', ['trip']).toString(), 'limit=50&status=failed&definition=trip');
});

test('one of several values is taken away alone', () => {
  assert.equal(withoutPart(query('status=failed&status=started'), { name: 'status', value: 'failed' }).toString(), 'status=started');
  assert.equal(withoutPart(query('status=failed,started'), { name: 'status', value: 'started' }).toString(), 'status=failed');
});

test('without its filter an address keeps the rest', () => {
  assert.equal(withoutFilter(query('limit=50&status=failed&input.guest=kim&cursor=c')).toString(), 'limit=50');
});

test('a page size that is not offered is the usual one', () => {
  for (const [text, size] of [['', 25], ['limit=50', 50], ['limit=1000', 25], ['limit=x', 25]] as const) assert.equal(pageSize(query(text)), size);
});

test('times of the browser’s zone go to UTC and back', () => {
  assert.equal(fromLocalInput(toLocalInput('2026-11-29T17:20:00.000Z')), '2026-11-29T17:20:00.000Z');
  assert.equal(fromLocalInput('nonsense'), '');
  assert.equal(toLocalInput('nonsense'), '');
});

test('columns that are not known are dropped, and a list without ids is the usual one', () => {
  assert.deepEqual(columnsOf('error,id,evil'), ['id', 'error']);
  assert.deepEqual(columnsOf('error'), columnsOf(null));
});

test('views that somebody else wrote into the browser are read with care', () => {
  assert.deepEqual(viewsOf('{"a":1}'), []);
  assert.deepEqual(viewsOf('not JSON'), []);
  assert.deepEqual(viewsOf('[{"name":"a","query":"status=failed"},{"name":1},null]'), [{ name: 'a', query: 'status=failed' }]);
});
