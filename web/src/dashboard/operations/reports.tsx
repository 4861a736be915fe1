// Results of load tests that were given to this node; several are shown side by side.
import { useState } from 'preact/hooks';
import { get, request } from '../../shared/api';
import { duration, json } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useLoad } from '../../shared/load';
import { go, Link } from '../../shared/router';
import { useStore } from '../../shared/store';
import { Button, Empty, PageTitle, Panel, ProblemNote, Skeleton, Table, tell, tellProblem, Time, useCount } from '../../shared/ui';
import { may, session } from '../session';
import { Tag } from '../status';
import { texts } from '../texts';
import { Page, useRead } from './page';
import { figuresOf, type Report } from './report_figures';
import { operationTexts } from './texts';

interface Row { id: string; at: string; by: string; name: string; summary: Summary | null }

const tones: Record<string, [string, string]> = { PASS: ['good', '✓'], FAIL: ['bad', '✕'], UNKNOWN: ['warn', '?'] };
const Ruling = ({ ruling }: { ruling: string }) => <Tag tone={tones[ruling]?.[0] ?? ''} sign={tones[ruling]?.[1] ?? ''}>{ruling}</Tag>;

// The short members of a result.
interface Summary { verdict?: string; scenario?: string; system?: string; run?: string; requests?: { sent: number }; throughput?: { completedPerSecond: number | null } | null }

function SummaryText({ summary }: { summary: Summary | null }) {
  const say = useTexts(operationTexts).reports.figures;
  const count = useCount();
  if (!summary) return <>–</>;
  const rate = summary.throughput?.completedPerSecond;
  const parts = [summary.scenario, summary.system, summary.requests ? `${say.sent} ${count(summary.requests.sent)}` : '', rate != null ? `${say.completedPerSecond} ${Number(rate.toFixed(1))}` : ''];
  return <>{summary.verdict && <Ruling ruling={summary.verdict} />} <span class="quiet">{parts.filter(Boolean).join(', ')}</span></>;
}

export function ReportsPage() {
  const all = useTexts(operationTexts);
  const say = all.reports;
  const loaded = useRead<{ reports: Row[] }>('/reports', 10_000);
  const [chosen, setChosen] = useState<string[]>([]);
  const toggle = (id: string) => setChosen((was) => (was.includes(id) ? was.filter((c) => c !== id) : [...was, id].slice(-4)));
  return (
    <Page title={say.title} loaded={loaded}>
      {({ reports }) => (
        <>
          <p class="hint">{say.hint} <code>sagactl loadtest … --publish</code></p>
          {!reports.length ? <Empty>{say.none}</Empty> : (
            <>
              <div class="row"><Button kind="main" disabled={chosen.length < 2} onClick={() => go(`/ui/reports/${chosen.join(',')}`)}>{say.compare}</Button><span class="hint">{say.pickTwo}</span></div>
              <Table label={say.title}>
                <thead><tr><th /><th>{all.at}</th><th>{all.name}</th><th>{say.summary}</th><th>{all.by}</th></tr></thead>
                <tbody>{reports.map((r) => <tr key={r.id}><td><input type="checkbox" aria-label={say.select(r.name)} checked={chosen.includes(r.id)} onChange={() => toggle(r.id)} /></td><td class="nowrap"><Link to={`/ui/reports/${r.id}`}><Time at={r.at} /></Link></td><td>{r.name}</td><td><SummaryText summary={r.summary} /></td><td>{r.by}</td></tr>)}</tbody>
              </Table>
            </>
          )}
        </>
      )}
    </Page>
  );
}

function Compared({ reports }: { reports: Report[] }) {
  const say = useTexts(operationTexts).reports;
  const count = useCount();
  const shown = (value: number | null, unit: string) => (value === null ? '–' : unit === 'ms' ? duration(value) : unit === '/s' ? `${Number(value.toFixed(1))}/s` : count(value));
  const names = [...new Set(reports.flatMap((r) => (r.verdicts ?? []).map((v) => v.name)))];
  return (
    <>
      <Panel title={say.figure}>
        <Table label={say.figure}>
          <thead><tr><th>{say.figure}</th>{reports.map((r, i) => <th key={i} class="number">{r.scenario ?? r.run ?? i + 1}<br /><Time at={r.startedAt} /></th>)}</tr></thead>
          <tbody>
            {figuresOf(reports).map((f) => (
              <tr key={f.name}><td>{say.figures[f.name]}</td>{f.values.map((v, i) => <td key={i} class="number nowrap">{shown(v, f.unit)}{f.best === i && reports.length > 1 && <> <span class="good-text">({say.best})</span></>}</td>)}</tr>
            ))}
          </tbody>
        </Table>
      </Panel>
      <Panel title={say.verdict}>
        <Table label={say.verdict}>
          <thead><tr><th>{say.verdict}</th>{reports.map((r, i) => <th key={i}>{r.verdict ? <Ruling ruling={r.verdict} /> : '–'}</th>)}</tr></thead>
          <tbody>{names.map((name) => <tr key={name}><td>{name}</td>{reports.map((r, i) => { const v = r.verdicts?.find((x) => x.name === name); return <td key={i}>{v ? <>{v.counted === false ? <Tag>{say.notCounted}</Tag> : <Ruling ruling={v.verdict} />} <span class="quiet">{v.reason}</span></> : '–'}</td>; })}</tr>)}</tbody>
        </Table>
      </Panel>
    </>
  );
}

export function ReportPage({ ids }: { ids: string[] }) {
  const say = useTexts(operationTexts).reports;
  const product = useTexts(texts).product;
  const mayRemove = may(useStore(session), 'sagas.operate');
  const loaded = useLoad(`reports ${ids.join()}`, (signal) => Promise.all(ids.slice(0, 4).map((id) => get<Report>(`/reports/${encodeURIComponent(id)}`, signal))));
  const remove = () => request(`/reports/${encodeURIComponent(ids[0]!)}`, { method: 'DELETE' }).then(() => { go('/ui/reports'); tell(say.removed); }, tellProblem);
  return (
    <>
      <PageTitle title={ids.length > 1 ? say.many(ids.length) : say.one} product={product}>{mayRemove && ids.length === 1 && <Button kind="danger" onClick={remove}>{say.remove}</Button>}</PageTitle>
      <ProblemNote problem={loaded.problem} retry={loaded.reload} />
      {!loaded.data && !loaded.problem && <Skeleton lines={10} />}
      {loaded.data && <Compared reports={loaded.data} />}
      {loaded.data && loaded.data.length === 1 && <details><summary>{say.raw}</summary><pre tabIndex={0}>{json(loaded.data[0])}</pre></details>}
    </>
  );
}
