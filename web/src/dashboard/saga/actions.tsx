// The buttons of a saga, each with a dialog that says what will happen and asks why.
import { useState } from 'preact/hooks';
import { Problem, request } from '../../shared/api';
import { useTexts } from '../../shared/language';
import { shared } from '../../shared/texts';
import { Button, Dialog, Field, ProblemNote, tell } from '../../shared/ui';
import type { Saga } from '../types';
import { actionsFor, answerable, isUndoing, keptBy, retriesFrom, skippable, undoneBy, type Action } from './choices';
import { sagaTexts } from './texts';

interface Choice { reason: string; step: string; outcome: 'done' | 'refused' | 'again'; body: string; recharge: boolean }

// The request that an action makes.
export function requestOf(action: Action, saga: Saga, choice: Choice): { path: string; body: Record<string, unknown> } {
  const id = encodeURIComponent(saga.id);
  const step = encodeURIComponent(choice.step);
  const reason = choice.reason.trim();
  switch (action) {
    case 'retry': return { path: `/saga/retry/${id}`, body: { recharge: choice.recharge, reason } };
    case 'compensate': return { path: `/saga/compensate/${id}`, body: { reason } };
    case 'cancel': return { path: `/sagas/${id}/cancel`, body: { reason } };
    case 'skip': return { path: `/sagas/${id}/steps/${step}/skip`, body: { reason } };
    case 'answer': return { path: `/sagas/${id}/steps/${step}/answer`, body: { outcome: choice.outcome, direction: isUndoing(saga, choice.step) ? 'undo' : 'do', ...(choice.body.trim() ? { body: JSON.parse(choice.body) } : {}), reason } };
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return !text.trim();
  }
};

function useWhatHappens(action: Action, saga: Saga, step: string): string {
  const say = useTexts(sagaTexts).will;
  switch (action) {
    case 'retry': return say.retry(retriesFrom(saga), keptBy(saga).join(', '));
    case 'compensate':
    case 'cancel': return say.undo(undoneBy(saga).join(', '));
    case 'skip': return isUndoing(saga, step) ? say.skipUndo(step) : say.skip(step);
    case 'answer': return isUndoing(saga, step) ? say.answerUndo(step) : say.answer(step);
  }
}

export function ActionDialog({ action, saga, etag, step: first, onClose, onDone }: { action: Action; saga: Saga; etag: string | null; step?: string; onClose: () => void; onDone: () => void }) {
  const say = useTexts(sagaTexts);
  const common = useTexts(shared);
  const steps = action === 'answer' ? answerable(saga) : action === 'skip' ? skippable(saga) : [];
  const [choice, setChoice] = useState<Choice>({ reason: '', step: first ?? steps[0]?.name ?? '', outcome: 'done', body: '', recharge: false });
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (part: Partial<Choice>) => setChoice((was) => ({ ...was, ...part }));
  const happens = useWhatHappens(action, saga, choice.step);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!choice.reason.trim()) return setMissing(true);
    if (!isJson(choice.body)) return;
    setBusy(true);
    setProblem(null);
    const { path, body } = requestOf(action, saga, choice);
    // Nothing is changed when the saga is no longer what the dialog described. An answer names its step and direction,
    // and a participant that is asked again and again changes the saga each time; but a step may be undone twice.
    const needsVersion = action !== 'answer' || isUndoing(saga, choice.step);
    const headers = needsVersion && etag && !etag.startsWith('W/') ? { 'If-Match': etag } : undefined;
    try {
      await request(path, { method: 'POST', body, ...(headers ? { headers } : {}) });
      tell(say.done(say.actions[action]));
      onDone();
      onClose();
    } catch (error) {
      const p = error as Problem;
      setBusy(false);
      setProblem(p.status === 412 ? new Problem(412, p.title, say.will.changed, p.correlationId) : p);
      if (p.status === 412) onDone();
    }
  };
  return (
    <Dialog title={say.doIt[action]} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        {steps.length > 0 && (
          <Field label={say.step}>
            {(id) => <select id={id} value={choice.step} onChange={(e) => set({ step: e.currentTarget.value })}>{steps.map((s) => <option key={s.name} value={s.name}>{s.name}</option>)}</select>}
          </Field>
        )}
        <div><h3>{say.whatHappens}</h3><p>{happens}</p></div>
        {action === 'retry' && saga.data && saga.status === 'compensated' && (
          <label class="check"><input type="checkbox" checked={choice.recharge} onChange={(e) => set({ recharge: e.currentTarget.checked })} />{say.recharge}</label>
        )}
        {action === 'answer' && (
          <>
            <Field label={say.outcome}>
              {(id) => <select id={id} value={choice.outcome} onChange={(e) => set({ outcome: e.currentTarget.value as Choice['outcome'] })}>{(['done', 'refused', 'again'] as const).map((o) => <option key={o} value={o}>{say.outcomeChoices[o]}</option>)}</select>}
            </Field>
            <Field label={say.body} hint={say.bodyHint} error={isJson(choice.body) ? null : say.bodyWrong}>
              {(id, by) => <textarea id={id} aria-describedby={by} aria-invalid={!isJson(choice.body)} spellcheck={false} value={choice.body} onInput={(e) => set({ body: e.currentTarget.value })} />}
            </Field>
          </>
        )}
        <Field label={say.reason} hint={say.reasonHint} error={missing && !choice.reason.trim() ? say.reasonNeeded : null}>
          {(id, by) => <input id={id} aria-describedby={by} aria-invalid={missing && !choice.reason.trim()} maxLength={1000} autofocus value={choice.reason} onInput={(e) => set({ reason: e.currentTarget.value })} />}
        </Field>
        <ProblemNote problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{common.close}</Button>
          <Button kind={action === 'retry' || action === 'answer' ? 'main' : 'danger'} type="submit" busy={busy}>{say.doIt[action]}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export function Actions({ saga, etag, onDone }: { saga: Saga; etag: string | null; onDone: () => void }) {
  const say = useTexts(sagaTexts).actions;
  const [open, setOpen] = useState<Action | null>(null);
  return (
    <div class="row">
      {actionsFor(saga).map((a) => <Button key={a} kind={a === 'retry' || a === 'answer' ? 'main' : a === 'skip' ? 'plain' : 'danger'} onClick={() => setOpen(a)}>{say[a]}</Button>)}
      {open && <ActionDialog action={open} saga={saga} etag={etag} onClose={() => setOpen(null)} onDone={onDone} />}
    </div>
  );
}
