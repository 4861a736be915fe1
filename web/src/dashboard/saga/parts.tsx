// The parts of a saga's page below its graph and time line.
import { useState } from 'preact/hooks';
import { get } from '../../shared/api';
import { duration, json, shortId } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useLoad } from '../../shared/load';
import { Link } from '../../shared/router';
import { Button, Copy, Details, Empty, Panel, Table, Time, useCount } from '../../shared/ui';
import { StepTag, Tag } from '../status';
import type { AuditEntry, Call, Lra, Saga, TimelineEntry, Trace } from '../types';
import { sagaTexts } from './texts';

export function Facts({ saga }: { saga: Saga }) {
  const say = useTexts(sagaTexts);
  const name = saga.definition ?? saga.sagaType;
  const ended = saga.status !== 'started' && saga.status !== 'compensating';
  return (
    <dl class="facts">
      <dt>{say.definition}</dt><dd>{saga.lra ? say.ofItsOwn(name) : <><Link to={`/ui/definitions/${encodeURIComponent(name)}${saga.definitionVersion ? `?version=${saga.definitionVersion}` : ''}`}>{name}</Link>{saga.definitionVersion ? `, ${say.version(saga.definitionVersion)}` : ''}</>}</dd>
      <dt>{say.started}</dt><dd><Time at={saga.createdAt} ms /></dd>
      <dt>{say.changed}</dt><dd><Time at={saga.updatedAt} ms /></dd>
      {ended && <><dt>{say.took}</dt><dd>{duration(Date.parse(saga.updatedAt) - Date.parse(saga.createdAt))}</dd></>}
      {saga.nextTryAt && !ended && <><dt>{say.nextTry}</dt><dd><Time at={saga.nextTryAt} ms /></dd></>}
      <dt>{say.owner}</dt><dd>{saga.nodeId ?? '–'}</dd>
      <dt>{say.correlation}</dt><dd class="mono">{saga.correlationId} <Copy text={saga.correlationId} /></dd>
      {saga.traceId && <><dt>{say.trace}</dt><dd class="mono">{saga.traceId} <Copy text={saga.traceId} /></dd></>}
      {saga.data && <><dt>{say.items}</dt><dd>{saga.data.items.map((i) => `${i.quantity} × ${i.productName}`).join(', ')}</dd><dt>{say.total}</dt><dd>{saga.data.totalAmount.toFixed(2)}</dd></>}
      {saga.retryHistory.length > 0 && <><dt>{say.retries}</dt><dd>{saga.retryHistory.map((r) => <div key={r.retryAt}><Time at={r.retryAt} /> {say.retriedFrom(r.fromStep)}</div>)}</dd></>}
    </dl>
  );
}

const lraTone = (status: string): string => (status.startsWith('Failed') ? 'bad' : /^(Clos|Complet)/.test(status) ? 'good' : /^(Cancel|Compensat)/.test(status) ? 'warn' : '');

// An LRA in its clients' words: how it is, what it is nested in, and who joined when.
export function LraParticipants({ lra }: { lra: Lra }) {
  const say = useTexts(sagaTexts);
  return (
    <>
      <dl class="facts">
        <dt>{say.status}</dt><dd><Tag tone={lraTone(lra.status)}>{lra.status}</Tag></dd>
        <dt>{say.lraId}</dt><dd class="mono">{lra.id} <Copy text={lra.id} /></dd>
        {lra.parent && <><dt>{say.nestedIn}</dt><dd><Link to={`/ui/sagas/${encodeURIComponent(lra.parent)}`}>{shortId(lra.parent)}</Link></dd></>}
      </dl>
      {lra.participants.length === 0 && <Empty>{say.nobodyJoined}</Empty>}
      {lra.participants.length > 0 && (
        <Table label={say.joined}>
          <thead><tr><th>{say.participant}</th><th>{say.status}</th><th>{say.where}</th><th>{say.joinedAt}</th><th>{say.leftAt}</th></tr></thead>
          <tbody>
            {lra.participants.map((p) => (
              <tr key={p.name}>
                <td>{p.name}</td><td class="nowrap"><Tag tone={lraTone(p.status)}>{p.status}</Tag></td>
                <td class="mono">{p.nested ? <>{say.nested} <Link to={`/ui/sagas/${encodeURIComponent(p.nested)}`}>{shortId(p.nested)}</Link></> : p.compensate ?? p.after}</td>
                <td class="nowrap"><Time at={p.joinedAt} /></td><td class="nowrap"><Time at={p.leftAt} /></td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

export function StepTable({ saga }: { saga: Saga }) {
  const say = useTexts(sagaTexts);
  return (
    <Table label={say.steps}>
      <thead><tr><th>{say.step}</th><th>{say.status}</th><th>{say.participant}</th><th class="number">{say.attempt}</th><th class="number">{say.tries}</th><th>{say.waitsUntil}</th><th>{say.node}</th><th>{say.error}</th></tr></thead>
      <tbody>
        {saga.steps.map((s) => (
          <tr key={s.name} id={`step-${s.name}`}>
            <td>{s.name}</td><td class="nowrap"><StepTag status={s.status} />{s.inDoubt && <> <Tag tone="warn" sign="?">{say.inDoubt}</Tag></>}</td><td>{s.participant ?? s.kind ?? '–'}</td>
            <td class="number">{s.attempt}</td><td class="number">{s.tries}</td><td class="nowrap"><Time at={s.waitsUntil} /></td><td>{s.nodeId ?? '–'}</td><td class="error">{s.error ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function pretty(text: string): string {
  try {
    return json(JSON.parse(text));
  } catch {
    return text;
  }
}

const callTone: Record<Call['outcome'], string> = { done: 'good', refused: 'bad', again: 'warn', unknown: 'warn', 'under way': 'info' };

export function Calls({ calls }: { calls: Call[] }) {
  const say = useTexts(sagaTexts);
  const count = useCount();
  const [all, setAll] = useState(false);
  if (!calls.length) return <Empty>{say.noCalls}</Empty>;
  // Of very many the newest: those before say the same.
  const first = all ? 0 : Math.max(0, calls.length - 100);
  return (
    <div class="calls">
      {first > 0 && <p><Button onClick={() => setAll(true)}>{say.allCalls(count(calls.length))}</Button></p>}
      {calls.slice(first).map((c, i) => (
        <Details key={first + i} summary={
          <>
            <Tag tone={callTone[c.outcome] ?? ''}>{say.outcomes[c.outcome] ?? c.outcome}</Tag> <strong>{c.step}</strong> <span>{c.isQuestion ? say.kinds.question : say.kinds[c.direction]}</span> <span class="quiet">{say.tryNumber(c.try, c.attempt)}, {c.status ?? say.noAnswer}, {duration(c.tookMs)}{c.nodeId && `, ${c.nodeId}`}</span>
          </>
        }>
          {() => <div class="columns">
            <div><h3>{say.request}</h3>{c.request ? <><p class="mono">{c.request.method ?? ''} {c.request.url ?? c.request.command ?? c.request.participant}</p>{c.request.body != null && <pre tabIndex={0}>{json(c.request.body)}</pre>}</> : <p class="quiet">{say.noRequest}</p>}</div>
            <div><h3>{say.answer}</h3><p><Time at={c.at} ms />{c.status !== null && `, ${say.httpStatus} ${c.status}`}</p>{c.answer ? <pre tabIndex={0}>{pretty(c.answer)}</pre> : <p class="quiet">{say.noAnswer}</p>}</div>
          </div>}
        </Details>
      ))}
    </div>
  );
}

export function Values({ saga }: { saga: Saga }) {
  const say = useTexts(sagaTexts);
  const kept = Object.fromEntries(saga.steps.filter((s) => s.kept && Object.keys(s.kept).length).map((s) => [s.name, s.kept]));
  return (
    <div class="columns">
      <Panel title={say.input}><pre tabIndex={0}>{json(saga.input ?? saga.data ?? null)}</pre></Panel>
      {Object.keys(kept).length > 0 && <Panel title={say.kept}><pre tabIndex={0}>{json(kept)}</pre></Panel>}
      {saga.result != null && <Panel title={say.result}><pre tabIndex={0}>{json(saga.result)}</pre></Panel>}
    </div>
  );
}

export function Reserved({ trace }: { trace: Trace }) {
  const say = useTexts(sagaTexts);
  if (!trace.reservations.length && !trace.payments.length) return <Empty>{say.nothingReserved}</Empty>;
  return (
    <div class="stack">
      {trace.payments.length > 0 && (
        <Table label={say.payments}>
          <thead><tr><th>{say.payments}</th><th class="number">{say.amount}</th><th>{say.method}</th><th>{say.transaction}</th><th>{say.error}</th><th>{say.node}</th></tr></thead>
          <tbody>{trace.payments.map((p) => <tr key={p.id}><td>{p.status}</td><td class="number">{p.amount}</td><td>{p.method}</td><td class="mono">{p.externalTransactionId ?? '–'}</td><td class="error">{p.failureReason ?? '–'}</td><td>{p.nodeId}</td></tr>)}</tbody>
        </Table>
      )}
      {trace.reservations.length > 0 && (
        <Table label={say.reservations}>
          <thead><tr><th>{say.reservations}</th><th>{say.kind}</th><th>{say.quantity}</th><th>{say.reason}</th><th>{say.expires}</th></tr></thead>
          <tbody>{trace.reservations.map((r) => <tr key={r.id}><td>{r.status}</td><td>{r.kind}</td><td>{r.items.map((i) => `${i.quantity} × ${i.id}`).join(', ')}</td><td class="error">{r.reason ?? '–'}</td><td class="nowrap"><Time at={r.expiresAt} /></td></tr>)}</tbody>
        </Table>
      )}
    </div>
  );
}

interface Lock { isLocked: boolean; holder: string | null; fencingToken: number | null }

export function LockAndKey({ saga, trace, maySeeLocks }: { saga: Saga; trace: Trace; maySeeLocks: boolean }) {
  const say = useTexts(sagaTexts);
  const key = saga.key ?? trace.order?.idempotencyKey ?? null;
  const granted = trace.timeline.map((e) => e.metadata).find((m) => m && typeof m['lockKey'] === 'string');
  const lockKey = (granted?.['lockKey'] as string | undefined) ?? (trace.order?.idempotencyKey ? `order:${trace.order.idempotencyKey}` : null);
  const lock = useLoad(maySeeLocks && lockKey ? `lock ${lockKey}` : null, (signal) => get<Lock>(`/locks/${encodeURIComponent(lockKey!)}`, signal));
  return (
    <dl class="facts">
      <dt>{say.key}</dt><dd class="mono">{key ? <>{key} <Copy text={key} /></> : <span class="quiet">{say.noKey}</span>}</dd>
      {lockKey && (
        <>
          <dt>{say.lockKey}</dt>
          <dd><span class="mono">{lockKey}</span>{lock.data && <>: {lock.data.isLocked ? say.lockHeld(lock.data.holder ?? '?', String(lock.data.fencingToken ?? '?')) : say.lockFree}</>}{granted?.['fencingToken'] != null && <div class="hint">{say.grantedToken(String(granted['fencingToken']))}</div>}</dd>
        </>
      )}
    </dl>
  );
}

export function Audit({ entries }: { entries: AuditEntry[] }) {
  const say = useTexts(sagaTexts);
  if (!entries.length) return <Empty>{say.auditNone}</Empty>;
  return (
    <Table label={say.audit}>
      <thead><tr><th>{say.when}</th><th>{say.auditAction}</th><th>{say.auditBy}</th><th>{say.reason}</th></tr></thead>
      <tbody>{entries.map((e) => <tr key={e.id}><td class="nowrap"><Time at={e.timestamp} /></td><td>{e.action}</td><td>{e.email ?? e.by}</td><td class="error">{typeof e.data['reason'] === 'string' ? e.data['reason'] : '–'}</td></tr>)}</tbody>
    </Table>
  );
}

export function Events({ timeline }: { timeline: TimelineEntry[] }) {
  const say = useTexts(sagaTexts);
  const count = useCount();
  return (
    <Details summary={say.allEvents(count(timeline.length))}>
      {() => <Table label={say.events}>
        <thead><tr><th>{say.when}</th><th>{say.event}</th><th>{say.node}</th><th>{say.data}</th></tr></thead>
        <tbody>
          {timeline.map((e) => (
            <tr key={`${e.nodeId}${e.sequence}`}><td class="nowrap"><Time at={e.timestamp} ms /></td><td>{e.eventType}<br /><span class="hint">{e.aggregateType} {shortId(e.aggregateId)}</span></td><td class="nowrap">{e.nodeId} <span class="quiet">#{e.sequence}</span></td><td><Details summary="JSON">{() => <pre tabIndex={0}>{json(e.metadata ? { ...e.data, metadata: e.metadata } : e.data)}</pre>}</Details></td></tr>
          ))}
        </tbody>
      </Table>}
    </Details>
  );
}
