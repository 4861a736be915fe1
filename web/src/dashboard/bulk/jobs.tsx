// The bulk jobs, newest first.
import { get } from '../../shared/api';
import { useTexts } from '../../shared/language';
import { useEvery, useLoad } from '../../shared/load';
import { Link } from '../../shared/router';
import { Empty, PageTitle, ProblemNote, Skeleton, Table, Time, useCount } from '../../shared/ui';
import { Tag } from '../status';
import { texts } from '../texts';
import type { Job } from '../types';
import { FilterText } from './dialog';
import { bulkTexts } from './texts';

export function JobState({ job }: { job: Job }) {
  const say = useTexts(bulkTexts);
  const look = { running: ['info', '●'], done: ['good', '✓'], stopped: ['warn', '■'], failed: ['bad', '✕'] }[job.state]!;
  return <Tag tone={look[0]!} sign={look[1]!}>{say.states[job.state]}</Tag>;
}

export function JobsPage() {
  const say = useTexts(bulkTexts);
  const product = useTexts(texts).product;
  const count = useCount();
  const { data, problem, reload } = useLoad('jobs', (signal) => get<{ jobs: Job[] }>('/bulk', signal));
  useEvery(data?.jobs.some((j) => j.state === 'running') ? 1000 : 10_000, reload);
  return (
    <>
      <PageTitle title={say.title} product={product} />
      <section class="panel stack" aria-label={say.title}>
        <p class="hint">{say.hint}</p>
        <ProblemNote problem={problem} retry={reload} />
        {!data && !problem && <Skeleton lines={6} />}
        {data && !data.jobs.length && <Empty>{say.none}</Empty>}
        {data && data.jobs.length > 0 && (
          <Table label={say.title}>
            <thead><tr><th>{say.began}</th><th>{say.action}</th><th>{say.state}</th><th>{say.filter}</th><th>{say.reason}</th><th class="number">{say.progress}</th><th class="number">{say.refused}</th><th>{say.by}</th></tr></thead>
            <tbody>
              {data.jobs.map((j) => (
                <tr key={j.id}>
                  <td class="nowrap"><Link to={`/ui/bulk/${j.id}`}><Time at={j.createdAt} /></Link></td><td>{say.actions[j.action] ?? j.action}</td><td><JobState job={j} /></td><td><FilterText filter={j.filter} /></td>
                  <td class="error">{j.reason}</td><td class="number nowrap">{say.progressText(count(j.tried), count(j.total))}</td><td class="number">{count(j.refused)}</td><td>{j.email ?? j.by}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </section>
    </>
  );
}
