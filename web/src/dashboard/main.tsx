// The dashboard of a node: who looks, then the page that the address names.
import { render, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { useTexts } from '../shared/language';
import { useEvery } from '../shared/load';
import { Link, usePlace, type Place } from '../shared/router';
import { useStore } from '../shared/store';
import '../shared/styles.css';
import { PageTitle, ProblemNote, Skeleton } from '../shared/ui';
import { JobPage } from './bulk/job';
import { JobsPage } from './bulk/jobs';
import './dashboard.css';
import { Frame } from './frame';
import { ListPage } from './list/list';
import { LogIn } from './login';
import { AuditPage } from './operations/audit';
import { DeadLettersPage } from './operations/dead_letters';
import { DefinitionPage, DefinitionsPage } from './operations/definitions';
import { LocksPage } from './operations/locks';
import { MessagesPage, TopicPage } from './operations/messages';
import { NodesPage } from './operations/nodes';
import { ParticipantsPage } from './operations/participants';
import { ReportPage, ReportsPage } from './operations/reports';
import { StockPage } from './operations/stock';
import { SagaPage } from './saga/page';
import { logIn, readSession, session, takeCode } from './session';
import { texts } from './texts';

function NotFound() {
  const say = useTexts(texts);
  return <><PageTitle title={say.notFound} product={say.product} /><p>{say.notFoundText} <Link to="/">{say.toSagas}</Link></p></>;
}

function pageOf({ path, query }: Place): ComponentChildren {
  const [, top, name, rest] = path.split('/');
  const argument = rest === undefined ? '' : decodeURIComponent(rest);
  if (path === '/' || (top === 'ui' && !name)) return <ListPage query={query} />;
  if (top !== 'ui') return <NotFound />;
  switch (name) {
    case 'sagas': return argument ? <SagaPage key={argument} id={argument} /> : <ListPage query={query} />;
    case 'bulk': return argument ? <JobPage key={argument} id={argument} query={query} /> : <JobsPage />;
    case 'definitions': return argument ? <DefinitionPage key={argument} name={argument} version={query.get('version') ?? ''} /> : <DefinitionsPage />;
    case 'nodes': return <NodesPage />;
    case 'participants': return <ParticipantsPage />;
    case 'messages': return argument ? <TopicPage key={argument} topic={argument} query={query} /> : <MessagesPage />;
    case 'dead-letters': return <DeadLettersPage topic={argument} />;
    case 'locks': return <LocksPage />;
    case 'stock': return <StockPage query={query} />;
    case 'audit': return <AuditPage query={query} />;
    case 'reports': return argument ? <ReportPage key={argument} ids={argument.split(',')} /> : <ReportsPage />;
    default: return <NotFound />;
  }
}

function App() {
  const place = usePlace();
  const now = useStore(session);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [codeFailed, setCodeFailed] = useState(false);
  const begin = () => {
    const code = takeCode();
    const begun = code ? logIn({ code }).catch(() => { setCodeFailed(true); return readSession(); }) : readSession();
    begun.then(() => setProblem(null), (error) => setProblem(error as Problem));
  };
  useEffect(() => {
    begin();
    // Another link of `sagactl open` in a page that is open already.
    const onHash = () => location.hash.startsWith('#code=') && begin();
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);
  // A node that was not there is asked again; a session that ended is noticed.
  useEvery(problem ? 3000 : 60_000, () => readSession().then(() => setProblem(null), (error) => !now && setProblem(error as Problem)));
  // Nothing is drawn before it is known who looks, so that nothing moves then.
  if (!now && !problem) return <Skeleton lines={8} />;
  return (
    <Frame>
      {!now && <ProblemNote problem={problem} retry={begin} />}
      {now && !now.user && <LogIn codeFailed={codeFailed} />}
      {now?.user && pageOf(place)}
    </Frame>
  );
}

render(<App />, document.getElementById('app')!);
