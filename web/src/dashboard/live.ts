// What a page shows, as the node has it: GET /ui/live sends it again whenever it has changed, at most once a second. A
// stream is read with fetch, whose errors say what is wrong. It ends while nobody can see the page: then the page costs
// the node nothing, and a browser has few connections to one host.
import { useEffect, useRef } from 'preact/hooks';
import { ownPage } from '../shared/api';
import { frameReader } from '../shared/frames';
import { createStore, remember, remembered, useStore } from '../shared/store';

export type LiveState = 'off' | 'connecting' | 'on' | 'polling';

export const liveState = createStore<LiveState>('off');
export const liveWanted = createStore(remembered('sagactl.live') !== 'off');

export function setLive(on: boolean): void {
  remember('sagactl.live', on ? null : 'off');
  liveWanted.set(on);
}

// What is done with each part of the page that comes.
export type Parts = Record<string, (part: never) => void>;

const pollMs = 5000;

async function follow(path: string, signal: AbortSignal, hand: (type: string, data: string) => void): Promise<void> {
  const answer = await fetch(path, { headers: { Accept: 'text/event-stream', ...ownPage }, signal, credentials: 'same-origin' });
  if (!answer.ok || !answer.body) throw new Error(String(answer.status));
  liveState.set('on');
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const take = frameReader((frame) => hand(frame.type, frame.data));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    take(value);
  }
}

// Follows `path` (null: nothing) while the page can be seen and the user wants it. Without a stream `reload` is called
// now and then, and when the node could not read what is shown: its answer to the usual request says why.
export function useLive(path: string | null, parts: Parts, reload: () => void): void {
  const wanted = useStore(liveWanted);
  const current = useRef({ parts, reload });
  current.current = { parts, reload };
  useEffect(() => {
    if (!wanted) return undefined;
    if (path === null) {
      liveState.set('on'); // nothing is shown that may change
      return () => liveState.set('off');
    }
    let abort: AbortController | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const hand = (type: string, data: string) => {
      failures = 0;
      if (type === 'failed') current.current.reload();
      else current.current.parts[type]?.(JSON.parse(data) as never);
    };
    const start = () => {
      if (abort || document.visibilityState !== 'visible') return;
      const mine = (abort = new AbortController());
      if (liveState.get() === 'off') liveState.set('connecting');
      follow(path, mine.signal, hand)
        .catch(() => void ++failures)
        .then(() => {
          if (mine.signal.aborted) return;
          abort = null;
          // The stream is tried again, later each time.
          liveState.set(failures > 1 ? 'polling' : 'connecting');
          again = setTimeout(start, Math.min(30_000, 1000 * 2 ** failures));
        });
    };
    const stop = () => {
      clearTimeout(again);
      abort?.abort();
      abort = null;
      liveState.set('off');
    };
    const seen = () => (document.visibilityState === 'visible' ? start() : stop());
    document.addEventListener('visibilitychange', seen);
    const poll = setInterval(() => document.visibilityState === 'visible' && liveState.get() === 'polling' && current.current.reload(), pollMs);
    start();
    return () => {
      clearInterval(poll);
      document.removeEventListener('visibilitychange', seen);
      stop();
    };
  }, [path, wanted]);
}
