import assert from 'node:assert/strict';
import test from 'node:test';
import { bestOf, figuresOf } from '../src/dashboard/operations/report_figures';
import { roundedUp } from '../src/shared/chart';
import { counted, duration, json, shortId, time } from '../src/shared/format';
import { frameOf, frameReader } from '../src/shared/frames';

test('one is not many', () => {
  assert.deepEqual(['0', '1', '2', '1,001'].map((n) => counted(n, 'saga')), ['0 sagas', '1 saga', '2 sagas', '1,001 sagas']);
});

test('a duration has the two units that matter', () => {
  const rows: [number, string][] = [
    [0, '0 ms'], [0.25, '250 µs'], [1, '1 ms'], [9.96, '10 ms'], [12.5, '13 ms'], [999, '999 ms'], [1000, '1 s'], [3210, '3.2 s'], [59_900, '59.9 s'], [59_960, '1 min'],
    [250_000, '4 min 10 s'], [3_600_000, '1 h'], [7_500_000, '2 h 5 min'], [273_600_000, '3 d 4 h'], [-1500, '-1.5 s'], [NaN, ''],
  ];
  for (const [ms, text] of rows) assert.equal(duration(ms), text);
});

test('ids are shortened so that they still find their saga', () => {
  assert.equal(shortId('01a22843-12b9-7001-8494-012165d7c736'), '01a22843-12b9-7001');
  assert.equal(shortId('trip-X'), 'trip-X');
});

test('ids of one millisecond stay apart when they are shortened', () => {
  assert.notEqual(shortId('01a22843-12b9-7001-8494-012165d7c736'), shortId('01a22843-12b9-7002-9b0c-5c26a9a8a38f'));
});

test('a text that reverses what follows leaves the JSON around it in order', () => {
  assert.equal(json({ guest: '\u202Ekim\u2066' }), '{\n  "guest": "\\u202ekim\\u2066"\n}');
  assert.deepEqual(JSON.parse(json({ guest: '\u202Ekim' })), { guest: '\u202Ekim' });
});

test('a text that is no time is shown as it is', () => assert.equal(time('soon', 'en'), 'soon'));

test('the scale of a chart ends at a round number', () => {
  for (const [n, top] of [[0, 1], [1, 1], [1.2, 2], [3, 5], [9, 10], [10, 10], [101, 200], [501, 1000]] as const) assert.equal(roundedUp(n), top);
});

test('frames of a stream are read, comments are not', () => {
  assert.deepEqual(frameOf('id: 4-1\nevent: SagaStarted\ndata: {"a":\ndata: 1}'), { id: '4-1', type: 'SagaStarted', data: '{"a":\n1}' });
  assert.equal(frameOf(': still here'), null);
  assert.equal(frameOf('retry: 2000'), null);
});

test('frames that come in pieces are put together', () => {
  const ids: string[] = [];
  const take = frameReader((frame) => ids.push(frame.id));
  for (const piece of ['id: 1\nda', 'ta: x\n', '\nid: 2\r\ndata: y\r\n\r', '\nid: 3\n']) take(piece);
  assert.deepEqual(ids, ['1', '2']);
});

test('the best of several figures is the one that no other equals', () => {
  assert.equal(bestOf([1, 2, null], 'more'), 1);
  assert.equal(bestOf([1, 2, 1], 'less'), null);
  assert.equal(bestOf([3, null], 'less'), null);
  assert.equal(bestOf([1, 2], null), null);
});

test('figures that no load test has are left out', () => {
  const figures = figuresOf([{ requests: { sent: 5, succeeded: 4, duplicates: 0, rejected: 1, failed: 0, transportErrors: 0 } }, { latency: { p50: 1, p90: 2, p99: 3, max: 4 } }]);
  assert.deepEqual(figures.find((f) => f.name === 'accepted')?.values, [4, null]);
  assert.equal(figures.some((f) => f.name === 'sagaP99'), false);
});
