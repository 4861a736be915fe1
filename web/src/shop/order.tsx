// One order: how far it is, what was paid, and what its buyer can do.
import { useState } from 'preact/hooks';
import { useTexts } from '../shared/language';
import { useEvery } from '../shared/load';
import { Button, Dialog, PageTitle, Panel, ProblemNote, Skeleton, tell, tellProblem, Time } from '../shared/ui';
import { post, retry, useOrder, useSettings, type WholeOrder } from './data';
import { ItemList } from './items';
import { hasEnded, retryOf, stepsOf } from './steps';
import { texts } from './texts';
import type { StepStatus } from './types';

const signs: Record<StepStatus, [string, string]> = {
  PENDING: ['○', ''], IN_PROGRESS: ['…', 'info'], SUCCESS: ['✓', 'good'], FAILED: ['✕', 'bad'], COMPENSATED: ['↺', 'warn'],
};

export function Steps({ whole }: { whole: WholeOrder }) {
  const say = useTexts(texts);
  return (
    <ol class="steps" aria-label={say.steps}>
      {stepsOf(whole.order, whole.saga, whole.payment, whole.reservation).map(({ name, status }) => (
        <li key={name}><span class={`tag ${signs[status][1]}`}><span aria-hidden="true">{signs[status][0]}</span>{say.stepNames[name]}: {say.stepStatus[status]}</span></li>
      ))}
    </ol>
  );
}

function PaymentFacts({ whole }: { whole: WholeOrder }) {
  const say = useTexts(texts);
  const { payment } = whole;
  if (!payment) return null;
  const isOwnReceipt = payment.receiptUrl?.startsWith(`${location.origin}/shop/`);
  return (
    <dl class="facts">
      <dt>{say.payment}</dt><dd>{say.paymentStatus[payment.status]}</dd>
      {payment.status !== 'PENDING' && <><dt>{say.method}</dt><dd>{say.methods[payment.paymentMethod] ?? payment.paymentMethod}</dd></>}
      {payment.paymentKey && <><dt>{say.paymentKey}</dt><dd class="mono">{payment.paymentKey}</dd></>}
      {payment.processedAt && <><dt>{say.approved}</dt><dd><Time at={payment.processedAt} /></dd></>}
      {payment.refundedAt && <><dt>{say.refunded}</dt><dd><Time at={payment.refundedAt} /></dd></>}
      {payment.failureReason && <><dt>{say.why}</dt><dd>{payment.failureReason}</dd></>}
      {payment.receiptUrl && (
        <><dt>{say.receipt}</dt><dd><a href={payment.receiptUrl} target="_blank" rel="noopener noreferrer">{say.openReceipt}{!isOwnReceipt && ` (${new URL(payment.receiptUrl).host})`}<span class="visually-hidden"> {say.newTab}</span></a></dd></>
      )}
    </dl>
  );
}

function Actions({ whole, reload }: { whole: WholeOrder; reload: () => void }) {
  const say = useTexts(texts);
  const settings = useSettings();
  const [asking, setAsking] = useState(false);
  const { order, saga } = whole;
  const retryState = saga && settings ? retryOf(saga, settings.shopConfirms) : 'none';
  const cancel = () => {
    setAsking(false);
    post(`/api/orders/${order.orderId}/cancel`, {}).then(() => { tell(say.cancelled); reload(); }, tellProblem);
  };
  const again = () => retry(saga!.sagaId).then(() => { tell(say.retried); reload(); }, tellProblem);
  return (
    <div class="row">
      {order.status === 'PENDING' && settings?.shopConfirms && <a class="button main" href={`/shop/pay/${order.orderId}`}>{say.pay}</a>}
      {retryState === 'possible' && <Button onClick={again}>{say.retry}</Button>}
      {retryState === 'refunded' && <span class="tag">{say.refundedNoRetry}</span>}
      {order.status !== 'CANCELLED' && order.status !== 'FAILED' && <Button kind="danger" onClick={() => setAsking(true)}>{say.cancelOrder}</Button>}
      <a class="button quiet" href={`/ui/sagas/${order.orderId}`}>{say.seeSaga}</a>
      {asking && (
        <Dialog title={say.cancelOrder} onClose={() => setAsking(false)}>
          <p>{say.cancelSure}</p>
          <div class="ends"><Button onClick={() => setAsking(false)}>{say.keep}</Button><Button kind="danger" onClick={cancel}>{say.cancelOrder}</Button></div>
        </Dialog>
      )}
    </div>
  );
}

export function OrderView({ id }: { id: string }) {
  const say = useTexts(texts);
  const { data, problem, reload } = useOrder(id);
  const isOpen = !data || !hasEnded(data.order, data.saga, data.payment);
  useEvery(isOpen ? 1500 : 0, reload);
  return (
    <>
      <ProblemNote problem={data ? null : problem} retry={reload} />
      {!data && !problem && <Skeleton lines={8} />}
      {data && (
        <>
          <Panel title={say.orderOf(id)}>
            <div class="stack" aria-live="polite">
              <p class="row"><span class={`tag ${tagOf(data)}`}>{say.orderStatus[data.order.status]}</span><Time at={data.order.createdAt} /></p>
              <Steps whole={data} />
              {data.order.failureReason && <p><strong>{say.why}:</strong> {data.order.failureReason}</p>}
              <Actions whole={data} reload={reload} />
            </div>
          </Panel>
          <div class="columns">
            <Panel title={say.columns.items}><ItemList items={data.order.items} total={data.order.totalAmount} /></Panel>
            {data.payment && <Panel title={say.payment}><PaymentFacts whole={data} /></Panel>}
          </div>
        </>
      )}
    </>
  );
}

const tagOf = ({ order }: WholeOrder): string => (order.status === 'COMPLETED' ? 'good' : order.status === 'FAILED' ? 'bad' : order.status === 'CANCELLED' ? 'warn' : 'info');

export function OrderPage({ id }: { id: string }) {
  const say = useTexts(texts);
  return <><PageTitle title={say.orderOf(id.slice(0, 13))} product={say.product} /><OrderView id={id} /></>;
}

export function ReceiptPage({ id }: { id: string }) {
  const say = useTexts(texts);
  const { data, problem, reload } = useOrder(id);
  const isPaid = data?.payment?.status === 'SUCCESS' || data?.payment?.status === 'REFUNDED';
  return (
    <>
      <PageTitle title={say.receipt} product={say.product}>{isPaid && <Button onClick={() => window.print()}>{say.print}</Button>}</PageTitle>
      <ProblemNote problem={problem} retry={reload} />
      {!data && !problem && <Skeleton lines={8} />}
      {data && !isPaid && <p class="note">{say.noReceipt}</p>}
      {data && isPaid && (
        <Panel title={say.orderOf(id)} class="receipt">
          <div class="stack">
            <dl class="facts"><dt>{say.columns.customer}</dt><dd>{data.order.customerId}</dd><dt>{say.columns.at}</dt><dd><Time at={data.order.createdAt} /></dd></dl>
            <ItemList items={data.order.items} total={data.order.totalAmount} />
            <PaymentFacts whole={data} />
          </div>
        </Panel>
      )}
    </>
  );
}
