// The definitions of sagas: a list, and each drawn.
import { duration, json } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { go, Link, queryText } from '../../shared/router';
import { PageTitle, Panel, ProblemNote, Skeleton, Table, Time } from '../../shared/ui';
import { Graph, type GraphStep } from '../saga/graph';
import { Tag } from '../status';
import { texts } from '../texts';
import type { Definition } from '../types';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

export function DefinitionsPage() {
  const say = useTexts(operationTexts).definitions;
  const loaded = useRead<{ definitions: Definition[] }>('/sagas/definitions');
  return (
    <Page title={say.title} loaded={loaded}>
      {({ definitions }) => (
        <Table label={say.title}>
          <thead><tr><th>{say.title}</th><th class="number">{say.version}</th><th>{say.mode}</th><th>{say.steps}</th><th>{say.published}</th><th /></tr></thead>
          <tbody>
            {definitions.map((d) => (
              <tr key={d.name}>
                <td><Link to={`/ui/definitions/${encodeURIComponent(d.name)}`}>{d.name}</Link> {d.retired && <Tag tone="warn">{say.retired}</Tag>}</td><td class="number">{d.version}</td><td>{d.mode}</td>
                <td>{d.steps.map((s) => s.name).join(', ')}</td><td class="nowrap">{d.builtIn ? say.builtIn : <Time at={d.publishedAt} />}</td><td class="nowrap"><Link to={`/${queryText([['definition', d.name]])}`}>{say.sagas}</Link></td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}

const stepsOf = (d: Definition): GraphStep[] =>
  d.steps.map((s, i) => ({ name: s.name, after: s.after ?? (i > 0 ? [d.steps[i - 1]!.name] : []), note: s.participant ?? s.action, isPivot: s.name === d.pivot, kind: s.kind }));

function Whole({ definition: d, versions }: { definition: Definition; versions: { version: number }[] }) {
  const say = useTexts(operationTexts).definitions;
  return (
    <>
      <Panel title={say.graph} actions={<div class="row"><Link to={`/${queryText([['definition', d.name]])}`}>{say.sagas}</Link>{versions.length > 1 && <label>{say.version} <select value={String(d.version)} onChange={(e) => go(`/ui/definitions/${encodeURIComponent(d.name)}?version=${e.currentTarget.value}`)}>{versions.map((v) => <option key={v.version}>{v.version}</option>)}</select></label>}</div>}>
        <Graph steps={stepsOf(d)} label={say.graph} />
        <dl class="facts"><dt>{say.version}</dt><dd>{d.version} {d.builtIn ? `(${say.builtIn})` : <Time at={d.publishedAt} />}</dd><dt>{say.mode}</dt><dd>{d.mode}</dd><dt>{say.pivot}</dt><dd>{d.pivot ?? '–'}</dd><dt>{say.limit}</dt><dd>{d.timeoutMs === null ? '–' : duration(d.timeoutMs)}</dd></dl>
      </Panel>
      <Panel title={say.steps}>
        <Table label={say.steps}>
          <thead><tr><th>{say.step}</th><th>{say.action}</th><th>{say.undo}</th><th class="number">{say.timeout}</th><th class="number">{say.retries}</th></tr></thead>
          <tbody>{d.steps.map((s) => <tr key={s.name}><td>{s.name}</td><td class="mono">{s.action}</td><td class="mono">{s.compensation ?? '–'}</td><td class="number nowrap">{duration(s.timeoutMs)}</td><td class="number nowrap">{duration(s.retry.budgetMs)}</td></tr>)}</tbody>
        </Table>
      </Panel>
      {d.definition != null && <Panel title={say.source}><pre tabIndex={0}>{json(d.definition)}</pre></Panel>}
    </>
  );
}

export function DefinitionPage({ name, version }: { name: string; version: string }) {
  const say = useTexts(operationTexts).definitions;
  const product = useTexts(texts).product;
  const path = `/sagas/definitions/${encodeURIComponent(name)}`;
  const loaded = useRead<Definition>(path + queryText([['version', version]]));
  const versions = useRead<{ versions: { version: number }[] }>(`${path}/versions`).data?.versions ?? [];
  return (
    <>
      <PageTitle title={say.one(name)} product={product} />
      <ProblemNote problem={loaded.problem} retry={loaded.reload} />
      {!loaded.data && !loaded.problem && <Skeleton lines={10} />}
      {loaded.data && <Whole definition={loaded.data} versions={versions} />}
    </>
  );
}
