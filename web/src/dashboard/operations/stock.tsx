// Stock of all kinds: what is available, reserved and sold.
import { useTexts } from '../../shared/language';
import { go, Link, queryText } from '../../shared/router';
import { Button, Empty, Table } from '../../shared/ui';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

interface Stock { kind: string; id: string; name: string | null; available: number; reserved: number; sold: number; total: number }

// Balances are in hundredths.
const shown = (kind: string, quantity: number): string => (kind === 'balance' ? (quantity / 100).toFixed(2) : String(quantity));

export function StockPage({ query }: { query: URLSearchParams }) {
  const all = useTexts(operationTexts);
  const say = all.stock;
  const kind = query.get('kind') ?? 'product';
  const after = query.get('after') ?? '';
  const to = (k: string, a: string) => `/ui/stock${queryText([['kind', k === 'product' ? '' : k], ['after', a]])}`;
  const loaded = useRead<{ stocks: Stock[]; next: string | null }>(`/stock${queryText([['kind', kind], ['after', after], ['limit', '50']])}`, 5000);
  return (
    <Page title={say.title} loaded={loaded} aside={<div class="row" role="group" aria-label={say.kind}>{Object.entries(say.kinds).map(([k, text]) => <Button key={k} class="small" aria-pressed={k === kind} onClick={() => go(to(k, ''))}>{text}</Button>)}</div>}>
      {({ stocks, next }) => (
        <>
          {!stocks.length ? <Empty>{say.none}</Empty> : (
            <Table label={say.title}>
              <thead><tr><th>{say.id}</th><th>{all.name}</th><th class="number">{say.available}</th><th class="number">{say.reserved}</th><th class="number">{say.sold}</th><th class="number">{say.sum}</th></tr></thead>
              <tbody>{stocks.map((s) => <tr key={s.id}><td class="mono">{s.id}</td><td>{s.name ?? '–'}</td><td class="number">{shown(kind, s.available)}</td><td class="number">{shown(kind, s.reserved)}</td><td class="number">{shown(kind, s.sold)}</td><td class="number">{shown(kind, s.total)}</td></tr>)}</tbody>
            </Table>
          )}
          <div class="row">{after && <Link class="button" to={to(kind, '')}>{say.first}</Link>}{next && <Link class="button" to={to(kind, next)}>{say.more}</Link>}</div>
        </>
      )}
    </Page>
  );
}
