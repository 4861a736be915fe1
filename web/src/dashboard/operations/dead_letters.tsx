// Messages that nobody understood: they are sent again, or discarded.
import { useState } from 'preact/hooks';
import { post, Problem } from '../../shared/api';
import { useTexts } from '../../shared/language';
import { go } from '../../shared/router';
import { useStore } from '../../shared/store';
import { shared } from '../../shared/texts';
import { Button, Dialog, Empty, ProblemNote, Table, tell, Time, useCount } from '../../shared/ui';
import { may, session } from '../session';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

const suffix = '.dead-letter';

interface DeadLetter { id: string; topic: string; partition: number; offset: number; reason: string; at: string; key: string | null; value: string | null }
interface Results { results: { id: string; ok: boolean; error: string | null }[] }

function Confirm({ kind, topic, ids, onClose, onDone }: { kind: 'redeliver' | 'discard'; topic: string; ids: string[]; onClose: () => void; onDone: () => void }) {
  const say = useTexts(operationTexts).dead;
  const common = useTexts(shared);
  const count = useCount();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [failed, setFailed] = useState<Results['results']>([]);
  const act = async () => {
    setBusy(true);
    try {
      const { results } = await post<Results>(`/dead-letters/${kind}`, { topic, ids });
      const bad = results.filter((r) => !r.ok);
      tell(say.done(count(results.length - bad.length), count(results.length)), bad.length > 0);
      onDone();
      if (bad.length) setFailed(bad);
      else onClose();
    } catch (error) {
      setProblem(error as Problem);
    }
    setBusy(false);
  };
  return (
    <Dialog title={say[kind]} onClose={onClose}>
      <div class="stack">
        <p>{say.selected(count(ids.length))}</p>
        <p>{kind === 'redeliver' ? say.willRedeliver : say.willDiscard}</p>
        <ProblemNote problem={problem} />
        {failed.length > 0 && <div class="note bad"><strong>{say.failed}</strong><ul>{failed.map((f) => <li key={f.id}>{f.id}: {f.error}</li>)}</ul></div>}
        <div class="ends"><Button onClick={onClose}>{common.close}</Button>{!failed.length && <Button kind={kind === 'redeliver' ? 'main' : 'danger'} busy={busy} onClick={act}>{say[kind]}</Button>}</div>
      </div>
    </Dialog>
  );
}

export function DeadLettersPage({ topic }: { topic: string }) {
  const say = useTexts(operationTexts).dead;
  const all = useTexts(operationTexts);
  const count = useCount();
  const mayAct = may(useStore(session), 'sagas.operate');
  const topics = useRead<{ topics: { name: string }[] }>('/kafka/topics');
  // The dead letters of a topic lie in one of their own.
  const names = topics.data?.topics.filter((t) => t.name.endsWith(suffix)).map((t) => t.name.slice(0, -suffix.length)) ?? [];
  const shown = topic || names[0] || '';
  const loaded = useRead<{ count: number; deadLetters: DeadLetter[] }>(shown ? `/dead-letters?topic=${encodeURIComponent(shown)}` : null, 10_000);
  const [chosen, setChosen] = useState<string[]>([]);
  const [asks, setAsks] = useState<'redeliver' | 'discard' | null>(null);
  const toggle = (id: string) => setChosen((was) => (was.includes(id) ? was.filter((c) => c !== id) : [...was, id]));
  const letters = loaded.data?.deadLetters ?? [];
  const here = chosen.filter((id) => letters.some((l) => l.id === id));
  return (
    <Page title={say.title} hint={say.hint} loaded={topics} aside={names.length > 1 && (
      <label>{say.topic} <select value={shown} onChange={(e) => { setChosen([]); go(`/ui/dead-letters/${encodeURIComponent(e.currentTarget.value)}`); }}>{names.map((n) => <option key={n}>{n}</option>)}</select></label>
    )}>
      {() => (
        <>
          <ProblemNote problem={loaded.problem} retry={loaded.reload} />
          {(!shown || (loaded.data && !letters.length)) && <Empty>{say.none}</Empty>}
          {letters.length > 0 && (
            <>
              {mayAct && <div class="row"><span aria-live="polite">{say.selected(count(here.length))}</span><Button kind="main" disabled={!here.length} onClick={() => setAsks('redeliver')}>{say.redeliver}</Button><Button kind="danger" disabled={!here.length} onClick={() => setAsks('discard')}>{say.discard}</Button></div>}
              <Table label={say.title}>
                <thead><tr>{mayAct && <th><input type="checkbox" aria-label={say.selectAll} checked={here.length === letters.length} onChange={(e) => setChosen(e.currentTarget.checked ? letters.map((l) => l.id) : [])} /></th>}<th>{all.at}</th><th>{all.reason}</th><th>{all.messages.key}</th><th>{say.value}</th></tr></thead>
                <tbody>
                  {letters.map((l) => (
                    <tr key={l.id}>{mayAct && <td><input type="checkbox" aria-label={say.select(l.id)} checked={here.includes(l.id)} onChange={() => toggle(l.id)} /></td>}<td class="nowrap"><Time at={l.at} /></td><td class="error">{l.reason}</td><td class="mono">{l.key ?? '–'}</td><td><details><summary class="mono">{l.id}</summary><pre tabIndex={0}>{l.value ?? all.messages.notText}</pre></details></td></tr>
                  ))}
                </tbody>
              </Table>
            </>
          )}
          {asks && <Confirm kind={asks} topic={shown} ids={here} onClose={() => setAsks(null)} onDone={() => { setChosen([]); loaded.reload(); }} />}
        </>
      )}
    </Page>
  );
}
