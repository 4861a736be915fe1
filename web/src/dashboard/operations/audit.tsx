// What people asked for.
import { shortId } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { go, Link, queryText } from '../../shared/router';
import { Empty, Table, Time } from '../../shared/ui';
import type { AuditEntry } from '../types';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

export function AuditPage({ query }: { query: URLSearchParams }) {
  const all = useTexts(operationTexts);
  const say = all.audit;
  const within = query.get('within') ?? '24h';
  const loaded = useRead<{ entries: AuditEntry[] }>(`/audit${queryText([['limit', '200'], ['within', within === 'all' ? '' : within]])}`, 10_000);
  return (
    <Page title={say.title} hint={say.hint} loaded={loaded} aside={
      <label>{say.within} <select value={within} onChange={(e) => go(`/ui/audit?within=${e.currentTarget.value}`)}>{Object.entries(say.times).map(([v, text]) => <option key={v} value={v || 'all'}>{text}</option>)}</select></label>
    }>
      {({ entries }) => !entries.length ? <Empty>{say.none}</Empty> : (
        <Table label={say.title}>
          <thead><tr><th>{all.at}</th><th>{say.action}</th><th>{say.saga}</th><th>{all.by}</th><th>{all.reason}</th></tr></thead>
          <tbody>
            {entries.map((e) => {
              const saga = e.orderId && !e.orderId.startsWith('00000000-0000-0000') ? e.orderId : '';
              return <tr key={e.id}><td class="nowrap"><Time at={e.timestamp} /></td><td>{e.action}</td><td class="mono nowrap">{saga ? <Link to={`/ui/sagas/${saga}`}>{shortId(saga)}</Link> : '–'}</td><td>{e.email ?? e.by}</td><td class="error">{typeof e.data['reason'] === 'string' ? e.data['reason'] : '–'}</td></tr>;
            })}
          </tbody>
        </Table>
      )}
    </Page>
  );
}
