// One bulk job: its progress, what became of each saga, and how the sagas go on.
import { useEffect, useState } from 'preact/hooks';
import { get, post } from '../../shared/api';
import { shortId } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useEvery, useLoad } from '../../shared/load';
import { go, Link, queryText } from '../../shared/router';
import { useStore } from '../../shared/store';
import { Button, Empty, PageTitle, Panel, ProblemNote, Skeleton, Table, tell, tellProblem, Time, useCount } from '../../shared/ui';
import { LiveSwitch } from '../frame';
import { liveWanted, useLive } from '../live';
import { SagaTag } from '../status';
import { texts } from '../texts';
import type { Job, JobResult, Saga, SagaState, SagaStatus } from '../types';
import { FilterText } from './dialog';
import { JobState } from './jobs';
import { bulkTexts } from './texts';

interface ResultPage { results: JobResult[]; nextCursor: string | null }

const isOver = (status: SagaStatus | undefined): boolean => status === 'completed' || status === 'compensated' || status === 'failed';

// The present states of some sagas.
function useStates(ids: string[]): Map<string, SagaStatus> {
  const [states, setStates] = useState(new Map<string, SagaStatus>());
  const take = (some: SagaState[]) => setStates((was) => new Map([...was, ...some.map((s) => [s.id, s.status] as const)]));
  // Without a stream: each by itself.
  const read = () => void Promise.allSettled(ids.map((id) => get<Saga>(`/sagas/${id}`))).then((answers) => take(answers.flatMap((a) => (a.status === 'fulfilled' ? [{ ...a.value, changes: 0 }] : []))));
  const live = useStore(liveWanted);
  const key = ids.map((id) => `saga=${id}`).join('&');
  useEffect(() => {
    if (!live) read();
  }, [key, live]);
  useLive(ids.length ? `/ui/live?${key}` : null, { states: take }, read);
  return states;
}

function Results({ results }: { results: JobResult[] }) {
  const say = useTexts(bulkTexts);
  const count = useCount();
  const ids = results.filter((r) => r.ok).map((r) => r.sagaId);
  const states = useStates(ids);
  const number = (is: (s: SagaStatus) => boolean) => count([...new Set(ids)].filter((id) => states.has(id) && is(states.get(id)!)).length);
  return (
    <>
      <p aria-live="polite">{say.shownNow(number((s) => s === 'completed'), number((s) => !isOver(s)), number((s) => s === 'failed' || s === 'compensated'))}</p>
      <Table label={say.results}>
        <thead><tr><th>{say.saga}</th><th>{say.answer}</th><th>{say.nowColumn}</th><th>{say.at}</th></tr></thead>
        <tbody>
          {results.map((r) => (
            <tr key={r.sagaId}>
              <td class="mono nowrap"><Link to={`/ui/sagas/${r.sagaId}`}>{shortId(r.sagaId)}</Link></td>
              <td class={r.ok ? 'good-text' : 'bad-text'}>{r.ok ? say.accepted : `${say.refused}: ${r.error ?? r.status ?? ''}`}</td>
              <td>{states.has(r.sagaId) ? <SagaTag status={states.get(r.sagaId)!} /> : '–'}</td>
              <td class="nowrap"><Time at={r.at} /></td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

export function JobPage({ id, query }: { id: string; query: URLSearchParams }) {
  const say = useTexts(bulkTexts);
  const product = useTexts(texts).product;
  const count = useCount();
  const refusedOnly = query.get('refused') === 'true';
  const cursor = query.get('cursor') ?? '';
  const job = useLoad(`job ${id}`, (signal) => get<Job>(`/bulk/${encodeURIComponent(id)}`, signal));
  const path = `/bulk/${encodeURIComponent(id)}/results${queryText([['limit', '50'], ['cursor', cursor], ['refused', refusedOnly ? 'true' : '']])}`;
  const results = useLoad(path, (signal) => get<ResultPage>(path, signal));
  const running = job.data?.state === 'running';
  useEvery(running ? 1000 : 0, () => {
    job.reload();
    results.reload();
  });
  useEffect(() => {
    if (job.data && !running) results.reload();
  }, [running]);
  const stop = () => post(`/bulk/${encodeURIComponent(id)}/stop`).then(() => { tell(say.stopped); job.reload(); }, tellProblem);
  const at = (next: { refused?: boolean; cursor?: string }) => `/ui/bulk/${id}${queryText([['refused', (next.refused ?? refusedOnly) ? 'true' : ''], ['cursor', next.cursor ?? '']])}`;
  const j = job.data;
  return (
    <>
      <PageTitle title={j ? `${say.job}: ${say.actions[j.action] ?? j.action}` : say.job} product={product}><LiveSwitch /></PageTitle>
      <ProblemNote problem={job.problem} retry={job.reload} />
      {!j && !job.problem && <Skeleton lines={6} />}
      {j && (
        <Panel title={say.progress} actions={running && <Button kind="danger" disabled={!!j.isStopping} title={say.stopHint} onClick={stop}>{say.stop}</Button>}>
          <div class="stack">
            <div class="row"><JobState job={j} /><strong aria-live={running ? 'off' : 'polite'}>{say.progressText(count(j.tried), count(j.total))}</strong><span class="good-text">{say.accepted}: {count(j.accepted)}</span><span class={j.refused ? 'bad-text' : 'quiet'}>{say.refused}: {count(j.refused)}</span></div>
            <progress class="progress" value={j.tried} max={Math.max(1, j.total)} aria-label={say.progress} />
            {j.error && <p class="bad-text">{j.error}</p>}
            <dl class="facts">
              <dt>{say.filter}</dt><dd><FilterText filter={j.filter} /> <Link to={`/?${j.filter}`}>{say.showSagas}</Link></dd>
              <dt>{say.reason}</dt><dd>{j.reason ?? '–'}</dd>
              <dt>{say.by}</dt><dd>{j.email ?? j.by}</dd>
              <dt>{say.began}</dt><dd><Time at={j.createdAt} /></dd>
              <dt>{say.ended}</dt><dd><Time at={j.endedAt} /></dd>
              <dt>{say.node}</dt><dd>{j.nodeId ?? '–'}</dd>
            </dl>
          </div>
        </Panel>
      )}
      <Panel title={say.results} actions={<label class="check"><input type="checkbox" checked={refusedOnly} onChange={(e) => go(at({ refused: e.currentTarget.checked }))} />{say.onlyRefused}</label>}>
        <ProblemNote problem={results.problem} retry={results.reload} />
        {results.data && !results.data.results.length && <Empty>{say.noResults}</Empty>}
        {results.data && results.data.results.length > 0 && <Results results={results.data.results} />}
        {results.data?.nextCursor && <p><Link class="button" to={at({ cursor: results.data.nextCursor })}>{say.more}</Link></p>}
      </Panel>
    </>
  );
}
