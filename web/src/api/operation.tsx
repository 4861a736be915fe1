// One route: what it takes, what it answers, and a form that asks it.
import { useRef, useState } from 'preact/hooks';
import { ownPage } from '../shared/api';
import { useTexts } from '../shared/language';
import { Button, Copy, Field } from '../shared/ui';
import { curlOf, exampleOf, filled, linkOf, typesOf, type Operation, type Parameter, type Schemas } from './document';
import { SchemaView } from './schema';
import { texts } from './texts';

export type Who = { kind: 'session' } | { kind: 'guest' } | { kind: 'token'; token: string };

const shownMax = 500_000; // characters of an answer

interface Shown { status: string; isGood: boolean; ms: number; headers: [string, string][]; text: string; isCut: boolean; isStream: boolean; isDone: boolean }

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function ParameterField({ parameter, value, onChange }: { parameter: Parameter; value: string; onChange: (value: string) => void }) {
  const say = useTexts(texts);
  const choices = parameter.schema?.enum ?? (typesOf(parameter.schema ?? {})[0] === 'boolean' ? ['true', 'false'] : null);
  const hint = [say.in[parameter.in], parameter.description].filter(Boolean).join(': ');
  return (
    <Field label={`${parameter.name}${parameter.required ? ` (${say.required})` : ''}`} hint={hint}>
      {(id, note) => choices
        ? <select id={id} aria-describedby={note} value={value} onChange={(e) => onChange(e.currentTarget.value)}><option value="" />{choices.map((choice) => <option key={String(choice)}>{String(choice)}</option>)}</select>
        : <input id={id} aria-describedby={note} value={value} required={parameter.required} spellcheck={false} autoComplete="off" onInput={(e) => onChange(e.currentTarget.value)} />}
    </Field>
  );
}

function AnswerView({ shown }: { shown: Shown }) {
  const say = useTexts(texts);
  return (
    <div class="stack answer">
      <p class="row"><strong>{say.answer}</strong><span class={`tag ${shown.isGood ? 'good' : 'bad'}`}>{shown.status}</span><span class="quiet">{say.took(shown.ms.toFixed(0))}</span></p>
      <details><summary>{say.headers}</summary><pre tabIndex={0}>{shown.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}</pre></details>
      {shown.text && <pre tabIndex={0} aria-label={say.answer}>{shown.isDone ? pretty(shown.text) : shown.text}</pre>}
      {shown.isCut && <p class="hint">{say.cut}</p>}
      {shown.isStream && !shown.isDone && <p class="hint">{say.stream}</p>}
    </div>
  );
}

function TryOut({ operation, schemas, who }: { operation: Operation; schemas: Schemas; who: Who }) {
  const say = useTexts(texts);
  const exampleText = (whole: boolean) => (operation.body?.schema ? JSON.stringify(exampleOf(operation.body.schema, schemas, whole), null, 2) : '');
  const [values, setValues] = useState<Record<string, string>>({});
  const [body, setBody] = useState(() => (operation.body?.required ? exampleText(false) : ''));
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);

  const { path, headers, missing } = filled(operation, values);
  const isJson = operation.body?.type.includes('json') ?? false;
  const sentHeaders: [string, string][] = [...headers, ...(body && operation.body ? [['Content-Type', operation.body.type] as [string, string]] : [])];
  const curl = curlOf({ method: operation.method, url: location.origin + path, headers: sentHeaders, body: operation.body && body ? (isJson ? compact(body) : body) : null, withToken: who.kind !== 'guest' && operation.access !== 'anyone' });

  const send = async (event: Event) => {
    event.preventDefault();
    if (missing.length) return setProblem(say.missing(missing.join(', ')));
    if (body && isJson && compact(body) === body && !isParsed(body)) return setProblem(say.notJson);
    setProblem('');
    setShown(null);
    setBusy(true);
    const abort = new AbortController();
    running.current = abort;
    const began = performance.now();
    try {
      const answer = await fetch(path, {
        method: operation.method, signal: abort.signal, credentials: who.kind === 'session' ? 'same-origin' : 'omit',
        headers: [...sentHeaders, ...(who.kind === 'session' ? Object.entries(ownPage) : []), ...(who.kind === 'token' && who.token ? [['Authorization', `Bearer ${who.token}`] as [string, string]] : [])],
        ...(operation.body && body ? { body } : {}),
      });
      const head = { status: `${answer.status} ${answer.statusText}`, isGood: answer.ok, ms: performance.now() - began, headers: [...answer.headers.entries()] };
      const isStream = (answer.headers.get('Content-Type') ?? '').startsWith('text/event-stream');
      const reader = answer.body?.getReader();
      const decoder = new TextDecoder();
      let text = '';
      const show = (isDone: boolean) => setShown({ ...head, text: text.slice(0, shownMax), isCut: text.length > shownMax, isStream, isDone });
      show(false);
      for (;;) {
        const piece = await reader?.read().catch(() => null);
        if (!piece || piece.done || text.length > shownMax) break;
        text += decoder.decode(piece.value, { stream: true });
        if (isStream) show(false);
      }
      await reader?.cancel().catch(() => undefined);
      show(true);
    } catch (error) {
      if (!abort.signal.aborted) setProblem(say.failed + String(error));
    } finally {
      setBusy(false);
      running.current = null;
    }
  };

  return (
    <form class="stack" onSubmit={send} noValidate>
      {operation.parameters.length > 0 && (
        <fieldset class="parameters">
          <legend>{say.parameters}</legend>
          {operation.parameters.map((parameter) => {
            const key = `${parameter.in} ${parameter.name}`;
            return <ParameterField key={key} parameter={parameter} value={values[key] ?? ''} onChange={(value) => setValues({ ...values, [key]: value })} />;
          })}
        </fieldset>
      )}
      {operation.body && (
        <div class="stack">
          <Field wide label={`${say.body} (${operation.body.type})${operation.body.required ? ` (${say.required})` : ''}`}>
            {(id) => <textarea id={id} rows={Math.min(16, Math.max(4, body.split('\n').length))} spellcheck={false} value={body} onInput={(e) => setBody(e.currentTarget.value)} />}
          </Field>
          {operation.body.schema && (
            <p class="row">
              <Button class="small" onClick={() => setBody(exampleText(false))}>{say.least}</Button>
              <Button class="small" onClick={() => setBody(exampleText(true))}>{say.whole}</Button>
              {!operation.body.required && <Button class="small" onClick={() => setBody('')}>{say.noBody}</Button>}
            </p>
          )}
        </div>
      )}
      <p class="row"><Button kind="main" type="submit" busy={isBusy}>{say.send}</Button>{isBusy && <Button onClick={() => running.current?.abort()}>{say.stop}</Button>}</p>
      <div class="curl"><p class="row"><span class="quiet">{say.curl}</span><Copy text={curl} /></p><pre tabIndex={0} aria-label={say.curl}>{curl}</pre></div>
      <div aria-live="polite">
        {problem && <p class="note bad">{problem}</p>}
        {isBusy && !shown && <p>{say.sending}</p>}
        {shown && <AnswerView shown={shown} />}
      </div>
    </form>
  );
}

const isParsed = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const compact = (text: string): string => (isParsed(text) ? JSON.stringify(JSON.parse(text)) : text);

export function OperationView({ operation, schemas, who, isOpen, onToggle }: { operation: Operation; schemas: Schemas; who: Who; isOpen: boolean; onToggle: (isOpen: boolean) => void }) {
  const say = useTexts(texts);
  return (
    <details class="operation" id={operation.id} open={isOpen} onToggle={(event) => event.currentTarget.open !== isOpen && onToggle(event.currentTarget.open)}>
      <summary>
        <span class={`method ${operation.method.toLowerCase()}`}>{operation.method}</span> <code>{operation.path}</code> <span>{operation.summary}</span> <span class="tag">{say.access[operation.access]}</span>
      </summary>
      {isOpen && (
        <div class="stack">
          <p class="row">{operation.description && <span>{operation.description}</span>}<a href={linkOf(operation)}>{say.link}</a></p>
          <TryOut operation={operation} schemas={schemas} who={who} />
          {operation.body?.schema && <details><summary>{say.schema}: {say.body}</summary><SchemaView schema={operation.body.schema} /></details>}
          <h3>{say.answers}</h3>
          <ul class="answers">
            {operation.answers.map(([status, answer]) => {
              const schema = Object.values(answer.content ?? {})[0]?.schema;
              return (
                <li key={status}><span class={`tag ${status.startsWith('2') ? 'good' : status.startsWith('3') ? 'info' : 'warn'}`}>{status}</span> {answer.description}
                  {schema && <details><summary>{say.schema}, {say.example}</summary><SchemaView schema={schema} /><pre tabIndex={0} aria-label={say.example}>{JSON.stringify(exampleOf(schema, schemas, true), null, 2)}</pre></details>}
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </details>
  );
}
