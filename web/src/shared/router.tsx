// Addresses within the pages: links change them without loading the document again.
import type { ComponentChildren } from 'preact';
import { createStore, useStore } from './store';

export interface Place {
  path: string;
  query: URLSearchParams;
}

const read = (): string => window.location.pathname + window.location.search;
const address = createStore(read());
window.addEventListener('popstate', () => address.set(read()));

export function placeOf(text: string): Place {
  const [path = '/', query = ''] = text.split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

export function usePlace(): Place {
  return placeOf(useStore(address));
}

export function currentPlace(): Place {
  return placeOf(address.get());
}

// Calls `act` when another page is shown; not when the same one gets another query.
export function whenPageChanges(act: () => void): void {
  let { path } = currentPlace();
  address.subscribe(() => {
    const next = currentPlace().path;
    if (next === path) return;
    path = next;
    act();
  });
}

// Goes to an address of these pages. `replace`: without an entry in the browser's history.
export function go(to: string, how: { replace?: boolean } = {}): void {
  if (to === address.get()) return;
  const samePath = placeOf(to).path === currentPlace().path;
  window.history[how.replace ? 'replaceState' : 'pushState'](null, '', to);
  address.set(to);
  if (!samePath) window.scrollTo(0, 0);
}

interface LinkProperties {
  to: string;
  children: ComponentChildren;
  class?: string;
  title?: string;
  'aria-current'?: 'page' | undefined;
  'aria-label'?: string;
}

// Everything that a link of the browser does (a new tab, copying the address) works.
export function Link({ to, children, ...rest }: LinkProperties) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={onClick} {...rest}>
      {children}
    </a>
  );
}

// A query without its empty parts, in the order given.
export function queryText(parts: Iterable<readonly [string, string]>): string {
  const query = new URLSearchParams();
  for (const [name, value] of parts) if (value !== '') query.append(name, value);
  const text = query.toString();
  return text ? `?${text}` : '';
}
