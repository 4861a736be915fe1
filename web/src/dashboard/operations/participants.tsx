// The participants of users' sagas, as this node sees them, with their breakers.
import { duration, percent } from '../../shared/format';
import { language, useTexts } from '../../shared/language';
import { Link, queryText } from '../../shared/router';
import { useStore } from '../../shared/store';
import { Empty, Table, useCount } from '../../shared/ui';
import { Tag } from '../status';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

interface Participant { definition: string; participant: string; calls: number; failures: number; running: number; waiting: number; isOpen: boolean; meanMs: number | null }

export function ParticipantsPage() {
  const all = useTexts(operationTexts);
  const say = all.participants;
  const lang = useStore(language);
  const count = useCount();
  const loaded = useRead<{ nodeId: string; participants: Participant[] }>('/participants', 3000);
  return (
    <Page title={say.title} hint={say.hint} loaded={loaded}>
      {({ participants }) => !participants.length ? <Empty>{all.none}</Empty> : (
        <Table label={say.title}>
          <thead><tr><th>{say.participant}</th><th>{say.definition}</th><th>{say.breaker}</th><th class="number">{say.calls}</th><th class="number">{say.failures}</th><th class="number">{say.running}</th><th class="number">{say.waiting}</th><th class="number">{say.mean}</th><th /></tr></thead>
          <tbody>
            {participants.map((p) => (
              <tr key={`${p.definition} ${p.participant}`}>
                <td>{p.participant}</td><td><Link to={`/ui/definitions/${encodeURIComponent(p.definition)}`}>{p.definition}</Link></td>
                <td><Tag tone={p.isOpen ? 'bad' : 'good'} sign={p.isOpen ? '✕' : '✓'}>{p.isOpen ? say.open : say.closed}</Tag></td>
                <td class="number">{count(p.calls)}</td><td class={`number ${p.failures ? 'warn-text' : ''}`}>{count(p.failures)}{p.calls > 0 && p.failures > 0 && ` (${percent(p.failures / p.calls, lang)})`}</td>
                <td class="number">{count(p.running)}</td><td class="number">{count(p.waiting)}</td><td class="number">{p.meanMs === null ? '–' : duration(p.meanMs)}</td>
                <td><Link to={`/${queryText([['definition', p.definition], ['participant', p.participant]])}`}>{say.sagas}</Link></td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}
