// The orders of both kinds, newest first.
import { useTexts } from '../shared/language';
import { useEvery, useLoad } from '../shared/load';
import { go, Link, queryText } from '../shared/router';
import { Button, Empty, PageTitle, ProblemNote, Skeleton, Table, tell, tellProblem, Time, useCount } from '../shared/ui';
import { get, retry, useSettings } from './data';
import { useAmount } from './money';
import { retryOf } from './steps';
import { texts } from './texts';
import type { Item, Order, Saga, SagaPage } from './types';

const pageSize = 10;

interface Row { id: string; customer: string; items: Item[]; total: number; at: string; status: string; kind: string; canPay: boolean; saga: Saga | null }
interface Rows { rows: Row[]; pages: number }

function useRows(kind: string, page: number): ReturnType<typeof useLoad<Rows>> {
  const say = useTexts(texts);
  const colour = (status: string): string => (status === 'COMPLETED' ? 'good' : status === 'FAILED' ? 'bad' : status === 'CANCELLED' || status === 'COMPENSATED' ? 'warn' : 'info');
  const ofSaga = (saga: Saga): Row => ({
    id: saga.orderId, customer: saga.orderData.customerId, items: saga.orderData.items, total: saga.orderData.totalAmount, at: saga.createdAt, saga,
    status: saga.waitsForPayment ? say.waits : say.sagaStatus[saga.status], kind: colour(saga.status), canPay: saga.waitsForPayment,
  });
  const ofOrder = (order: Order): Row => ({
    id: order.orderId, customer: order.customerId, items: order.items, total: order.totalAmount, at: order.createdAt, saga: null,
    status: say.orderStatus[order.status], kind: colour(order.status), canPay: order.status === 'PENDING',
  });
  return useLoad(`${kind} ${page} ${say.product}`, async (signal): Promise<Rows> => {
    if (kind === 'orchestrated') {
      const { data, pagination } = await get<SagaPage>(`/api/orchestrator/sagas?page=${page}&limit=${pageSize}`, signal);
      return { rows: data.map(ofSaga), pages: pagination.totalPages };
    }
    const orders = (await get<Order[]>('/api/orders', signal)).filter((order) => order.sagaType === 'CheckoutChoreographySaga');
    return { rows: orders.slice((page - 1) * pageSize, page * pageSize).map(ofOrder), pages: Math.ceil(orders.length / pageSize) };
  });
}

export function HistoryPage({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const amount = useAmount();
  const count = useCount();
  const settings = useSettings();
  const kind = query.get('kind') === 'choreographed' ? 'choreographed' : 'orchestrated';
  const page = Math.max(1, Math.trunc(Number(query.get('page')) || 1));
  const { data, problem, reload } = useRows(kind, page);
  useEvery(5000, reload);
  const to = (kindTo: string, pageTo: number) => `/shop/orders${queryText([['kind', kindTo === 'orchestrated' ? '' : kindTo], ['page', pageTo > 1 ? String(pageTo) : '']])}`;
  const again = (saga: Saga) => retry(saga.sagaId).then(() => { tell(say.retried); reload(); }, tellProblem);
  return (
    <>
      <PageTitle title={say.orders} product={say.product} />
      <nav aria-label={say.kinds.label} class="row">
        {(['orchestrated', 'choreographed'] as const).map((each) => <Link key={each} to={to(each, 1)} class={`button ${each === kind ? 'chosen' : ''}`} aria-current={each === kind ? 'page' : undefined}>{say.kinds[each]}</Link>)}
      </nav>
      <ProblemNote problem={problem} retry={reload} />
      {!data && !problem && <Skeleton lines={10} />}
      {data && !data.rows.length && <Empty>{say.noOrders}</Empty>}
      {data && data.rows.length > 0 && (
        <Table label={say.orders}>
          <thead><tr><th>{say.columns.order}</th><th>{say.columns.customer}</th><th>{say.columns.items}</th><th class="number">{say.columns.total}</th><th>{say.columns.status}</th><th>{say.columns.at}</th><th>{say.columns.actions}</th></tr></thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.id}>
                <td><Link to={`/shop/orders/${row.id}`} class="mono nowrap">{row.id.slice(-12)}</Link></td>
                <td>{row.customer}</td>
                <td>{row.items.map((item) => `${item.quantity} × ${item.productName || item.productId}`).join(', ')}</td>
                <td class="number">{amount(row.total)}</td>
                <td><span class={`tag ${row.kind}`}>{row.status}</span></td>
                <td class="nowrap"><Time at={row.at} /></td>
                <td><div class="row">
                  {row.canPay && settings?.shopConfirms && <a class="button small" href={`/shop/pay/${row.id}`}>{say.pay}</a>}
                  {row.saga && settings && retryOf(row.saga, settings.shopConfirms) === 'possible' && <Button class="small" onClick={() => again(row.saga!)}>{say.retry}</Button>}
                  {row.saga && settings && retryOf(row.saga, settings.shopConfirms) === 'refunded' && <span class="hint">{say.refundedNoRetry}</span>}
                </div></td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {data && data.pages > 1 && (
        <nav class="row" aria-label={say.page(count(page), count(data.pages))}>
          <Button disabled={page <= 1} onClick={() => go(to(kind, page - 1))}>{say.previous}</Button>
          <span>{say.page(count(page), count(data.pages))}</span>
          <Button disabled={page >= data.pages} onClick={() => go(to(kind, page + 1))}>{say.next}</Button>
        </nav>
      )}
    </>
  );
}
