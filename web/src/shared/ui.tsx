// The components that both the dashboard and the shop are made of.
import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Problem, unreachable } from './api';
import * as format from './format';
import { language, languages, setLanguage, useTexts, type Language } from './language';
import { whenPageChanges } from './router';
import { createStore, useStore } from './store';
import { shared } from './texts';
import { setTheme, theme, type Theme } from './theme';

export function Button({ kind = 'plain', busy, children, ...rest }: { kind?: 'plain' | 'main' | 'danger' | 'quiet'; busy?: boolean; children: ComponentChildren } & ButtonHTMLAttributes) {
  return (
    <button type="button" {...rest} class={`button ${kind} ${rest.class ?? ''}`} aria-busy={busy || undefined} disabled={rest.disabled || busy}>
      {children}
    </button>
  );
}

// A labelled control. `children` is given the id that its control has to have, and that of the hint.
export function Field({ label, hint, error, wide, children }: { label: string; hint?: string; error?: string | null; wide?: boolean; children: (id: string, describedBy: string | undefined) => ComponentChildren }) {
  const id = useId();
  const note = error || hint;
  return (
    <div class={`field ${wide ? 'wide' : ''}`}>
      <label for={id}>{label}</label>
      {children(id, note ? `${id}-note` : undefined)}
      {note && <p id={`${id}-note`} class={error ? 'error' : 'hint'}>{note}</p>}
    </div>
  );
}

export function Time({ at, ms }: { at: string | null | undefined; ms?: boolean }) {
  const lang = useStore(language);
  if (!at) return <span class="quiet">–</span>;
  return <time dateTime={at} title={`${at} (UTC)`}>{format.time(at, lang, ms)}</time>;
}

export function useCount(): (n: number) => string {
  const lang = useStore(language);
  return (n) => format.count(n, lang);
}

export function usePercent(): (ratio: number) => string {
  const lang = useStore(language);
  return (ratio) => format.percent(ratio, lang);
}

export function Copy({ text }: { text: string }) {
  const say = useTexts(shared);
  const [done, setDone] = useState(false);
  if (!navigator.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => setDone(true), () => undefined);
  return <Button kind="quiet" class="small" onClick={copy} onBlur={() => setDone(false)}>{done ? say.copied : say.copy}</Button>;
}

export function ProblemNote({ problem, retry }: { problem: Problem | null; retry?: () => void }) {
  const say = useTexts(shared);
  if (!problem) return null;
  return (
    <div class="note bad" role="alert">
      <p><strong>{say.problem(problem.status)}</strong> {problem.status === unreachable && !problem.detail ? say.unreachable : problem.detail || problem.title}</p>
      {problem.correlationId && <p class="hint">{say.correlation(problem.correlationId)}</p>}
      {retry && <Button onClick={retry}>{say.tryAgain}</Button>}
    </div>
  );
}

export const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

// Lines in place of what is being loaded, so that nothing moves when it comes.
export function Skeleton({ lines }: { lines: number }) {
  const say = useTexts(shared);
  return (
    <div class="skeleton" role="status" aria-label={say.loading}>
      {Array.from({ length: lines }, (_, i) => <span key={i} />)}
    </div>
  );
}

// A table that scrolls sideways on its own where the page is too narrow, by keyboard too.
export function Table({ label, children, class: name = '' }: { label: string; children: ComponentChildren; class?: string }) {
  return (
    <div class={`scroll ${name}`} tabIndex={0} role="region" aria-label={label}>
      <table>{children}</table>
    </div>
  );
}

export function Panel({ title, actions, children, id, class: name = '' }: { title: string; actions?: ComponentChildren; children: ComponentChildren; id?: string; class?: string }) {
  const heading = useId();
  return (
    <section class={`panel ${name}`} id={id} aria-labelledby={heading}>
      <header><h2 id={heading}>{title}</h2>{actions}</header>
      {children}
    </section>
  );
}

// What is drawn only once it is opened.
export function Details({ summary, children }: { summary: ComponentChildren; children: () => ComponentChildren }) {
  const [opened, setOpened] = useState(false);
  return <details onToggle={(e) => e.currentTarget.open && setOpened(true)}><summary>{summary}</summary>{opened && children()}</details>;
}

// A dialog of the browser's own: it keeps the focus, and the Escape key closes it.
export function Dialog({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const say = useTexts(shared);
  const heading = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current!;
    const before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    return () => {
      dialog.close();
      before?.focus?.();
    };
  }, []);
  return (
    <dialog ref={element} class={wide ? 'wide' : ''} aria-labelledby={heading} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <header><h2 id={heading}>{title}</h2><Button kind="quiet" onClick={onClose} aria-label={say.close}>✕</Button></header>
      {children}
    </dialog>
  );
}

// Short messages of what was done, which screen readers read out. What went well is said on the page where it was done;
// what did not stays on every page until somebody has closed it.
interface Message { id: number; text: string; bad: boolean }
const messages = createStore<Message[]>([]);
let nextMessage = 1;

export function tell(text: string, bad = false): void {
  const id = nextMessage++;
  messages.set([...messages.get().slice(-3), { id, text, bad }]);
  if (!bad) setTimeout(() => drop(id), 10_000);
}

whenPageChanges(() => messages.set(messages.get().filter((m) => m.bad)));

const drop = (id: number): void => messages.set(messages.get().filter((m) => m.id !== id));

export const tellProblem = (error: unknown): void =>
  tell(error instanceof Error ? error.message || (error as Problem).title : String(error), true);

export function Messages() {
  const say = useTexts(shared);
  const all = useStore(messages);
  return (
    <div class="messages" role="status" aria-live="polite">
      {all.map((m) => (
        <p key={m.id} class={m.bad ? 'bad' : 'good'}>
          <span>{m.text}</span>
          <Button kind="quiet" class="small" onClick={() => drop(m.id)} aria-label={say.close}>✕</Button>
        </p>
      ))}
    </div>
  );
}

export function Preferences() {
  const say = useTexts(shared);
  const chosenTheme = useStore(theme);
  const chosenLanguage = useStore(language);
  return (
    <div class="preferences">
      <select aria-label={say.theme} value={chosenTheme} onChange={(e) => setTheme(e.currentTarget.value as Theme)}>
        {(Object.keys(say.themes) as Theme[]).map((t) => <option key={t} value={t}>{say.themes[t]}</option>)}
      </select>
      <select aria-label={say.language} value={chosenLanguage} onChange={(e) => setLanguage(e.currentTarget.value as Language)}>
        {(Object.keys(languages) as Language[]).map((l) => <option key={l} value={l} lang={l}>{languages[l]}</option>)}
      </select>
    </div>
  );
}

// The heading of a page: the document's title, and where the focus goes when the address changes.
export function PageTitle({ title, children, product }: { title: string; children?: ComponentChildren; product: string }) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
  useEffect(() => {
    // Not at the first load: there the browser begins at the top of the document itself.
    if (moved) element.current?.focus({ preventScroll: true });
    moved = true;
  }, []);
  return <div class="title"><h1 ref={element} tabIndex={-1}>{title}</h1>{children}</div>;
}
let moved = false;
