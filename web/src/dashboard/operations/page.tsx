// What the pages of operations share: a title, one request that is repeated, and its error.
import type { ComponentChildren } from 'preact';
import { get } from '../../shared/api';
import { useTexts } from '../../shared/language';
import { useEvery, useLoad, type Loaded } from '../../shared/load';
import { PageTitle, ProblemNote, Skeleton } from '../../shared/ui';
import { texts } from '../texts';

export function useRead<T>(path: string | null, everyMs = 0): Loaded<T> {
  const loaded = useLoad(path, (signal) => get<T>(path!, signal));
  useEvery(path ? everyMs : 0, loaded.reload);
  return loaded;
}

export function Page<T>({ title, hint, loaded, children, aside }: { title: string; hint?: string; loaded: Loaded<T>; children: (data: T) => ComponentChildren; aside?: ComponentChildren }) {
  const product = useTexts(texts).product;
  return (
    <>
      <PageTitle title={title} product={product}>{aside}</PageTitle>
      <section class="panel stack" aria-label={title}>
        {hint && <p class="hint">{hint}</p>}
        <ProblemNote problem={loaded.problem} retry={loaded.reload} />
        {!loaded.data && !loaded.problem && <Skeleton lines={8} />}
        {loaded.data && children(loaded.data)}
      </section>
    </>
  );
}
