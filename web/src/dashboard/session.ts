// Who looks at the pages, and what they may do. The session is a cookie that scripts cannot read.
import { get, request, whenLoggedOut } from '../shared/api';
import { createStore } from '../shared/store';
import type { Session } from './types';

export const session = createStore<Session | null>(null);

// Whether a session ended under a page that was open, and not because somebody logged out.
export const hasEnded = createStore(false);

function take(next: Session): void {
  if (session.get()?.user && !next.user) hasEnded.set(true);
  session.set(next);
}

// A session ends on its own; any answer of 401 says so.
whenLoggedOut(() => {
  const now = session.get();
  if (now?.user) take({ ...now, user: null, rights: [], expiresAt: null });
});

export async function readSession(): Promise<void> {
  take(await get<Session>('/ui/session'));
}

export async function logIn(with_: { code: string } | { email: string; password: string }): Promise<void> {
  take((await request<Session>('/ui/session', { method: 'POST', body: with_ })).body);
  hasEnded.set(false);
}

export async function logOut(): Promise<void> {
  await request('/ui/session', { method: 'DELETE' });
  session.set(await get<Session>('/ui/session'));
  hasEnded.set(false);
}

// The one-time code that `sagactl open` puts behind the address, where no server or log sees it.
export function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code) history.replaceState(null, '', location.pathname + location.search);
  return code;
}

export type Right = 'sagas.read' | 'sagas.read-all' | 'sagas.start' | 'sagas.operate' | 'definitions.publish' | 'stock.set' | 'operations.read';

export const may = (now: Session | null, right: Right): boolean => !!now?.rights.includes(right);
