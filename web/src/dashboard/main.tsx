import { render } from 'preact';
import '../shared/styles.css';
import { Messages, PageTitle, Preferences } from '../shared/ui';

function App() {
  return (
    <>
      <header class="bar"><div><a class="brand" href="/">sagactl</a><div class="end"><Preferences /></div></div></header>
      <main><PageTitle title="Sagas" product="sagactl" /></main>
      <Messages />
    </>
  );
}

render(<App />, document.getElementById('app')!);
