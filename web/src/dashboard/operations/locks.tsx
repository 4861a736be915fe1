// The locks that are held.
import { duration } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { Empty, Table, Time } from '../../shared/ui';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

interface Lock { key: string; holder: string | null; fencingToken: number | null; ttlMs: number | null; acquiredAt: string | null }

export function LocksPage() {
  const say = useTexts(operationTexts).locks;
  const loaded = useRead<{ locks: Lock[] }>('/locks?limit=200', 2000);
  return (
    <Page title={say.title} hint={say.hint} loaded={loaded}>
      {({ locks }) => !locks.length ? <Empty>{say.none}</Empty> : (
        <Table label={say.title}>
          <thead><tr><th>{say.key}</th><th>{say.holder}</th><th class="number">{say.token}</th><th class="number">{say.left}</th><th>{say.since}</th></tr></thead>
          <tbody>{locks.map((l) => <tr key={l.key}><td class="mono">{l.key}</td><td>{l.holder ?? '–'}</td><td class="number">{l.fencingToken ?? '–'}</td><td class="number">{l.ttlMs === null ? '–' : duration(l.ttlMs)}</td><td class="nowrap"><Time at={l.acquiredAt} /></td></tr>)}</tbody>
        </Table>
      )}
    </Page>
  );
}
