// The shop.
import { render } from 'preact';
import '../shared/styles.css';
import { Messages, PageTitle, Preferences } from '../shared/ui';

function Shop() {
  return (
    <>
      <header class="bar"><div><a class="brand" href="/shop">Shop</a><div class="end"><Preferences /></div></div></header>
      <main><PageTitle title="Shop" product="sagactl" /></main>
      <Messages />
    </>
  );
}

render(<Shop />, document.getElementById('app')!);
