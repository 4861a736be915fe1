// Loads something, keeps showing what it had while it loads again, and drops answers that came too late.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem, unreachable } from './api';

export interface Loaded<T> {
  data: T | null;
  of: string | null; // the key that `data` belongs to
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
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
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    setState((was) => (was.key === key || keep ? { ...was, key, loading: true } : { key, of: null, data: null, problem: null, loading: true }));
    loader.current(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ key, of: key, data, problem: null, loading: false }),
      (error: unknown) => !abort.signal.aborted && setState((was) => ({ ...was, problem: asProblem(error), loading: false })),
    );
    return () => abort.abort();
  }, [key, count, keep]);
  const reload = useCallback(() => setCount((n) => n + 1), []);
  return { data: state.data, of: state.of, problem: state.problem, loading: state.loading, reload };
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
