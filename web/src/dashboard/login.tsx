// Logging in: by the one-time code of `sagactl open`, which the address brings, or by an account.
import { useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { useTexts } from '../shared/language';
import { useStore } from '../shared/store';
import { Button, Field, PageTitle, ProblemNote } from '../shared/ui';
import { hasEnded, logIn } from './session';
import { texts } from './texts';

export function LogIn({ codeFailed }: { codeFailed: boolean }) {
  const say = useTexts(texts);
  const ended = useStore(hasEnded);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await logIn({ email, password });
    } catch (error) {
      setBusy(false);
      setProblem(error as Problem);
    }
  };
  return (
    <>
      <PageTitle title={say.session.title} product={say.product} />
      {ended && <p class="note warn" role="alert">{say.session.ended}</p>}
      {codeFailed && <p class="note bad" role="alert">{say.session.codeFailed}</p>}
      <section class="panel login stack">
        <p>{say.session.hint}</p>
        <pre>sagactl open</pre>
        <form class="stack" onSubmit={submit}>
          <Field label={say.session.email}>{(id) => <input id={id} type="email" autocomplete="username" required value={email} onInput={(e) => setEmail(e.currentTarget.value)} />}</Field>
          <Field label={say.session.password}>{(id) => <input id={id} type="password" autocomplete="current-password" required value={password} onInput={(e) => setPassword(e.currentTarget.value)} />}</Field>
          <ProblemNote problem={problem} />
          <div><Button kind="main" type="submit" busy={busy}>{say.session.logIn}</Button></div>
        </form>
      </section>
    </>
  );
}
