// When what of a saga was going on: one row for each step, with what was done, tried again, waited for and undone.
// What is known of a user's saga are its calls; of a built-in one the events and the times of its steps.
import type { Call, Saga, Step, Trace } from '../types';

export type SpanKind = 'do' | 'undo' | 'question' | 'backoff' | 'wait';

export interface Span {
  kind: SpanKind;
  from: number; // milliseconds since 1970
  to: number;
  outcome: 'good' | 'bad' | 'open' | 'unknown';
  node: string | null;
  label: string; // such as "try 2"
  call: Call | null;
}

export interface Row { step: Step; spans: Span[] }

export interface Plan { from: number; to: number; rows: Row[]; nodes: string[] }

const ms = (iso: string | null | undefined): number | null => (iso ? Date.parse(iso) : null);

const outcomes: Record<Call['outcome'], Span['outcome']> = { done: 'good', refused: 'bad', again: 'unknown', unknown: 'unknown', 'under way': 'open' };

function spanOfCall(call: Call): Span {
  const to = Date.parse(call.at);
  return {
    kind: call.isQuestion ? 'question' : call.direction, from: to - call.tookMs, to, outcome: outcomes[call.outcome] ?? 'unknown', node: call.nodeId, label: String(call.try), call,
  };
}

// Between two calls of the same direction and execution the node waits before it tries again.
function backoffs(calls: Span[]): Span[] {
  const waits: Span[] = [];
  for (let i = 1; i < calls.length; ++i) {
    const [a, b] = [calls[i - 1]!, calls[i]!];
    const same = a.call!.direction === b.call!.direction && a.call!.attempt === b.call!.attempt;
    if (same && b.from > a.to) waits.push({ kind: 'backoff', from: a.to, to: b.from, outcome: 'open', node: b.node, label: '', call: null });
  }
  return waits;
}

// Executions of a step by the events of the saga: each ends with SagaStepCompleted. It began when the last of the steps
// before it had ended; without one, with the saga.
function spansOfEvents(step: Step, before: string[], trace: Trace, start: number): Span[] {
  const ended = new Map<string, number[]>();
  const spans: Span[] = [];
  for (const e of trace.timeline) {
    const name = e.data['step'];
    if (e.eventType !== 'SagaStepCompleted' || typeof name !== 'string') continue;
    const at = Date.parse(e.occurredAt);
    if (name === step.name) {
      const ends = before.map((b) => ended.get(b)?.filter((t) => t <= at).at(-1) ?? start);
      spans.push({ kind: 'do', from: Math.max(start, ...ends), to: at, outcome: 'good', node: e.nodeId, label: '', call: null });
    }
    ended.set(name, [...(ended.get(name) ?? []), at]);
  }
  return spans;
}

// A call that is tried for hours is drawn with its last tries.
const mostCalls = 200;

// What the step's own times say of its latest execution, or of its undo.
function spanOfTimes(step: Step, now: number): Span[] {
  const from = ms(step.startedAt);
  if (from === null) return [];
  const to = ms(step.endedAt) ?? now;
  const undo = step.status === 'compensating' || step.status === 'compensated';
  const outcome = step.status === 'failed' ? 'bad' : step.endedAt ? 'good' : 'open';
  const kind: SpanKind = undo ? 'undo' : step.kind === 'wait' || step.kind === 'sleep' ? 'wait' : 'do';
  return [{ kind, from, to: Math.max(from, to), outcome, node: step.nodeId, label: '', call: null }];
}

function spansOf(step: Step, before: string[], trace: Trace, start: number, now: number): Span[] {
  const calls = (trace.calls ?? []).filter((c) => c.step === step.name).map(spanOfCall).sort((a, b) => a.from - b.from).slice(-mostCalls);
  const ofTimes = spanOfTimes(step, now);
  if (!calls.length) {
    const ofEvents = spansOfEvents(step, before, trace, start);
    const known = ofTimes.filter((t) => t.kind === 'undo' || !ofEvents.some((e) => Math.abs(e.to - t.to) < 2));
    return [...ofEvents, ...known];
  }
  const spans = [...calls, ...backoffs(calls)];
  const last = calls.at(-1)!;
  const isOpen = step.status === 'running' || step.status === 'compensating';
  if (isOpen && now > last.to) {
    const kind: SpanKind = last.outcome === 'open' ? 'wait' : 'backoff';
    spans.push({ kind, from: last.to, to: Math.max(last.to, Math.min(now, ms(step.waitsUntil) ?? now)), outcome: 'open', node: step.nodeId, label: '', call: null });
  } else if (last.outcome === 'open' && step.endedAt && Date.parse(step.endedAt) > last.to) {
    spans.push({ kind: 'wait', from: last.to, to: Date.parse(step.endedAt), outcome: step.status === 'failed' ? 'bad' : 'good', node: step.nodeId, label: '', call: null });
  }
  return spans;
}

// The steps that come directly before: of a built-in saga the one above.
export const stepsBefore = (steps: Step[], i: number): string[] => steps[i]!.after ?? (i > 0 ? [steps[i - 1]!.name] : []);

export function planOf(saga: Saga, trace: Trace, now: number): Plan {
  const start = Date.parse(saga.createdAt);
  const isOpen = saga.status === 'started' || saga.status === 'compensating';
  const end = isOpen ? Math.max(now, start) : Date.parse(saga.updatedAt);
  const rows = saga.steps.map((step, i) => ({ step, spans: spansOf(step, stepsBefore(saga.steps, i), trace, start, isOpen ? now : end) }));
  const all = rows.flatMap((r) => r.spans);
  const from = Math.min(start, ...all.map((s) => s.from));
  const to = Math.max(end, from + 1, ...all.map((s) => s.to));
  const nodes = [...new Set(all.map((s) => s.node).filter((n): n is string => !!n))].sort();
  return { from, to, rows, nodes };
}

// Times of which to write the distance from the start: at most `most`, at round distances.
export function ticksOf(length: number, most = 6): number[] {
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 0.001)));
  const step = [1, 2, 5, 10].map((d) => d * power).find((d) => d >= rough)!;
  const ticks: number[] = [];
  for (let t = 0; t <= length && ticks.length <= most; t += step) ticks.push(t);
  return ticks;
}
