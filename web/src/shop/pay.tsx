// Where the buyer pays: by the widget of Toss Payments, or on the page of the simulated provider.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../shared/language';
import { Link } from '../shared/router';
import { Button, PageTitle, Panel, ProblemNote, Skeleton, tellProblem } from '../shared/ui';
import { randomText } from '../shared/random';
import { useOrder, useSettings } from './data';
import { ItemList } from './items';
import { useAmount } from './money';
import { texts } from './texts';
import type { Order } from './types';
import { loadWidget, type Widget } from './widget';

const addressOf = (path: string, parts: Record<string, string>): string => `${path}?${new URLSearchParams(parts)}`;

function TossWidget({ order, clientKey }: { order: Order; clientKey: string }) {
  const say = useTexts(texts);
  const widget = useRef<Widget | null>(null);
  const [state, setState] = useState<'loading' | 'ready' | 'failed' | 'asked'>('loading');
  useEffect(() => {
    let isHere = true;
    loadWidget(clientKey, order.orderId).then(
      (loaded) => {
        if (!isHere || widget.current) return;
        widget.current = loaded;
        loaded.renderPaymentMethods('#payment-widget', order.totalAmount, { variantKey: 'DEFAULT' });
        loaded.renderAgreement('#agreement', { variantKey: 'AGREEMENT' });
        setState('ready');
      },
      () => isHere && setState('failed'),
    );
    return () => { isHere = false; };
  }, [order.orderId, clientKey]);
  const pay = () => {
    setState('asked');
    const first = order.items[0]?.productName ?? order.orderId;
    widget.current!.requestPayment({
      orderId: order.orderId,
      orderName: order.items.length > 1 ? `${first} +${order.items.length - 1}` : first,
      customerName: order.customerId,
      successUrl: `${location.origin}/shop/success`,
      failUrl: `${location.origin}/shop/fail`,
    }).catch((error: unknown) => {
      tellProblem(error);
      setState('ready');
    });
  };
  return (
    <div class="stack">
      {state === 'failed' && <p class="note bad" role="alert">{say.widgetFailed}</p>}
      {state === 'loading' && <Skeleton lines={6} />}
      <div id="payment-widget" />
      <div id="agreement" />
      <Button kind="main" disabled={state === 'loading' || state === 'failed'} busy={state === 'asked'} onClick={pay}>{say.pay}</Button>
    </div>
  );
}

export function PayPage({ id }: { id: string }) {
  const say = useTexts(texts);
  const { data, problem, reload } = useOrder(id);
  const settings = useSettings();
  return (
    <>
      <PageTitle title={say.payTitle} product={say.product} />
      <ProblemNote problem={problem} retry={reload} />
      {(!data || !settings) && !problem && <Skeleton lines={6} />}
      {data && settings && data.order.status !== 'PENDING' && (
        <div class="note"><p>{say.nothingToPay} {say.statusIs(say.orderStatus[data.order.status])}</p><Link to={`/shop/orders/${id}`} class="button">{say.toOrder}</Link></div>
      )}
      {data && settings && data.order.status === 'PENDING' && (
        <Panel title={say.orderOf(id.slice(0, 13))}>
          <div class="stack">
            <ItemList items={data.order.items} total={data.order.totalAmount} />
            {settings.provider === 'toss' && settings.clientKey && <TossWidget order={data.order} clientKey={settings.clientKey} />}
            {settings.provider === 'toss' && !settings.clientKey && <p class="note bad" role="alert">{say.noClientKey}</p>}
            {settings.provider === 'remote' && <p class="note">{say.remotePay}</p>}
            {settings.provider === 'simulated' && <Link to={addressOf(`/shop/simulated-provider/${id}`, { amount: String(data.order.totalAmount) })} class="button main">{say.pay}</Link>}
          </div>
        </Panel>
      )}
    </>
  );
}

// What stands in for the page of a provider: it leads back to the shop as that page would.
export function SimulatedProviderPage({ id, amount }: { id: string; amount: string }) {
  const say = useTexts(texts);
  const said = say.simulated;
  const shown = useAmount();
  const paid = (kind: 'card' | 'transfer' | 'declined') => addressOf('/shop/success', { paymentType: 'NORMAL', orderId: id, paymentKey: `simulated-${kind}-${randomText()}`, amount });
  const [addresses] = useState(() => ({ card: paid('card'), transfer: paid('transfer'), declined: paid('declined') }));
  return (
    <>
      <PageTitle title={said.title} product={say.product} />
      <Panel title={say.payBy} class="provider">
        <div class="stack">
          <p class="note warn">{said.text}</p>
          <dl class="facts"><dt>{say.columns.order}</dt><dd class="mono">{id}</dd><dt>{said.amount}</dt><dd>{shown(Number(amount) || 0)}</dd></dl>
          <div class="row">
            <Link to={addresses.card} class="button main">{said.card}</Link>
            <Link to={addresses.transfer} class="button">{said.transfer}</Link>
            <Link to={addresses.declined} class="button danger">{said.declined}</Link>
            <Link to={addressOf('/shop/fail', { code: 'PAY_PROCESS_CANCELED', message: said.cancel, orderId: id })} class="button quiet">{said.cancel}</Link>
          </div>
        </div>
      </Panel>
    </>
  );
}
