// The node's events as they happen. A stream is read with fetch, since a browser's EventSource hears only events whose
// names it knows. It stops while nobody can see the page: a browser has few connections to one host.
import { useEffect, useRef } from 'preact/hooks';
import { ownPage } from '../shared/api';
import { frameReader, type EventFrame } from '../shared/frames';
import { createStore, remember, remembered } from '../shared/store';

export interface LiveEvent { type: string; data: { orderId?: string; aggregateId?: string } }

export type LiveState = 'off' | 'connecting' | 'on' | 'polling';

export const liveState = createStore<LiveState>('off');
export const liveWanted = createStore(remembered('sagactl.live') !== 'off');

export function setLive(on: boolean): void {
  remember('sagactl.live', on ? null : 'off');
  liveWanted.set(on);
}

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();
let abort: AbortController | null = null;
let lastId = '';
let failures = 0;
let again: ReturnType<typeof setTimeout> | undefined;

function hand(frame: EventFrame): void {
  if (frame.id) lastId = frame.id;
  let data: LiveEvent['data'] = {};
  try {
    if (frame.data) data = JSON.parse(frame.data);
  } catch {
    // Something has happened, whatever it was.
  }
  for (const listener of [...listeners]) listener({ type: frame.type, data });
}

async function follow(signal: AbortSignal): Promise<void> {
  const headers: Record<string, string> = { Accept: 'text/event-stream', ...ownPage };
  if (lastId) headers['Last-Event-ID'] = lastId;
  const answer = await fetch('/events', { headers, signal, credentials: 'same-origin' });
  if (!answer.ok || !answer.body) throw new Error(String(answer.status));
  liveState.set('on');
  failures = 0;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const take = frameReader(hand);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    take(value);
  }
}

function stop(): void {
  clearTimeout(again);
  abort?.abort();
  abort = null;
  liveState.set('off');
}

function start(): void {
  if (abort || !liveWanted.get() || !listeners.size || document.visibilityState !== 'visible') return;
  const mine = (abort = new AbortController());
  if (liveState.get() === 'off') liveState.set('connecting');
  follow(mine.signal)
    .catch(() => void ++failures)
    .then(() => {
      if (mine.signal.aborted) return;
      abort = null;
      // Without a stream the page asks now and then; the stream is tried again, later each time.
      liveState.set(failures > 1 ? 'polling' : 'connecting');
      again = setTimeout(start, Math.min(30_000, 1000 * 2 ** failures));
    });
}

document.addEventListener('visibilitychange', () => (document.visibilityState === 'visible' ? start() : stop()));
liveWanted.subscribe(() => (liveWanted.get() ? start() : stop()));

// Calls `changed` at most once a second while something happens that `concerns`; also when the page is seen again, and
// every 5 s while there is no stream.
export function useLive(changed: () => void, concerns: (event: LiveEvent) => boolean = () => true): void {
  const current = useRef({ changed, concerns });
  current.current = { changed, concerns };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const soon = () => {
      if (timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        last = performance.now();
        current.current.changed();
      }, Math.max(0, 1000 - (performance.now() - last)));
    };
    const listener: Listener = (event) => (event.type === 'reset' || current.current.concerns(event)) && soon();
    const seen = () => document.visibilityState === 'visible' && liveWanted.get() && soon();
    listeners.add(listener);
    document.addEventListener('visibilitychange', seen);
    const poll = setInterval(() => liveState.get() === 'polling' && soon(), 5000);
    start();
    return () => {
      clearTimeout(timer);
      clearInterval(poll);
      document.removeEventListener('visibilitychange', seen);
      listeners.delete(listener);
      if (!listeners.size) stop();
    };
  }, []);
}
