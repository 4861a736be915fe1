import assert from 'node:assert/strict';
import test from 'node:test';
import { actionsFor, isUndoing, keptBy, retriesFrom, undoneBy } from '../src/dashboard/saga/choices';
import { layersOf } from '../src/dashboard/saga/layers';
import { planOf, ticksOf } from '../src/dashboard/saga/spans';
import type { Call, Saga, SagaStatus, Step, Trace } from '../src/dashboard/types';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 29, 17) + ms).toISOString();
const ms = (iso: string) => Date.parse(iso);

const step = (name: string, status: Step['status'], more: Partial<Step> = {}): Step => ({ name, status, attempt: 1, tries: 1, inDoubt: false, startedAt: null, endedAt: null, nodeId: 'node-1', error: null, ...more });
const saga = (status: SagaStatus, steps: Step[], more: Partial<Saga> = {}): Saga => ({
  id: 'id', sagaType: 'trip', correlationId: 'id', status, currentStep: '', completedSteps: [], compensationSteps: [], errorMessage: null, createdAt: at(0), updatedAt: at(100), steps, nodeId: 'node-1',
  requiresManualIntervention: false, nextTryAt: null, retryHistory: [], version: 1, traceId: null, ...more,
});
const trace = (more: Partial<Trace>): Trace => ({ correlationId: 'id', traceId: null, order: null, payments: [], reservations: [], timeline: [], ...more });
const call = (name: string, end: number, took: number, more: Partial<Call> = {}): Call => ({ step: name, direction: 'do', attempt: 1, try: 1, isQuestion: false, request: null, outcome: 'done', status: 200, answer: null, at: at(end), tookMs: took, nodeId: 'node-1', ...more });
const users = { definition: 'trip', definitionVersion: 1 };

test('calls are spans, and between two tries there is a wait', () => {
  const plan = planOf(saga('completed', [step('a', 'succeeded', { after: [] })], users), trace({ calls: [call('a', 20, 10, { outcome: 'again' }), call('a', 70, 10, { try: 2, nodeId: 'node-2' })] }), ms(at(100)));
  assert.deepEqual(plan.rows[0]!.spans.map((s) => [s.kind, s.from - plan.from, s.to - plan.from, s.outcome]), [['do', 10, 20, 'unknown'], ['do', 60, 70, 'good'], ['backoff', 20, 60, 'open']]);
  assert.deepEqual(plan.nodes, ['node-1', 'node-2']);
});

test('between the action and its undo nobody waits', () => {
  const plan = planOf(saga('compensated', [step('a', 'compensated')], users), trace({ calls: [call('a', 20, 10), call('a', 70, 10, { direction: 'undo' })] }), ms(at(100)));
  assert.deepEqual(plan.rows[0]!.spans.map((s) => s.kind), ['do', 'undo']);
});

test('a call that is under way waits for its answer until the step ended', () => {
  const plan = planOf(saga('completed', [step('a', 'succeeded', { startedAt: at(5), endedAt: at(90) })], users), trace({ calls: [call('a', 20, 10, { outcome: 'under way' })] }), ms(at(100)));
  assert.deepEqual(plan.rows[0]!.spans.map((s) => [s.kind, s.to - plan.from]), [['do', 20], ['wait', 90]]);
});

test('a step without calls that waits is a wait until now', () => {
  const plan = planOf(saga('started', [step('approve', 'running', { kind: 'wait', startedAt: at(10) })], users), trace({ calls: [] }), ms(at(500)));
  assert.deepEqual(plan.rows[0]!.spans.map((s) => [s.kind, s.from - plan.from, s.to - plan.from, s.outcome]), [['wait', 10, 500, 'open']]);
});

test('steps of built-in sagas are known by their events, and undos by the times of the step', () => {
  const timeline = [{ timestamp: at(30), occurredAt: at(30), eventType: 'SagaStepCompleted', aggregateType: 'Saga', aggregateId: 'id', data: { step: 'order_creation', attempt: 1 }, nodeId: 'node-1', sequence: 1, version: 1 }];
  const plan = planOf(saga('compensated', [step('order_creation', 'compensated', { startedAt: at(60), endedAt: at(65) }), step('payment', 'failed', { startedAt: at(30), endedAt: at(60) })]), trace({ timeline }), ms(at(100)));
  assert.deepEqual(plan.rows.map((r) => r.spans.map((s) => [s.kind, s.from - plan.from, s.to - plan.from, s.outcome])), [[['do', 0, 30, 'good'], ['undo', 60, 65, 'good']], [['do', 30, 60, 'bad']]]);
});

test('of very many tries the last ones are drawn', () => {
  const calls = Array.from({ length: 1000 }, (_, i) => call('a', 20 + i, 0.5, { outcome: 'again', try: i + 1 }));
  const { spans } = planOf(saga('started', [step('a', 'running')], users), trace({ calls }), ms(at(2000))).rows[0]!;
  assert.ok(spans.length < 450, String(spans.length));
  assert.ok(spans.some((s) => s.call?.try === 1000));
});

test('a saga that took no time is still drawn', () => {
  const plan = planOf(saga('completed', [step('a', 'succeeded', { startedAt: at(0), endedAt: at(0) })], { updatedAt: at(0) }), trace({}), ms(at(0)));
  assert.ok(plan.to > plan.from);
});

test('the ticks of a time line are round and few', () => {
  assert.deepEqual(ticksOf(76), [0, 20, 40, 60]);
  assert.deepEqual(ticksOf(1000), [0, 200, 400, 600, 800, 1000]);
  assert.ok(ticksOf(0.0001).length <= 7);
});

test('every arrow of the graph goes to the right', () => {
  const placed = layersOf([{ name: 'd', after: ['b', 'c'] }, { name: 'a', after: [] }, { name: 'b', after: ['a'] }, { name: 'c', after: ['a'] }]);
  assert.deepEqual(placed.map((p) => [p.name, p.layer, p.row]), [['d', 2, 0], ['a', 0, 0], ['b', 1, 0], ['c', 1, 1]]);
});

test('a circle is drawn somehow and does not hang the page', () => {
  assert.equal(layersOf([{ name: 'a', after: ['b'] }, { name: 'b', after: ['a'] }]).length, 2);
});

test('the buttons are those that the state allows', () => {
  const waiting = step('approve', 'running', { kind: 'wait' });
  const rows: [Saga, string[]][] = [
    [saga('completed', []), ['compensate']],
    [saga('failed', []), ['retry', 'compensate']],
    [saga('compensated', []), ['retry']],
    [saga('compensating', []), []],
    [saga('failed', [step('hotel', 'compensating', { kind: 'call' })], users), ['retry', 'compensate', 'answer', 'skip']],
    [saga('failed', [step('hotel', 'failed', { kind: 'call' })], users), ['retry', 'compensate']],
    [saga('started', [step('payment', 'running')]), ['cancel']],
    [saga('started', [waiting], users), ['answer', 'skip', 'cancel']],
    [saga('started', [step('nap', 'running', { kind: 'sleep' })], users), ['skip', 'cancel']],
  ];
  for (const [of, actions] of rows) assert.deepEqual(actionsFor(of), actions);
});

test('an answer is about the undo of a step once that has begun', () => {
  const back = saga('compensating', [step('hotel', 'compensating', { kind: 'call' }), step('flight', 'running', { kind: 'call' })], users);
  assert.deepEqual(['hotel', 'flight', 'none'].map((name) => isUndoing(back, name)), [true, false, false]);
});

test('a retry goes on at the earliest step that is not in effect', () => {
  const of = saga('failed', [step('a', 'succeeded'), step('b', 'failed'), step('c', 'pending')]);
  assert.equal(retriesFrom(of), 'b');
  assert.deepEqual(keptBy(of), ['a']);
});

test('what would be undone is in the reverse order, and only what is in effect or may be', () => {
  const chain = saga('completed', [step('a', 'succeeded'), step('b', 'succeeded'), step('c', 'failed'), step('d', 'pending')]);
  assert.deepEqual(undoneBy(chain), ['b', 'a']);
  const failedUndo = saga('failed', [step('hotel', 'compensating', { after: [] }), step('flight', 'compensated', { after: [] }), step('payment', 'failed', { after: ['hotel', 'flight'] })], users);
  assert.deepEqual(undoneBy(failedUndo), ['hotel']);
  const graph = saga('started', [step('join', 'running', { after: ['x', 'y'] }), step('x', 'succeeded', { after: [] }), step('y', 'failed', { after: [], inDoubt: true })], users);
  assert.deepEqual(undoneBy(graph), ['join', 'y', 'x']);
});
