// Starting a bulk job: what it acts on, how many these are exactly, what will happen, and why.
import { useRef, useState } from 'preact/hooks';
import { post, Problem, request } from '../../shared/api';
import { shortId } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useLoad } from '../../shared/load';
import { randomText } from '../../shared/random';
import { go, Link } from '../../shared/router';
import { shared } from '../../shared/texts';
import { Button, Dialog, Field, ProblemNote, Skeleton, tell, useCount } from '../../shared/ui';
import { partsOf } from '../list/filter';
import { usePartText } from '../list/filters';
import { SagaTag } from '../status';
import type { BulkAction, Job, Saga } from '../types';
import { bulkTexts } from './texts';

interface DryRun { count: number; sample: Saga[] }

const actions: BulkAction[] = ['retry', 'compensate', 'cancel', 'skip'];

export function FilterText({ filter }: { filter: string }) {
  const partText = usePartText();
  const parts = partsOf(new URLSearchParams(filter));
  return <span class="chips">{parts.map((p) => <span key={`${p.name}${p.value}`} class="tag info">{partText(p)}</span>)}</span>;
}

export function BulkDialog({ filter, action: first, onClose }: { filter: string; action: BulkAction; onClose: () => void }) {
  const say = useTexts(bulkTexts);
  const common = useTexts(shared);
  const count = useCount();
  const [action, setAction] = useState(first);
  const [reason, setReason] = useState('');
  const [rate, setRate] = useState('50');
  const [step, setStep] = useState(new URLSearchParams(filter).get('step') ?? new URLSearchParams(filter).get('failedStep') ?? '');
  const [recharge, setRecharge] = useState(false);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const body = () => ({ action, filter, ...(action === 'skip' ? { step } : {}), ...(action === 'retry' ? { recharge } : {}) });
  const ready = action !== 'skip' || step !== '';
  const dry = useLoad(ready ? `${action} ${step} ${filter}` : null, (signal) =>
    request<DryRun>('/bulk', { method: 'POST', body: { ...body(), reason: '', dryRun: true }, signal }).then((a) => a.body));
  const found = dry.data;
  // When the answer is lost and the same is sent again, it is the same job.
  const sent = useRef({ text: '', key: '' });
  const start = async (event: Event) => {
    event.preventDefault();
    if (!reason.trim()) return setMissing(true);
    setBusy(true);
    setProblem(null);
    try {
      const asked = { ...body(), reason: reason.trim(), rate: Number(rate), atMost: found!.count };
      const text = JSON.stringify(asked);
      if (sent.current.text !== text) sent.current = { text, key: randomText() };
      const job = await post<Job>('/bulk', asked, { 'Idempotency-Key': sent.current.key });
      onClose();
      go(`/ui/bulk/${job.id}`);
      tell(say.started);
    } catch (error) {
      setBusy(false);
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={say.dialog} onClose={onClose} wide>
      <form onSubmit={start}>
        <div class="fields">
          <Field label={say.action}>
            {(id) => <select id={id} value={action} onChange={(e) => setAction(e.currentTarget.value as BulkAction)}>{actions.map((a) => <option key={a} value={a}>{say.actions[a]}</option>)}</select>}
          </Field>
          {action === 'skip' && <Field label={say.step}>{(id) => <input id={id} required value={step} onChange={(e) => setStep(e.currentTarget.value.trim())} />}</Field>}
          <Field label={say.rate}>{(id) => <input id={id} type="number" min={1} max={1000} required value={rate} onInput={(e) => setRate(e.currentTarget.value)} />}</Field>
        </div>
        <p>{say.willDo[action]}</p>
        {action === 'retry' && <label class="check"><input type="checkbox" checked={recharge} onChange={(e) => setRecharge(e.currentTarget.checked)} />{say.recharge}</label>}
        <p>{say.filter}: <FilterText filter={filter} /></p>
        <div class="drystate">
          {!found && !dry.problem && <Skeleton lines={3} />}
          <ProblemNote problem={dry.problem} retry={dry.reload} />
          {found && <p aria-live="polite"><strong>{found.count ? say.matches(count(found.count)) : say.nothing}</strong></p>}
          {found && found.sample.length > 0 && (
            <>
              {found.count > found.sample.length && <p class="hint">{say.first(count(found.sample.length))}</p>}
              <ul class="sample">{found.sample.map((s) => <li key={s.id}><SagaTag status={s.status} /> <Link class="mono" to={`/ui/sagas/${s.id}`}>{shortId(s.id)}</Link> <span class="error">{s.errorMessage}</span></li>)}</ul>
            </>
          )}
        </div>
        <Field label={say.reason} hint={say.reasonHint} error={missing && !reason.trim() ? say.reasonNeeded : null}>
          {(id, by) => <input id={id} aria-describedby={by} aria-invalid={missing && !reason.trim()} maxLength={1000} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}
        </Field>
        <ProblemNote problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind={action === 'retry' ? 'main' : 'danger'} type="submit" busy={busy} disabled={!found?.count}>{say.start(say.actions[action], count(found?.count ?? 0))}</Button>
        </div>
      </form>
    </Dialog>
  );
}
