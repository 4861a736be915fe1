// What there is, and what the buyer wants of it.
import { useState } from 'preact/hooks';
import { useTexts } from '../shared/language';
import { useLoad } from '../shared/load';
import { go } from '../shared/router';
import { remember, remembered, useStore } from '../shared/store';
import { Button, Empty, Field, PageTitle, Panel, ProblemNote, Skeleton, tellProblem, useCount } from '../shared/ui';
import { cart, keyOfOrder, orderWasPlaced, quantityMax, quantityOf, totalOf, withQuantity } from './cart';
import { get, post, useSettings } from './data';
import { useAmount } from './money';
import { texts } from './texts';
import type { Order, Product } from './types';

const customerKey = 'sagactl.shop.customer';

function Shelf({ products }: { products: Product[] }) {
  const say = useTexts(texts);
  const amount = useAmount();
  const count = useCount();
  const items = useStore(cart);
  return (
    <ul class="shelf">
      {products.map((product) => {
        const wanted = quantityOf(items, product.productId);
        const isOut = product.availableQuantity <= 0;
        return (
          <li key={product.productId} class="panel product">
            <h2>{product.productName || product.productId}</h2>
            <p class="price">{amount(product.price)}</p>
            <p class="row">
              {isOut ? <span class="tag bad">{say.soldOut}</span> : <span class="tag">{say.available(count(product.availableQuantity))}</span>}
              {product.reservedQuantity > 0 && <span class="tag warn">{say.reserved(count(product.reservedQuantity))}</span>}
            </p>
            <Button disabled={isOut || wanted >= product.availableQuantity} onClick={() => cart.set(withQuantity(items, product, wanted + 1))}>{say.add}<span class="visually-hidden">{` ${product.productName}`}</span></Button>
          </li>
        );
      })}
    </ul>
  );
}

function Cart({ products }: { products: Product[] }) {
  const say = useTexts(texts);
  const amount = useAmount();
  const items = useStore(cart);
  const settings = useSettings();
  const [customer, setCustomer] = useState(remembered(customerKey) ?? 'CUST001');
  const [way, setWay] = useState<'orchestration' | 'choreography'>('orchestration');
  const [busy, setBusy] = useState(false);
  const [shownError, setShownError] = useState(false);
  const availableOf = (id: string) => products.find((product) => product.productId === id)?.availableQuantity ?? 0;

  const order = async (event: Event) => {
    event.preventDefault();
    setShownError(true);
    if (!customer.trim() || busy) return;
    setBusy(true);
    const body = { customerId: customer.trim(), items };
    const path = way === 'orchestration' ? '/api/orchestrator/orders' : '/api/orders';
    try {
      const placed = await post<{ orderId?: string; order?: Order }>(path, body, { 'Idempotency-Key': keyOfOrder({ path, ...body }) });
      const id = placed.orderId ?? placed.order?.orderId ?? '';
      orderWasPlaced();
      // The document of the page to pay on has a policy of its own, so it is loaded.
      if (settings?.shopConfirms) window.location.assign(`/shop/pay/${id}`);
      else go(`/shop/orders/${id}`);
    } catch (error) {
      tellProblem(error);
      setBusy(false);
    }
  };

  if (!items.length) return <Empty>{say.emptyCart}</Empty>;
  return (
    <form class="stack" onSubmit={order}>
      <ul class="cart">
        {items.map((item) => {
          const set = (quantity: number) => cart.set(withQuantity(items, item, Math.min(Math.max(quantity, 0), quantityMax)));
          const isTooMuch = item.quantity > availableOf(item.productId);
          return (
            <li key={item.productId}>
              <span class="name">{item.productName}</span>
              <span class="row">
                <Button class="small" aria-label={say.less(item.productName)} onClick={() => set(item.quantity - 1)}>−</Button>
                <input type="number" min={1} max={quantityMax} value={item.quantity} aria-label={say.quantity(item.productName)} onChange={(e) => set(Math.trunc(e.currentTarget.valueAsNumber || 1))} />
                <Button class="small" aria-label={say.more(item.productName)} disabled={item.quantity >= availableOf(item.productId)} onClick={() => set(item.quantity + 1)}>+</Button>
                <Button class="small" kind="quiet" aria-label={say.remove(item.productName)} onClick={() => set(0)}>✕</Button>
              </span>
              <span class="number">{amount(item.price * item.quantity)}</span>
              {isTooMuch && <p class="warn-text">{say.tooMany(item.productName)}</p>}
            </li>
          );
        })}
      </ul>
      <p class="row spread total"><span>{say.total}</span><strong>{amount(totalOf(items))}</strong></p>
      <Field label={say.customer} error={shownError && !customer.trim() ? say.customerNeeded : null}>
        {(id, note) => <input id={id} aria-describedby={note} required maxLength={255} autoComplete="name" value={customer} onInput={(e) => { setCustomer(e.currentTarget.value); remember(customerKey, e.currentTarget.value.trim() || null); }} />}
      </Field>
      <fieldset class="stack">
        <legend>{say.way}</legend>
        {(['orchestration', 'choreography'] as const).map((each) => (
          <label class="check" key={each}><input type="radio" name="way" checked={way === each} onChange={() => setWay(each)} />{say.ways[each]}</label>
        ))}
      </fieldset>
      <Button kind="main" type="submit" busy={busy}>{busy ? say.ordering : say.order}</Button>
    </form>
  );
}

export function ProductsPage() {
  const say = useTexts(texts);
  const { data, problem, reload } = useLoad('products', (signal) => get<Product[]>('/api/inventory', signal));
  const [busy, setBusy] = useState(false);
  const addSamples = () => {
    setBusy(true);
    post('/api/inventory/initialize').then(reload, tellProblem).finally(() => setBusy(false));
  };
  return (
    <>
      <PageTitle title={say.products} product={say.product} />
      <ProblemNote problem={problem} retry={reload} />
      <div class="market">
        <div>
          {!data && !problem && <Skeleton lines={9} />}
          {data && !data.length && <div class="stack"><Empty>{say.noProducts}</Empty><Button busy={busy} onClick={addSamples}>{say.addSamples}</Button></div>}
          {data && <Shelf products={data} />}
        </div>
        <Panel title={say.cart} class="aside">{data ? <Cart products={data} /> : <Skeleton lines={3} />}</Panel>
      </div>
    </>
  );
}
