// Where the provider's page leads back to.
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../shared/api';
import { useTexts } from '../shared/language';
import { Link } from '../shared/router';
import { PageTitle, ProblemNote } from '../shared/ui';
import { post } from './data';
import { OrderView } from './order';
import { texts } from './texts';

export function SuccessPage({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const orderId = query.get('orderId') ?? '';
  const paymentKey = query.get('paymentKey') ?? '';
  const amount = query.get('amount') ?? '';
  const isWhole = orderId !== '' && paymentKey !== '' && amount !== '' && Number.isFinite(Number(amount));
  const [state, setState] = useState<'confirming' | 'paid' | 'failed'>('confirming');
  const [problem, setProblem] = useState<Problem | null>(null);
  const confirm = () => {
    if (!isWhole) return;
    setState('confirming');
    setProblem(null);
    // Repeated after a reload it changes nothing: a key counts once.
    post('/api/payments/confirm', { paymentKey, orderId, amount: Number(amount) }).then(
      () => setState('paid'),
      (error: unknown) => { setState('failed'); setProblem(error as Problem); },
    );
  };
  useEffect(confirm, [orderId, paymentKey, amount]);
  const title = state === 'failed' ? say.notPaid : say.payTitle;
  return (
    <>
      <PageTitle title={title} product={say.product} />
      {!isWhole && <p class="note bad" role="alert">{say.incomplete}</p>}
      {isWhole && state !== 'failed' && <p class={`note ${state === 'paid' ? 'good' : ''}`} role="status">{state === 'paid' ? say.paid : say.confirming}</p>}
      {state === 'failed' && <ProblemNote problem={problem} retry={problem && problem.status >= 500 ? confirm : undefined} />}
      {isWhole && state !== 'confirming' && <OrderView id={orderId} />}
    </>
  );
}

export function FailPage({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const orderId = query.get('orderId');
  const reason = say.failReasons[query.get('code') ?? ''] ?? query.get('message') ?? '';
  return (
    <>
      <PageTitle title={say.failed} product={say.product} />
      <div class="note bad" role="alert">{reason && <p>{reason}</p>}
        <p class="row">
          {orderId && <a class="button main" href={`/shop/pay/${encodeURIComponent(orderId)}`}>{say.payAgain}</a>}
          {orderId && <Link class="button" to={`/shop/orders/${encodeURIComponent(orderId)}`}>{say.toOrder}</Link>}
          <Link class="button quiet" to="/shop">{say.toProducts}</Link>
        </p>
      </div>
    </>
  );
}
