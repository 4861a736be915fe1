// The API, to read and to try: every route of the document, with forms, schemas, examples and lines for the shell.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../shared/api';
import icon from '../shared/icon.svg';
import { useTexts } from '../shared/language';
import { useLoad } from '../shared/load';
import '../shared/styles.css';
import { shared } from '../shared/texts';
import { Empty, Field, Messages, PageTitle, Panel, Preferences, ProblemNote, Skeleton, useCount } from '../shared/ui';
import './api.css';
import { linkOf, linkOfSchema, matches, operationsOf, type ApiDocument } from './document';
import { OperationView, type Who } from './operation';
import { SchemaView } from './schema';
import { texts } from './texts';

function WhoAsks({ who, email, onChange }: { who: Who; email: string | null; onChange: (who: Who) => void }) {
  const say = useTexts(texts).who;
  return (
    <Panel title={say.title}>
      <fieldset class="row">
        <legend class="visually-hidden">{say.title}</legend>
        {email && <label class="check"><input type="radio" name="who" checked={who.kind === 'session'} onChange={() => onChange({ kind: 'session' })} />{say.session(email)}</label>}
        <label class="check"><input type="radio" name="who" checked={who.kind === 'guest'} onChange={() => onChange({ kind: 'guest' })} />{say.guest}</label>
        <label class="check"><input type="radio" name="who" checked={who.kind === 'token'} onChange={() => onChange({ kind: 'token', token: '' })} />{say.token}</label>
      </fieldset>
      {who.kind === 'token' && <Field label={say.tokenLabel} hint={say.hint}>{(id, note) => <input id={id} aria-describedby={note} type="password" autoComplete="off" spellcheck={false} value={who.token} onInput={(e) => onChange({ kind: 'token', token: e.currentTarget.value.trim() })} />}</Field>}
    </Panel>
  );
}

// What the part behind the # names.
function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const read = () => setHash(location.hash);
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return hash;
}

function Routes({ document: all, who }: { document: ApiDocument; who: Who }) {
  const say = useTexts(texts);
  const count = useCount();
  const hash = useHash();
  const [text, setText] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const operations = operationsOf(all);
  const schemas = all.components?.schemas ?? {};
  const found = operations.filter((operation) => matches(operation, text));
  const tags = (all.tags ?? []).filter((tag) => found.some((operation) => operation.tag === tag.name));
  const set = (id: string, isOpen: boolean) => setOpen((was) => {
    const next = new Set(was);
    isOpen ? next.add(id) : next.delete(id);
    return next;
  });
  const named = operations.find((operation) => linkOf(operation) === hash);
  const namedSchema = Object.keys(schemas).find((name) => linkOfSchema(name) === hash);
  useEffect(() => {
    if (named) {
      setText('');
      set(named.id, true);
    }
    const id = named?.id ?? (namedSchema ? `schema-${namedSchema}` : null);
    if (id) requestAnimationFrame(() => {
      const element = window.document.getElementById(id) as HTMLDetailsElement | null;
      if (!element) return;
      element.open = true;
      element.scrollIntoView({ block: 'start' });
      element.querySelector('summary')?.focus({ preventScroll: true });
    });
  }, [hash]);
  const toggle = (id: string, link: string, isOpen: boolean) => {
    set(id, isOpen);
    if (isOpen && location.hash !== link) history.replaceState(null, '', link);
  };
  return (
    <>
      <div class="row spread">
        <div class="filter"><Field label={say.filter} hint={say.filterHint}>{(id, note) => <input id={id} aria-describedby={note} type="search" value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field></div>
        <p class="quiet" role="status">{say.count(count(found.length))}</p>
      </div>
      {!found.length && <Empty>{say.none}</Empty>}
      {tags.map((tag) => (
        <Panel key={tag.name} title={tag.name} id={`tag-${tag.name}`}>
          {tag.description && <p class="hint">{tag.description}</p>}
          {found.filter((operation) => operation.tag === tag.name).map((operation) => (
            <OperationView key={operation.id} operation={operation} schemas={schemas} who={who} isOpen={open.has(operation.id)} onToggle={(isOpen) => toggle(operation.id, linkOf(operation), isOpen)} />
          ))}
        </Panel>
      ))}
      {!text && (
        <Panel title={say.schemas}>
          {Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b)).map(([name, schema]) => (
            <details key={name} id={`schema-${name}`}><summary>{name}</summary><SchemaView schema={schema} /></details>
          ))}
        </Panel>
      )}
    </>
  );
}

function ApiPage() {
  const say = useTexts(texts);
  const common = useTexts(shared);
  const main = useRef<HTMLElement>(null);
  const { data, problem, reload } = useLoad('document', (signal) => get<ApiDocument>('/api-json', signal));
  const { data: session } = useLoad('session', (signal) => get<{ user: { email: string } | null }>('/ui/session', signal));
  const email = session?.user?.email ?? null;
  const [chosen, choose] = useState<Who | null>(null);
  const who: Who = chosen ?? (email ? { kind: 'session' } : { kind: 'guest' });
  const skip = (event: Event) => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{common.skip}</a>
      <header class="bar"><div><a class="brand" href="/"><img src={icon} alt="" width={24} height={24} />sagactl</a><div class="end"><Preferences /></div></div></header>
      <main id="main" ref={main} tabIndex={-1}>
        <PageTitle title={data ? `${data.info.title} ${data.info.version}` : say.product} product={say.product} />
        <ProblemNote problem={problem} retry={reload} />
        {data?.info.description && <p>{data.info.description}</p>}
        <p><a href="/api-json">{say.asDocument}</a></p>
        <WhoAsks who={who} email={email} onChange={choose} />
        {!data && !problem && <Skeleton lines={20} />}
        {data && <Routes document={data} who={who} />}
      </main>
      <footer class="foot"><a href="/">{say.dashboard}</a><a href="/shop">{say.shop}</a></footer>
      <Messages />
    </>
  );
}

render(<ApiPage />, document.getElementById('app')!);
