// The overview: counts by state, why sagas failed, the last hour, and what was undone.
import { useCallback } from 'preact/hooks';
import { get } from '../../shared/api';
import { Chart, type Series } from '../../shared/chart';
import { duration } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useLoad, type Loaded } from '../../shared/load';
import { Link, queryText } from '../../shared/router';
import { Button, Details, Empty, Panel, ProblemNote, Skeleton, Table, Time, useCount, usePercent } from '../../shared/ui';
import { SagaTag } from '../status';
import { texts } from '../texts';
import { sagaStatuses, type Minute, type Pattern, type Statistics } from '../types';

export function useStatistics(definition: string, wanted: boolean): Loaded<Statistics> & { take: (statistics: Statistics) => void } {
  const path = `/statistics${queryText([['definition', definition]])}`;
  const loaded = useLoad(wanted ? path : null, useCallback((signal: AbortSignal) => get<Statistics>(path, signal), [path]));
  return { ...loaded, take: (statistics) => loaded.put(path, statistics) };
}

export function Tiles({ statistics, definition }: { statistics: Statistics | null; definition: string }) {
  const say = useTexts(texts);
  const count = useCount();
  const percent = usePercent();
  const total = statistics?.total;
  const to = (status: string) => `/${queryText([['status', status], ['definition', definition]])}`;
  return (
    <ul class="tiles">
      {sagaStatuses.map((status) => (
        <li key={status}><Link to={to(status)}><SagaTag status={status} /><strong>{total ? count(total[status]) : '–'}</strong></Link></li>
      ))}
      <li><Link to={to('')}><span class="tag">{say.overview.total}</span><strong>{total ? count(total.total) : '–'}</strong></Link></li>
      <li><div><span class="tag" title={say.overview.rateHint}>{say.overview.rate}</span><strong>{total?.completionRate == null ? '–' : percent(total.completionRate)}</strong></div></li>
    </ul>
  );
}

export function Failures({ statistics, mayOperate, onRetry }: { statistics: Statistics; mayOperate: boolean; onRetry: (pattern: Pattern) => void }) {
  const say = useTexts(texts).overview;
  const count = useCount();
  const { patterns, looked, of, isComplete } = statistics.failures;
  if (!patterns.length) return <Empty>{say.failuresNone}</Empty>;
  return (
    <>
      <ul class="patterns" tabIndex={0} aria-label={say.failures}>
        {patterns.map((p) => (
          <li key={p.filter}>
            <span class="count">{count(p.count)}</span>
            <div>
              <strong title={p.example ?? ''}>{p.error || '–'}</strong>
              <p class="hint">{p.step && <>{say.step} <b>{p.step}</b>, </>}{p.definition} <SagaTag status={p.status} /></p>
              <p class="hint">{say.latest} <Link to={`/ui/sagas/${p.latest}`}><Time at={p.latestAt} /></Link></p>
            </div>
            <div class="row">
              <Link class="button small" to={`/?${p.filter}`} aria-label={say.showThem(count(p.count), p.step ?? p.definition)}>{say.showThese}</Link>
              {mayOperate && <Button class="small" kind="main" onClick={() => onRetry(p)} aria-label={say.retryThem(count(p.count), p.step ?? p.definition)}>{say.retryThese}</Button>}
            </div>
          </li>
        ))}
      </ul>
      {!isComplete && <p class="hint">{say.failuresPart(count(looked), count(of))}</p>}
    </>
  );
}

function clock(at: string): string {
  const d = new Date(at);
  return `${String(d.getHours()).padStart(2, '0')}:${String(d.getMinutes()).padStart(2, '0')}`;
}

export function Hour({ minutes }: { minutes: Minute[] }) {
  const say = useTexts(texts).overview;
  const status = useTexts(texts).status;
  const count = useCount();
  const time = (ms: number | null) => (ms === null ? '–' : duration(ms));
  const says = (i: number) => {
    const m = minutes[i];
    return m ? say.minuteSays(clock(m.at), count(m.completed), count(m.compensated), count(m.failed), time(m.p50Ms), time(m.p99Ms)) : '';
  };
  const label = (i: number) => (minutes[i] ? clock(minutes[i].at) : '');
  const ended: Series[] = [
    { name: status.completed, tone: 'good', kind: 'bar', values: minutes.map((m) => m.completed) },
    { name: status.compensated, tone: 'warn', kind: 'bar', values: minutes.map((m) => m.compensated) },
    { name: status.failed, tone: 'bad', kind: 'bar', values: minutes.map((m) => m.failed) },
  ];
  const times: Series[] = [
    { name: say.p50, tone: 'info', kind: 'line', values: minutes.map((m) => m.p50Ms) },
    { name: say.p99, tone: 'warn', kind: 'line', values: minutes.map((m) => m.p99Ms) },
  ];
  const compact = (n: number) => (n >= 1000 ? `${Number((n / 1000).toFixed(1))}k` : String(Number(n.toFixed(1))));
  return (
    <>
      <h3>{say.throughput}</h3>
      <Chart label={say.throughput} hint={say.chartHint} series={ended} says={says} xLabels={label} format={compact} />
      <h3>{say.latency}</h3>
      <Chart label={say.latency} hint={say.chartHint} series={times} says={says} xLabels={label} format={compact} />
      <Details summary={say.asTable}>
        {() => <Table label={say.hour} class="short">
          <thead><tr><th>{say.minute}</th><th class="number">{say.startedColumn}</th><th class="number">{status.completed}</th><th class="number">{status.compensated}</th><th class="number">{status.failed}</th><th class="number">{say.p50}</th><th class="number">{say.p99}</th></tr></thead>
          <tbody>
            {[...minutes].reverse().map((m) => (
              <tr key={m.at}><td>{clock(m.at)}</td><td class="number">{m.started}</td><td class="number">{m.completed}</td><td class="number">{m.compensated}</td><td class="number">{m.failed}</td><td class="number">{time(m.p50Ms)}</td><td class="number">{time(m.p99Ms)}</td></tr>
            ))}
          </tbody>
        </Table>}
      </Details>
    </>
  );
}

function Compensation({ statistics }: { statistics: Statistics }) {
  const say = useTexts(texts).overview;
  const count = useCount();
  const { steps } = statistics.compensation;
  if (!steps.length) return <Empty>{say.compensationNone}</Empty>;
  return (
    <Table label={say.compensation}>
      <thead><tr><th>{say.definition}</th><th>{say.step}</th><th class="number">{say.undone}</th><th class="number">{say.undoing}</th><th class="number">{say.tries}</th><th class="number">{say.mean}</th></tr></thead>
      <tbody>
        {steps.map((s) => (
          <tr key={`${s.definition} ${s.step}`}><td>{s.definition}</td><td>{s.step}</td><td class="number">{count(s.undone)}</td><td class="number">{count(s.undoing)}</td><td class="number">{count(s.tries)}</td><td class="number">{s.meanMs === null ? '–' : duration(s.meanMs)}</td></tr>
        ))}
      </tbody>
    </Table>
  );
}

export function Overview({ loaded, mayOperate, onRetry }: { loaded: Loaded<Statistics>; mayOperate: boolean; onRetry: (pattern: Pattern) => void }) {
  const say = useTexts(texts).overview;
  const { data, problem, reload } = loaded;
  if (problem && !data) return <ProblemNote problem={problem} retry={reload} />;
  return (
    <div class="overview">
      <Panel title={say.failures} class="fixed why">{data ? <Failures statistics={data} mayOperate={mayOperate} onRetry={onRetry} /> : <Skeleton lines={6} />}
        <details><summary>{say.compensation}</summary>{data && <Compensation statistics={data} />}</details>
      </Panel>
      <Panel title={say.hour} class="fixed">{data ? <Hour minutes={data.minutes} /> : <Skeleton lines={9} />}</Panel>
    </div>
  );
}
