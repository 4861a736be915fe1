// The shop: products, a cart, paying, and what became of the orders.
import { render, type ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import icon from '../shared/icon.svg';
import { useTexts } from '../shared/language';
import { Link, usePlace, type Place } from '../shared/router';
import '../shared/styles.css';
import { shared } from '../shared/texts';
import { Messages, PageTitle, Preferences } from '../shared/ui';
import { HistoryPage } from './history';
import { OrderPage, ReceiptPage } from './order';
import { FailPage, SuccessPage } from './outcome';
import { PayPage, SimulatedProviderPage } from './pay';
import { ProductsPage } from './products';
import './shop.css';
import { texts } from './texts';

function NotFound() {
  const say = useTexts(texts);
  return <><PageTitle title={say.notFound} product={say.product} /><p><Link to="/shop">{say.toProducts}</Link></p></>;
}

function pageOf({ path, query }: Place): ComponentChildren {
  const [, , name, rest] = path.split('/');
  const id = rest ? decodeURIComponent(rest) : '';
  switch (name) {
    case undefined: case '': return <ProductsPage />;
    case 'orders': return id ? <OrderPage key={id} id={id} /> : <HistoryPage query={query} />;
    case 'pay': return <PayPage key={id} id={id} />;
    case 'simulated-provider': return <SimulatedProviderPage key={id} id={id} amount={query.get('amount') ?? '0'} />;
    case 'success': return <SuccessPage query={query} />;
    case 'fail': return <FailPage query={query} />;
    case 'receipts': return <ReceiptPage key={id} id={id} />;
    default: return <NotFound />;
  }
}

function Shop() {
  const say = useTexts(texts);
  const common = useTexts(shared);
  const place = usePlace();
  const main = useRef<HTMLElement>(null);
  const skip = (event: Event) => {
    event.preventDefault();
    main.current?.focus();
  };
  const isOrders = place.path.startsWith('/shop/orders');
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{common.skip}</a>
      <header class="bar">
        <div>
          <a class="brand" href="/shop"><img src={icon} alt="" width={24} height={24} />{say.product}</a>
          <nav aria-label={say.nav.label}>
            <ul>
              <li><Link to="/shop" aria-current={place.path === '/shop' ? 'page' : undefined}>{say.nav.products}</Link></li>
              <li><Link to="/shop/orders" aria-current={isOrders ? 'page' : undefined}>{say.nav.orders}</Link></li>
            </ul>
          </nav>
          <div class="end"><Preferences /></div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>{pageOf(place)}</main>
      <footer class="foot"><a href="/">{say.nav.dashboard}</a><a href="/api">API</a></footer>
      <Messages />
    </>
  );
}

render(<Shop />, document.getElementById('app')!);
