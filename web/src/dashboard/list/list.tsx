// The first page: the overview, the filter, and the sagas that match, newest first.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, nodeNow, Problem } from '../../shared/api';
import { duration, shortId } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useLoad, type Loaded } from '../../shared/load';
import { currentPlace, go, Link } from '../../shared/router';
import { createStore, remember, remembered, useStore } from '../../shared/store';
import { Button, Empty, PageTitle, ProblemNote, Skeleton, Table, Time, useCount } from '../../shared/ui';
import { BulkDialog } from '../bulk/dialog';
import { useDefinitions } from '../definitions';
import { LiveSwitch } from '../frame';
import { useLive } from '../live';
import { isInProgress } from '../saga/choices';
import { may, session } from '../session';
import { SagaTag, Tag } from '../status';
import { texts } from '../texts';
import type { BulkAction, Saga, SagaPage, Statistics } from '../types';
import { chooseColumns, chosenColumns, columns, type Column } from './columns';
import { hasFilter, nodeFilter, pageSize, pageSizes, withPart } from './filter';
import { Filters, listAddress, Views } from './filters';
import { Overview, Tiles, useStatistics } from './overview';

export const definitionOf = (saga: Saga): string => saga.definition ?? saga.sagaType;

const isOpen = (saga: Saga): boolean => saga.status === 'started' || saga.status === 'compensating';

// The step that a row is about: the one that failed, or those in progress.
export function rowStep(saga: Saga): string {
  const failed = saga.steps.find((s) => s.status === 'failed') ?? saga.steps.find((s) => s.error);
  if (!isOpen(saga)) return saga.status === 'completed' ? '' : failed?.name ?? '';
  const now = saga.steps.filter(isInProgress).map((s) => s.name);
  return now.join(', ') || saga.currentStep;
}

// Why it ended as it did; of one that has not ended, why its steps in progress are tried again.
export function rowError(saga: Saga): string {
  const waits = isOpen(saga) ? saga.steps.find((s) => s.error && isInProgress(s)) : undefined;
  return waits ? `${waits.name}: ${waits.error}` : saga.errorMessage ?? '';
}

export const triesOf = (saga: Saga): number => saga.steps.reduce((sum, s) => sum + s.tries, 0);

function Cell({ column, saga }: { column: Column; saga: Saga }) {
  const say = useTexts(texts);
  switch (column) {
    case 'status': return <td class="nowrap"><SagaTag status={saga.status} />{saga.requiresManualIntervention && <> <Tag tone="bad" sign="!">{say.attention}</Tag></>}</td>;
    case 'id': return <td class="nowrap mono"><Link to={`/ui/sagas/${saga.id}`}>{shortId(saga.id)}</Link></td>;
    case 'definition': return <td class="long" title={definitionOf(saga)}>{definitionOf(saga)}{saga.definitionVersion ? <span class="quiet"> v{saga.definitionVersion}</span> : null}</td>;
    case 'step': return <td class="long" title={rowStep(saga)}>{rowStep(saga) || <span class="quiet">–</span>}</td>;
    case 'error': return <td class="error" title={rowError(saga)}>{rowError(saga) || <span class="quiet">–</span>}</td>;
    case 'key': return <td class="mono" title={saga.key ?? ''}>{saga.key ? shortId(saga.key) : <span class="quiet">–</span>}</td>;
    case 'started': return <td class="nowrap"><Time at={saga.createdAt} /></td>;
    case 'updated': return <td class="nowrap"><Time at={saga.updatedAt} /></td>;
    case 'took': return <td class="number nowrap">{isOpen(saga) ? <span class="quiet">–</span> : duration(Date.parse(saga.updatedAt) - Date.parse(saga.createdAt))}</td>;
    case 'node': return <td class="nowrap">{saga.nodeId ?? <span class="quiet">–</span>}</td>;
    case 'tries': return <td class="number">{triesOf(saga)}</td>;
    case 'correlation': return <td class="nowrap mono" title={saga.correlationId}>{shortId(saga.correlationId)}</td>;
  }
}

const numeric: Column[] = ['took', 'tries'];

export function SagaTable({ sagas, shown }: { sagas: Saga[]; shown: Column[] }) {
  const say = useTexts(texts).list;
  return (
    <Table label={say.caption} class="sagas">
      <thead><tr>{shown.map((c) => <th key={c} class={numeric.includes(c) ? 'number' : ''}>{say.column[c]}</th>)}</tr></thead>
      <tbody>{sagas.map((saga) => <tr key={saga.id}>{shown.map((c) => <Cell key={c} column={c} saga={saga} />)}</tr>)}</tbody>
    </Table>
  );
}

function ColumnChoice({ shown }: { shown: Column[] }) {
  const say = useTexts(texts).list;
  return (
    <details class="choice">
      <summary>{say.columns}</summary>
      <fieldset>
        <legend class="visually-hidden">{say.columns}</legend>
        {columns.map((c) => (
          <label key={c} class="check">
            <input type="checkbox" checked={shown.includes(c)} disabled={c === 'id'} onChange={(e) => chooseColumns(e.currentTarget.checked ? [...shown, c] : shown.filter((o) => o !== c))} />
            {say.column[c]}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

// The pages that were looked at before this one, by the filter: the node knows only what comes next.
const trail = createStore<{ filter: string; cursors: string[] }>({ filter: '', cursors: [] });

function Pager({ query, next }: { query: URLSearchParams; next: string | null }) {
  const say = useTexts(texts).list;
  const cursor = query.get('cursor') ?? '';
  const filter = nodeFilterText(query);
  const passed = useStore(trail);
  const before = passed.filter === filter ? passed.cursors : [];
  const at = (to: string) => listAddress(withPart(query, 'cursor', [to]));
  const forward = () => {
    trail.set({ filter, cursors: [...before, cursor] });
    go(at(next!));
  };
  const back = () => {
    const last = before.at(-1) ?? '';
    trail.set({ filter, cursors: before.slice(0, -1) });
    go(at(last));
  };
  const size = (n: string) => go(listAddress(withPart(query, 'limit', n === '25' ? [] : [n])));
  return (
    <nav class="pager" aria-label={say.pages}>
      <label>{say.perPage} <select value={String(pageSize(query))} onChange={(e) => size(e.currentTarget.value)}>{pageSizes.map((n) => <option key={n}>{n}</option>)}</select></label>
      <Button disabled={!cursor} onClick={() => { trail.set({ filter, cursors: [] }); go(at('')); }}>{say.first}</Button>
      <Button disabled={!cursor} onClick={back}>{say.previous}</Button>
      <Button disabled={!next} onClick={forward}>{say.next}</Button>
    </nav>
  );
}

const nodeFilterText = (query: URLSearchParams): string => nodeFilter(query, new Date(0));

// The number of sagas that match, as it was said last: not every page of a list has it.
function useTotal(filter: string, page: SagaPage | null): number | null {
  const known = useRef<{ filter: string; total: number | null }>({ filter: '', total: null });
  if (known.current.filter !== filter) known.current = { filter, total: null };
  if (page?.total != null) known.current.total = page.total;
  return known.current.total;
}

function usePage(query: URLSearchParams) {
  const limit = pageSize(query);
  const cursor = query.get('cursor') ?? '';
  const filter = nodeFilter(query, new Date(nodeNow()));
  const parts = new URLSearchParams(filter);
  parts.set('limit', String(limit));
  if (cursor) parts.set('cursor', cursor);
  // Counting all that match would cost more than the page.
  if (cursor || parts.has('error') || parts.has('text')) parts.set('total', 'false');
  const asks = parts.toString();
  const loaded = useLoad(asks, (signal) => get<SagaPage>(`/sagas?${asks}`, signal), true);
  const isOfFilter = loaded.of === asks;
  return { ...loaded, filter, asks, isOfFilter, total: useTotal(filter, isOfFilter ? loaded.data : null), take: (page: SagaPage) => loaded.put(asks, page) };
}

const overviewShown = createStore(remembered('sagactl.overview') !== 'hidden');

export function ListPage({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const count = useCount();
  const now = useStore(session);
  const shown = useStore(chosenColumns);
  const withOverview = useStore(overviewShown);
  const definition = query.get('definition') ?? '';
  const mayOperate = may(now, 'sagas.operate');
  const maySeeAll = may(now, 'operations.read');
  const definitions = useDefinitions();
  const page = usePage(query);
  const statistics = useStatistics(definition, maySeeAll);
  const reload = () => {
    page.reload();
    statistics.reload();
  };
  useLive(`/ui/live?${page.asks}${maySeeAll ? '&statistics=true' : ''}`, { sagas: page.take, statistics: statistics.take }, reload);
  const found = page.total === null ? say.list.foundSome : say.list.found(count(page.total));
  // Said once for each filter: the number itself changes all the time.
  const [announced, announce] = useState({ filter: '', text: '' });
  useEffect(() => {
    if (announced.filter !== page.filter && page.isOfFilter) announce({ filter: page.filter, text: page.data?.sagas.length ? found : say.list.empty });
  });
  const [bulk, setBulk] = useState<{ filter: string; action: BulkAction } | null>(null);
  const toggleOverview = () => {
    remember('sagactl.overview', withOverview ? 'hidden' : null);
    overviewShown.set(!withOverview);
  };
  useEffect(() => {
    // An address from elsewhere may have a page size that is not offered.
    const limit = currentPlace().query.get('limit');
    if (limit && String(pageSize(query)) !== limit) go(listAddress(withPart(query, 'limit', [])), { replace: true });
  }, []);
  return (
    <>
      <PageTitle title={say.list.title} product={say.product}>
        <LiveSwitch />
        {maySeeAll && <Button kind="quiet" aria-expanded={withOverview} onClick={toggleOverview}>{withOverview ? say.overview.hide : say.overview.show}</Button>}
      </PageTitle>
      {maySeeAll && <Summary loaded={statistics} definition={definition} full={withOverview} mayOperate={mayOperate} onRetry={(filter) => setBulk({ filter, action: 'retry' })} />}
      <section class="panel stack" aria-label={say.list.title}>
        <Views query={query} />
        <Filters query={query} definitions={definitions} />
        <div class="row spread listhead">
          <p><strong>{found}</strong></p>
          <p class="visually-hidden" role="status">{announced.text}</p>
          <div class="row">
            {mayOperate && hasFilter(query) && <Button onClick={() => setBulk({ filter: page.filter, action: 'retry' })}>{say.list.actOn}</Button>}
            <ColumnChoice shown={shown} />
          </div>
        </div>
        <Found page={page} query={query} shown={shown} />
        {page.data && (page.data.sagas.length > 0 || query.has('cursor')) && <Pager query={query} next={page.data.nextCursor} />}
      </section>
      {bulk && <BulkDialog filter={bulk.filter} action={bulk.action} onClose={() => setBulk(null)} />}
    </>
  );
}

function Summary({ loaded, definition, full, mayOperate, onRetry }: { loaded: Loaded<Statistics>; definition: string; full: boolean; mayOperate: boolean; onRetry: (filter: string) => void }) {
  return (
    <>
      <Tiles statistics={loaded.data} definition={definition} />
      {full && <Overview loaded={loaded} mayOperate={mayOperate} onRetry={(p) => onRetry(p.filter)} />}
    </>
  );
}

function Found({ page, query, shown }: { page: { data: SagaPage | null; problem: Problem | null; loading: boolean; reload: () => void }; query: URLSearchParams; shown: Column[] }) {
  const say = useTexts(texts).list;
  const { data, problem, reload } = page;
  const isTooWide = problem?.body['code'] === 'LIST_TOO_LONG';
  return (
    <div aria-busy={page.loading}>
      <ProblemNote problem={problem && isTooWide ? new Problem(problem.status, problem.title, say.tooWide, problem.correlationId) : problem} retry={reload} />
      {!data && !problem && <Skeleton lines={10} />}
      {data && data.sagas.length > 0 && <SagaTable sagas={data.sagas} shown={shown} />}
      {data && !data.sagas.length && (hasFilter(query) ? <Empty>{say.empty}</Empty> : (
        <div class="empty"><p>{say.emptyAll}</p><p>{say.emptyHint} <code>sagactl order create --item BOOK:2:9.50</code></p></div>
      ))}
    </div>
  );
}
