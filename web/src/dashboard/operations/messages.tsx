// Topics, consumer groups with their lag, and the messages of a topic.
import { json } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { go, Link, queryText } from '../../shared/router';
import { Empty, Panel, ProblemNote, Skeleton, Table, Time, useCount } from '../../shared/ui';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

interface Topic { name: string; partitions: { partition: number; begin: number; end: number }[]; messages: number }
interface Group { group: string; state: string; topics: { topic: string; partition: number; committed: number | null; end: number; lag: number }[]; lag: number }
interface Message { partition: number; offset: number; at: string; key: string | null; headers: Record<string, string>; value: string | null; bytes: number; isText: boolean; isCut: boolean }

export function MessagesPage() {
  const all = useTexts(operationTexts);
  const say = all.messages;
  const count = useCount();
  const topics = useRead<{ topics: Topic[] }>('/kafka/topics', 10_000);
  const groups = useRead<{ groups: Group[] }>('/kafka/groups', 10_000);
  return (
    <>
      <Page title={say.title} loaded={topics}>
        {(data) => (
          <Table label={say.topics}>
            <thead><tr><th>{say.topic}</th><th class="number">{say.partitions}</th><th class="number">{say.count}</th></tr></thead>
            <tbody>{data.topics.map((t) => <tr key={t.name}><td><Link to={`/ui/messages/${encodeURIComponent(t.name)}`}>{t.name}</Link></td><td class="number">{t.partitions.length}</td><td class="number">{count(t.messages)}</td></tr>)}</tbody>
          </Table>
        )}
      </Page>
      <Panel title={say.groups}>
        <ProblemNote problem={groups.problem} retry={groups.reload} />
        {!groups.data && !groups.problem && <Skeleton lines={4} />}
        {groups.data && !groups.data.groups.length && <Empty>{all.none}</Empty>}
        {groups.data && groups.data.groups.length > 0 && (
          <Table label={say.groups}>
            <thead><tr><th>{say.group}</th><th>{say.state}</th><th class="number">{say.lag}</th><th>{say.topics}</th></tr></thead>
            <tbody>
              {groups.data.groups.map((g) => (
                <tr key={g.group}><td>{g.group}</td><td>{g.state}</td><td class={`number ${g.lag ? 'warn-text' : ''}`}>{count(g.lag)}</td><td><details><summary>{say.partitions}</summary><ul>{g.topics.map((t) => <li key={`${t.topic}${t.partition}`}>{t.topic}/{t.partition}: {say.committed} {t.committed ?? '–'}, {say.end} {t.end}, {say.lag} {t.lag}</li>)}</ul></details></td></tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </>
  );
}

function valueText(value: string): string {
  try {
    return json(JSON.parse(value));
  } catch {
    return value;
  }
}

export function TopicPage({ topic, query }: { topic: string; query: URLSearchParams }) {
  const all = useTexts(operationTexts);
  const say = all.messages;
  const partition = query.get('partition') ?? '';
  const before = query.get('before') ?? '';
  const to = (p: string, b: string) => `/ui/messages/${encodeURIComponent(topic)}${queryText([['partition', p], ['before', b]])}`;
  const loaded = useRead<{ messages: Message[] }>(`/kafka/topics/${encodeURIComponent(topic)}/messages${queryText([['partition', partition], ['before', before], ['limit', '50']])}`);
  const partitions = useRead<{ topics: Topic[] }>('/kafka/topics').data?.topics.find((t) => t.name === topic)?.partitions ?? [];
  return (
    <Page title={say.one(topic)} loaded={loaded} aside={
      <label>{say.partition} <select value={partition} onChange={(e) => go(to(e.currentTarget.value, ''))}><option value="">{say.all}</option>{partitions.map((p) => <option key={p.partition} value={String(p.partition)}>{p.partition}</option>)}</select></label>
    }>
      {({ messages }) => (
        <>
          {!messages.length ? <Empty>{say.empty}</Empty> : (
            <Table label={say.one(topic)}>
              <thead><tr><th class="number">{say.partition}</th><th class="number">{say.offset}</th><th>{all.at}</th><th>{say.key}</th><th>{say.value}</th><th class="number">{say.bytes}</th></tr></thead>
              <tbody>
                {messages.map((m) => (
                  <tr key={`${m.partition}:${m.offset}`}><td class="number">{m.partition}</td><td class="number">{m.offset}</td><td class="nowrap"><Time at={m.at} /></td><td class="mono">{m.key ?? '–'}</td>
                    <td><details><summary class="mono">{m.value === null ? say.notText : `${m.value.slice(0, 60)}${m.value.length > 60 ? '…' : ''}`}</summary>{m.isCut && <p class="hint">{say.cut}</p>}{m.value !== null && <pre tabIndex={0}>{valueText(m.value)}</pre>}<h3>{say.headers}</h3><pre tabIndex={0}>{json(m.headers)}</pre></details></td><td class="number">{m.bytes}</td></tr>
                ))}
              </tbody>
            </Table>
          )}
          <div class="row">{before && <Link class="button" to={to(partition, '')}>{say.newest}</Link>}{partition && messages.length > 0 && messages.at(-1)!.offset > 0 && <Link class="button" to={to(partition, String(messages.at(-1)!.offset))}>{say.older}</Link>}</div>
        </>
      )}
    </Page>
  );
}
