// The filter of the list: a form that changes the page's address, the views, and what is filtered by, to take away.
import { useId, useState } from 'preact/hooks';
import { useTexts } from '../../shared/language';
import { go, Link, queryText } from '../../shared/router';
import { useStore } from '../../shared/store';
import { Button, Dialog, Field, Time } from '../../shared/ui';
import { sagaStatuses, type Definition, type SagaStatus } from '../types';
import { shared } from '../../shared/texts';
import { texts } from '../texts';
import { fromLocalInput, hasFilter, partsOf, toLocalInput, withoutFilter, withoutPart, withPart, type Part } from './filter';
import { removeView, saveView, views } from './views';

export const listAddress = (query: URLSearchParams): string => `/${queryText([...query])}`;

const builtInViews: { name: 'all' | 'failed' | 'attention' | 'open' | 'compensated'; query: string }[] = [
  { name: 'all', query: '' },
  { name: 'failed', query: 'status=failed' },
  { name: 'open', query: 'status=started&status=compensating' },
  { name: 'compensated', query: 'status=compensated' },
  { name: 'attention', query: 'stuck=true' },
];

const sameFilter = (a: URLSearchParams, b: URLSearchParams): boolean =>
  JSON.stringify(partsOf(a).map((p) => `${p.name}=${p.value}`).sort()) === JSON.stringify(partsOf(b).map((p) => `${p.name}=${p.value}`).sort());

export function Views({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const saved = useStore(views);
  const [saving, setSaving] = useState(false);
  const here = (of: string) => (sameFilter(query, new URLSearchParams(of)) ? ('page' as const) : undefined);
  const to = (of: string) => listAddress(new URLSearchParams([...withoutFilter(query), ...new URLSearchParams(of)]));
  return (
    <nav class="views" aria-label={say.views.label}>
      <ul>
        {builtInViews.map((v) => <li key={v.name}><Link to={to(v.query)} aria-current={here(v.query)}>{say.views[v.name]}</Link></li>)}
        {saved.map((v) => (
          <li key={`saved ${v.name}`}>
            <Link to={to(v.query)} aria-current={here(v.query)}>{v.name}</Link>
            <Button kind="quiet" class="small" onClick={() => removeView(v.name)} aria-label={say.views.remove(v.name)}>✕</Button>
          </li>
        ))}
        {hasFilter(query) && <li><Button kind="quiet" class="small" onClick={() => setSaving(true)}>{say.views.save}</Button></li>}
      </ul>
      {saving && <SaveView query={query} onClose={() => setSaving(false)} />}
    </nav>
  );
}

function SaveView({ query, onClose }: { query: URLSearchParams; onClose: () => void }) {
  const say = useTexts(texts);
  const common = useTexts(shared);
  const [name, setName] = useState('');
  const save = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return;
    const filter = new URLSearchParams(partsOf(query).map((p) => [p.name, p.value]));
    saveView(name.trim(), filter.toString());
    onClose();
  };
  return (
    <Dialog title={say.views.save} onClose={onClose}>
      <form onSubmit={save}>
        <Field label={say.views.name} hint={say.views.saveHint}>
          {(id, by) => <input id={id} aria-describedby={by} value={name} maxLength={60} required onInput={(e) => setName(e.currentTarget.value)} />}
        </Field>
        <div class="ends"><Button onClick={onClose}>{common.cancel}</Button><Button kind="main" type="submit">{say.views.save}</Button></div>
      </form>
    </Dialog>
  );
}

// What a part of a filter says: a name and a value in words.
export function usePartText(): (part: Part) => string {
  const say = useTexts(texts);
  return ({ name, value }) => {
    const known = say.filter.names[name] ?? name.replace('input.', '');
    if (name === 'status') return `${known}: ${say.status[value as SagaStatus] ?? value}`;
    if (name === 'within') return say.filter.within[value] ?? `${known}: ${value}`;
    if (name === 'stuck') return known;
    return `${known}: ${value}`;
  };
}

export function ActiveFilters({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const partText = usePartText();
  const parts = partsOf(query);
  if (!parts.length) return null;
  return (
    <ul class="chips" aria-label={say.filter.active}>
      {parts.map((part) => (
        <li key={`${part.name}=${part.value}`} class="tag info">
          {part.name === 'since' || part.name === 'until' ? <span>{say.filter.names[part.name]}: <Time at={part.value} /></span> : partText(part)}
          <Button kind="quiet" class="small" onClick={() => go(listAddress(withoutPart(query, part)))} aria-label={say.filter.remove(partText(part))}>✕</Button>
        </li>
      ))}
      <li><Link to={listAddress(withoutFilter(query))}>{say.list.clear}</Link></li>
    </ul>
  );
}

// A text that becomes part of the address with the Enter key, or when the focus leaves it.
function TextPart({ name, query, hint }: { name: string; query: URLSearchParams; hint?: string }) {
  const say = useTexts(texts);
  const now = query.get(name) ?? '';
  const set = (value: string) => value.trim() !== now && go(listAddress(withPart(query, name, [value.trim()])));
  return (
    <Field label={say.filter.names[name]!} {...(hint ? { hint } : {})}>
      {(id, by) => (
        <input key={now} id={id} aria-describedby={by} name={name} defaultValue={now} maxLength={500} autocomplete="off" spellcheck={false}
          onKeyDown={(e) => e.key === 'Enter' && set(e.currentTarget.value)} onBlur={(e) => set(e.currentTarget.value)} />
      )}
    </Field>
  );
}

function TimePart({ query }: { query: URLSearchParams }) {
  const say = useTexts(texts);
  const hasBounds = query.has('since') || query.has('until');
  const [between, setBetween] = useState(hasBounds);
  const value = between || hasBounds ? 'between' : query.get('within') ?? '';
  const choose = (next: string) => {
    setBetween(next === 'between');
    let changed = withPart(withPart(query, 'since', []), 'until', []);
    changed = withPart(changed, 'within', next === 'between' ? [] : [next]);
    go(listAddress(changed));
  };
  const bound = (name: 'since' | 'until') => (
    <Field label={say.filter.names[name]!}>
      {(id) => <input id={id} type="datetime-local" value={toLocalInput(query.get(name) ?? '')} onChange={(e) => go(listAddress(withPart(query, name, [fromLocalInput(e.currentTarget.value)])))} />}
    </Field>
  );
  return (
    <>
      <Field label={say.filter.since}>
        {(id) => (
          <select id={id} value={value} onChange={(e) => choose(e.currentTarget.value)}>
            {Object.entries(say.filter.within).map(([v, text]) => <option key={v} value={v}>{text}</option>)}
          </select>
        )}
      </Field>
      {value === 'between' && <>{bound('since')}{bound('until')}</>}
    </>
  );
}

export function Filters({ query, definitions }: { query: URLSearchParams; definitions: Definition[] }) {
  const say = useTexts(texts);
  const heading = useId();
  const chosen = partsOf(query).filter((p) => p.name === 'status').map((p) => p.value);
  const toggle = (status: SagaStatus) => {
    const next = chosen.includes(status) ? chosen.filter((s) => s !== status) : [...chosen, status];
    go(listAddress(withPart(query, 'status', next)));
  };
  const definition = query.get('definition') ?? '';
  const names = [...new Set([...definitions.map((d) => d.name), ...(definition ? [definition] : [])])];
  const steps = [...new Set(definitions.filter((d) => !definition || d.name === definition).flatMap((d) => d.steps.map((s) => s.name)))].sort();
  const rare = ['failedStep', 'step', 'participant', 'error', 'errorLike', 'key', 'id', 'node', 'olderThan', 'stuck', 'version', 'retriesOver'];
  const [open, setOpen] = useState(rare.some((name) => query.has(name)));
  const stepPart = (name: 'failedStep' | 'step') => (
    <Field label={say.filter.names[name]!}>
      {(id) => (
        <select id={id} value={query.get(name) ?? ''} onChange={(e) => go(listAddress(withPart(query, name, [e.currentTarget.value])))}>
          <option value="">{say.filter.any}</option>
          {[...new Set([...steps, ...(query.get(name) ? [query.get(name)!] : [])])].map((s) => <option key={s} value={s}>{s}</option>)}
        </select>
      )}
    </Field>
  );
  return (
    <section class="filters" aria-labelledby={heading}>
      <h3 id={heading} class="visually-hidden">{say.filter.label}</h3>
      <fieldset class="statuses">
        <legend class="visually-hidden">{say.filter.status}</legend>
        {sagaStatuses.map((s) => (
          <Button key={s} class="small" aria-pressed={chosen.includes(s)} onClick={() => toggle(s)}>{say.status[s]}</Button>
        ))}
      </fieldset>
      <div class="fields">
        <TextPart name="text" query={query} hint={say.filter.textHint} />
        <Field label={say.filter.definition}>
          {(id) => (
            <select id={id} value={definition} onChange={(e) => go(listAddress(withPart(query, 'definition', [e.currentTarget.value])))}>
              <option value="">{say.filter.any}</option>
              {names.map((n) => <option key={n} value={n}>{n}</option>)}
            </select>
          )}
        </Field>
        <TimePart key={query.has('since') || query.has('until') ? 'between' : 'within'} query={query} />
      </div>
      <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>{say.filter.more}</summary>
        <div class="fields">
          {stepPart('failedStep')}
          {stepPart('step')}
          <TextPart name="participant" query={query} />
          <TextPart name="error" query={query} />
          <TextPart name="errorLike" query={query} hint={say.filter.errorLikeHint} />
          <TextPart name="key" query={query} />
          <TextPart name="id" query={query} />
          <TextPart name="node" query={query} />
          <label class="check"><input type="checkbox" checked={query.get('stuck') === 'true'} onChange={(e) => go(listAddress(withPart(query, 'stuck', e.currentTarget.checked ? ['true'] : [])))} />{say.filter.stuck}</label>
        </div>
      </details>
      <ActiveFilters query={query} />
    </section>
  );
}

