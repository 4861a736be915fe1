// The time line of a saga: a row for each step, over the nodes that worked on it.
import { duration } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { useWidth } from '../../shared/chart';
import { Details, Table } from '../../shared/ui';
import { stepSign } from '../status';
import { texts } from '../texts';
import { ticksOf, type Plan, type Span } from './spans';
import { sagaTexts } from './texts';

const rowHeight = 30;
const head = 22;

const tone: Record<Span['outcome'], string> = { good: 'good', bad: 'bad', open: 'info', unknown: 'again' };

export function Gantt({ plan }: { plan: Plan }) {
  const say = useTexts(sagaTexts);
  const words = useTexts(texts).step;
  const [element, width] = useWidth();
  const names = Math.min(170, Math.max(84, width * 0.24));
  const length = plan.to - plan.from;
  const x = (t: number) => names + 8 + ((t - plan.from) / length) * Math.max(1, width - names - 20);
  const height = head + plan.rows.length * rowHeight + 4;
  const says = (s: Span) =>
    [say.kinds[s.kind], s.call ? say.tryNumber(s.call.try, s.call.attempt) : '', s.call ? say.outcomes[s.call.outcome] ?? s.call.outcome : '', say.at(duration(s.from - plan.from)), say.lasting(duration(s.to - s.from)), s.node ?? ''].filter(Boolean).join(', ');
  const has = (is: (s: Span) => boolean) => plan.rows.some((r) => r.spans.some(is));
  const nodeIndex = (node: string | null) => Math.max(0, plan.nodes.indexOf(node ?? '')) % 4;
  return (
    <figure class="gantt">
      <div ref={element} style={{ height: `${height}px` }}>
        {width > 0 && (
          <svg width={width} height={height} role="img" aria-label={say.ganttLabel(plan.rows.length, duration(length))}>
            {ticksOf(length, width < 500 ? 3 : 6).map((t) => (
              <g key={t}>
                <line class="grid" x1={x(plan.from + t)} x2={x(plan.from + t)} y1={head - 4} y2={height} />
                <text x={Math.min(x(plan.from + t), width - 34)} y={13}>{duration(t)}</text>
              </g>
            ))}
            {plan.rows.map(({ step, spans }, i) => {
              const y = head + i * rowHeight;
              const shown = Math.floor(names / 7.6);
              const name = step.name.length > shown ? `${step.name.slice(0, shown - 1)}…` : step.name;
              return (
                <g key={step.name}>
                  <line class="grid" x1={0} x2={width} y1={y + rowHeight - 1} y2={y + rowHeight - 1} />
                  <text class="name" x={0} y={y + 19}>{stepSign(step.status)} {name}<title>{`${step.name}: ${words[step.status]}`}</title></text>
                  {spans.map((s, n) => {
                    const low = s.kind === 'undo';
                    const wide = Math.max(3, x(s.to) - x(s.from));
                    return (
                      <g key={n}>
                        <title>{says(s)}</title>
                        {s.kind === 'backoff' ? <line class="backoff" x1={x(s.from)} x2={x(s.to)} y1={y + 14} y2={y + 14} /> : (
                          <>
                            <rect class={`span ${s.kind} ${tone[s.outcome]}`} x={x(s.from)} y={y + (low ? 17 : 4)} width={wide} height={low ? 9 : 13} rx={2} />
                            {plan.nodes.length > 1 && <rect class={`at node${nodeIndex(s.node)}`} x={x(s.from)} y={y + (low ? 26 : 17)} width={wide} height={2} />}
                          </>
                        )}
                      </g>
                    );
                  })}
                </g>
              );
            })}
          </svg>
        )}
      </div>
      <figcaption>
        <span class="legend">
          <span><i class="swatch bar good" />{say.kinds.do}</span>
          {has((s) => s.kind === 'undo') && <span><i class="swatch thin warn" />{say.kinds.undo}</span>}
          {has((s) => s.outcome === 'bad') && <span><i class="swatch bar bad" />{say.failed}</span>}
          {has((s) => s.outcome === 'unknown') && <span><i class="swatch bar again" />{say.outcomes.again}</span>}
          {has((s) => s.kind === 'backoff') && <span><i class="swatch dashes" />{say.kinds.backoff}</span>}
          {has((s) => s.kind === 'wait') && <span><i class="swatch hatch" />{say.kinds.wait}</span>}
          {plan.nodes.length > 1 && plan.nodes.map((n) => <span key={n}><i class={`swatch line node${nodeIndex(n)}`} />{n}</span>)}
          {plan.nodes.length === 1 && <span>{say.onNode(plan.nodes[0]!)}</span>}
        </span>
      </figcaption>
      <Details summary={say.asTable}>
        {() => <Table label={say.timeline}>
          <thead><tr><th>{say.step}</th><th>{say.what}</th><th class="number">{say.begins}</th><th class="number">{say.lasts}</th><th>{say.node}</th></tr></thead>
          <tbody>
            {plan.rows.flatMap(({ step, spans }) => [...spans].sort((a, b) => a.from - b.from).map((s, n) => (
              <tr key={`${step.name} ${n}`}><td>{step.name}</td><td>{say.kinds[s.kind]}{s.call && ` (${say.tryNumber(s.call.try, s.call.attempt)}: ${say.outcomes[s.call.outcome] ?? s.call.outcome})`}</td><td class="number">{duration(s.from - plan.from)}</td><td class="number">{duration(s.to - s.from)}</td><td>{s.node ?? '–'}</td></tr>
            )))}
          </tbody>
        </Table>}
      </Details>
    </figure>
  );
}
