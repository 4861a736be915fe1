// Loads something, keeps showing what it had while it loads again, and drops answers that came too late.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem, unreachable } from './api';

export interface Loaded<T> {
  data: T | null;
  of: string | null; // the key that `data` belongs to
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
  put: (key: string, data: T) => void; // what came by another way, for the key that is shown
}

const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(unreachable, 'error', error instanceof Error ? error.message : String(error), '');

// `key` says what is shown: with another one what was shown is forgotten, unless `keep` is set. null loads nothing.
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, keep = false): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; of: string | null; data: T | null; problem: Problem | null; loading: boolean }>({
    key, of: null, data: null, problem: null, loading: key !== null,
  });
  const [count, setCount] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  // A request that is under way is not replaced by another for the same: where answers are slow, none would ever come.
  const underWay = useRef<{ key: string | null; again: boolean } | null>(null);
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    const mine = { key, again: false };
    underWay.current = mine;
    setState((was) => (was.key === key || keep ? { ...was, key, loading: true } : { key, of: null, data: null, problem: null, loading: true }));
    const ended = () => {
      underWay.current = null;
      if (mine.again) setCount((n) => n + 1);
    };
    loader.current(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return;
        setState({ key, of: key, data, problem: null, loading: false });
        ended();
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((was) => ({ ...was, problem: asProblem(error), loading: false }));
        ended();
      },
    );
    return () => abort.abort();
  }, [key, count, keep]);
  const reload = useCallback(() => {
    if (underWay.current?.key === key && key !== null) underWay.current.again = true;
    else setCount((n) => n + 1);
  }, [key]);
  const put = useCallback((its: string, data: T) => setState((was) => (was.key === its ? { ...was, of: its, data, problem: null } : was)), []);
  return { put, data: state.data, of: state.of, problem: state.problem, loading: state.loading, reload };
}

// Calls `action` every `ms` while the page can be seen; 0: never.
export function useEvery(ms: number, action: () => void): void {
  const current = useRef(action);
  current.current = action;
  useEffect(() => {
    if (!ms) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && current.current(), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
