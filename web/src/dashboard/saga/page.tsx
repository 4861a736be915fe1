// One saga: what it is and does, why it failed, and what can be done.
import { useRef, useState } from 'preact/hooks';
import { get, nodeNow, request, type Answer } from '../../shared/api';
import { json, shortId } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useEvery, useLoad } from '../../shared/load';
import { useStore } from '../../shared/store';
import { Button, Copy, PageTitle, Panel, ProblemNote, Skeleton } from '../../shared/ui';
import { LiveSwitch } from '../frame';
import { useLive } from '../live';
import { may, session } from '../session';
import { SagaTag } from '../status';
import { texts } from '../texts';
import type { AuditEntry, Definition, Saga, SagaState, Step, Trace } from '../types';
import { Actions } from './actions';
import { isInProgress } from './choices';
import { Gantt } from './gantt';
import { Graph, type GraphStep } from './graph';
import { Audit, Calls, Events, Facts, LockAndKey, LraParticipants, Reserved, StepTable, Values } from './parts';
import { planOf, stepsBefore } from './spans';
import { sagaTexts } from './texts';

function save(name: string, value: unknown): void {
  const address = URL.createObjectURL(new Blob([json(value)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

// Of an LRA: what a step is about, and whose it is.
function lraNote(step: Step, say: typeof sagaTexts.en): string {
  const who = step.participant ?? (step.part ? say.nested : say.kinds.wait);
  return step.part && step.part !== 'acts' ? `${say.lraParts[step.part]}: ${who}` : who;
}

function graphSteps(saga: Saga, pivot: string | null, say: typeof sagaTexts.en): GraphStep[] {
  const note = (s: Step) => s.error ?? (saga.lra ? lraNote(s, say) : s.participant ?? s.kind ?? '');
  return saga.steps.map((s, i) => ({ name: s.name, after: stepsBefore(saga.steps, i), status: s.status, note: note(s), isPivot: s.name === pivot, kind: s.kind }));
}

export function SagaPage({ id }: { id: string }) {
  const say = useTexts(sagaTexts);
  const product = useTexts(texts).product;
  const now = useStore(session);
  const path = `/sagas/${encodeURIComponent(id)}`;
  const saga = useLoad(path, (signal) => request<Saga>(path, { signal }));
  const trace = useLoad(`trace ${id}`, (signal) => get<Trace>(`/trace/correlation/${encodeURIComponent(id)}`, signal));
  const mayAudit = may(now, 'operations.read');
  const audit = useLoad(mayAudit ? `audit ${id}` : null, (signal) => get<{ entries: AuditEntry[] }>(`/audit?saga=${encodeURIComponent(id)}&limit=100`, signal));
  const name = saga.data ? saga.data.body.definition ?? saga.data.body.sagaType : null;
  const version = saga.data?.body.definitionVersion;
  // The definition of an LRA is its own, and no list has it.
  const definition = useLoad(name && !saga.data?.body.lra ? `definition ${name} ${version}` : null, (signal) => get<Definition>(`/sagas/definitions/${encodeURIComponent(name!)}${version ? `?version=${version}` : ''}`, signal));
  const reload = () => {
    saga.reload();
    trace.reload();
    audit.reload();
  };
  const known = useRef<number | null>(null);
  const take = ([state]: SagaState[]) => {
    if (!state || state.changes === known.current) return;
    if (known.current !== null || state.version !== saga.data?.body.version) reload();
    known.current = state.changes;
  };
  useLive(saga.data ? `/ui/live?saga=${saga.data.body.id}` : null, { states: take }, reload);
  const isOpen = saga.data?.body.status === 'started' || saga.data?.body.status === 'compensating';
  // Tries of a call are not events: what is open is read again now and then.
  useEvery(isOpen ? 3000 : 0, reload);
  // Shown when all of it is there, so that nothing moves under somebody's pointer.
  const whole = saga.data && (trace.data || trace.problem) && (!mayAudit || audit.data || audit.problem);
  return (
    <>
      <PageTitle title={say.title(shortId(id))} product={product}>
        <LiveSwitch />
        {whole && saga.data && <SagaTag status={saga.data.body.status} />}
      </PageTitle>
      <ProblemNote problem={saga.problem} retry={reload} />
      {!whole && !saga.problem && <Skeleton lines={10} />}
      {saga.data && whole && <Whole answer={saga.data} trace={trace.data} pivot={definition.data?.pivot ?? null} audit={audit.data?.entries ?? null} mayOperate={may(now, 'sagas.operate')} mayAudit={mayAudit} reload={reload} />}
    </>
  );
}

function Whole({ answer, trace, pivot, audit, mayOperate, mayAudit, reload }: { answer: Answer<Saga>; trace: Trace | null; pivot: string | null; audit: AuditEntry[] | null; mayOperate: boolean; mayAudit: boolean; reload: () => void }) {
  const say = useTexts(sagaTexts);
  const saga = answer.body;
  const [time, setTime] = useState(nodeNow());
  const isOpen = saga.status === 'started' || saga.status === 'compensating';
  useEvery(isOpen ? 500 : 0, () => setTime(nodeNow()));
  return (
    <>
      <div class="row mono">{saga.id} <Copy text={saga.id} /></div>
      {saga.errorMessage && <p class={`note ${saga.status === 'completed' ? 'warn' : 'bad'}`}><strong>{saga.errorMessage}</strong></p>}
      {isOpen && saga.steps.filter((s) => s.error && isInProgress(s)).map((s) => <p key={s.name} class="note warn"><span><strong>{s.name}</strong>: {s.error}</span></p>)}
      {saga.requiresManualIntervention && <p class="note warn">{say.manual}</p>}
      <div class="row spread">
        {mayOperate ? <Actions saga={saga} etag={answer.etag} onDone={reload} /> : <span />}
        <Button onClick={() => save(`saga-${saga.id}.json`, { saga, trace, audit })}>{say.download}</Button>
      </div>
      <Panel title={say.steps}><Graph steps={graphSteps(saga, pivot, say)} label={say.graphLabel} /><details><summary>{say.asTable}</summary><StepTable saga={saga} /></details></Panel>
      {saga.lra && <Panel title={say.lra}><LraParticipants lra={saga.lra} /></Panel>}
      <Panel title={say.timeline} class="gantt-panel">{trace ? <Gantt plan={planOf(saga, trace, isOpen ? time : Date.parse(saga.updatedAt))} /> : <Skeleton lines={saga.steps.length} />}</Panel>
      {(saga.definition || !!trace?.calls?.length) && <Panel title={say.calls}>{trace ? <Calls calls={trace.calls ?? []} /> : <Skeleton lines={3} />}</Panel>}
      <div class="columns">
        <Panel title={say.about}><Facts saga={saga} /></Panel>
        <Panel title={say.lock}>{trace ? <LockAndKey saga={saga} trace={trace} maySeeLocks={mayAudit} /> : <Skeleton lines={2} />}</Panel>
      </div>
      <Values saga={saga} />
      {trace && saga.data && <Panel title={say.reserved}><Reserved trace={trace} /></Panel>}
      {mayAudit && <Panel title={say.audit}>{audit ? <Audit entries={audit} /> : <Skeleton lines={2} />}</Panel>}
      {trace && <Panel title={say.events}><Events timeline={trace.timeline} /></Panel>}
    </>
  );
}
