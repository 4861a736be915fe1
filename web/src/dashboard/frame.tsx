// The frame of every page: where one can go, who one is, and whether changes are shown as they happen.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import icon from '../shared/icon.svg';
import { useTexts } from '../shared/language';
import { Link, usePlace } from '../shared/router';
import { useStore } from '../shared/store';
import { shared } from '../shared/texts';
import { Button, Messages, Preferences, tellProblem } from '../shared/ui';
import { liveState, liveWanted, setLive } from './live';
import { logOut, may, session } from './session';
import { texts } from './texts';

export function LiveSwitch() {
  const say = useTexts(texts).live;
  const wanted = useStore(liveWanted);
  const state = useStore(liveState);
  return (
    <Button class="small live" aria-pressed={wanted} title={say.hint} onClick={() => setLive(!wanted)}>
      <span aria-hidden="true">{state === 'on' ? '●' : '○'}</span>{say.on}{wanted && state !== 'on' && <span class="quiet">{say.states[state]}</span>}
    </Button>
  );
}

function Navigation() {
  const say = useTexts(texts).nav;
  const now = useStore(session);
  const { path } = usePlace();
  const operator = may(now, 'operations.read');
  const pages: [string, string, boolean][] = [
    ['/', say.sagas, true],
    ['/ui/bulk', say.bulk, may(now, 'operations.read')],
    ['/ui/definitions', say.definitions, true],
    ['/ui/nodes', say.nodes, true],
    ['/ui/participants', say.participants, operator],
    ['/ui/messages', say.messages, operator && !!now?.kafka],
    ['/ui/dead-letters', say.deadLetters, operator && !!now?.kafka],
    ['/ui/locks', say.locks, operator],
    ['/ui/stock', say.stock, operator || may(now, 'stock.set')],
    ['/ui/audit', say.audit, operator],
    ['/ui/reports', say.reports, operator],
  ];
  const isHere = (to: string) => (to === '/' ? path === '/' || path === '/ui' || path === '/ui/' || path.startsWith('/ui/sagas/') : path === to || path.startsWith(`${to}/`));
  return (
    <nav aria-label={say.label}>
      <ul>
        {pages.filter(([, , shown]) => shown).map(([to, text]) => <li key={to}><Link to={to} aria-current={isHere(to) ? 'page' : undefined}>{text}</Link></li>)}
      </ul>
    </nav>
  );
}

export function Frame({ children }: { children: ComponentChildren }) {
  const say = useTexts(texts);
  const common = useTexts(shared);
  const now = useStore(session);
  const main = useRef<HTMLElement>(null);
  const skip = (event: Event) => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{common.skip}</a>
      <header class="bar">
        <div>
          <a class="brand" href="/"><img src={icon} alt="" width={24} height={24} />sagactl</a>
          {now?.user && <Navigation />}
          <div class="end">
            <Preferences />
            {now?.user && <><span class="quiet who">{now.user.email} ({say.session.roles[now.user.role] ?? now.user.role})</span><Button kind="quiet" class="small" onClick={() => logOut().catch(tellProblem)}>{say.session.logOut}</Button></>}
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {now?.readOnly && <p class="note warn">{say.readOnly}</p>}
        {children}
      </main>
      <footer class="foot">
        {now && <><span>{say.node(now.nodeId)}</span><span>{say.version(now.version)}</span></>}
        <span>{say.zone(new Intl.DateTimeFormat().resolvedOptions().timeZone)}</span>
        <a href="/api">{say.nav.api}</a><a href="/metrics">{say.nav.metrics}</a>
      </footer>
      <Messages />
    </>
  );
}
