// The steps of a saga or of a definition, drawn as a graph from left to right; the arrows say what waits for what. For
// screen readers it is a list. Steps can be chosen by pointer and by keyboard.
import { Link } from '../../shared/router';
import { useTexts } from '../../shared/language';
import { stepSign, stepTone } from '../status';
import { texts } from '../texts';
import type { StepStatus } from '../types';
import { layersOf } from './layers';
import { sagaTexts } from './texts';

export interface GraphStep { name: string; after: string[]; status?: StepStatus; note: string; isPivot: boolean; kind?: string | undefined }

const width = 200;
const height = 62;
const gapX = 46;
const gapY = 18;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function Graph({ steps, label, hrefOf }: { steps: GraphStep[]; label: string; hrefOf?: (step: string) => string }) {
  const say = useTexts(sagaTexts);
  const words = useTexts(texts).step;
  const placed = layersOf(steps.map(({ name, after }) => ({ name, after })));
  const at = new Map(placed.map((p) => [p.name, { x: 4 + p.layer * (width + gapX), y: 4 + p.row * (height + gapY) }]));
  const layers = Math.max(0, ...placed.map((p) => p.layer)) + 1;
  const rows = Math.max(0, ...placed.map((p) => p.row)) + 1;
  const w = 8 + layers * width + (layers - 1) * gapX;
  const h = 8 + rows * height + (rows - 1) * gapY;
  const says = (s: GraphStep) => [s.name, s.status ? words[s.status] : '', s.isPivot ? say.pivot : '', s.note, s.after.length ? say.afterSteps(s.after.join(', ')) : ''].filter(Boolean).join('. ');
  return (
    <div class="scroll graph" tabIndex={0} role="region" aria-label={label}>
      <div style={{ width: `${w}px`, height: `${h}px` }} class="canvas">
        <svg width={w} height={h} aria-hidden="true">
          {steps.flatMap((s) => s.after.map((b) => {
            const from = at.get(b);
            const to = at.get(s.name);
            if (!from || !to) return null;
            const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
            const bend = Math.max(16, (x2 - x1) / 2);
            return <g key={`${b} ${s.name}`}><path class="edge" d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 6} ${y2}`} /><path class="tip" d={`M${x2 - 8} ${y2 - 4}L${x2 - 1} ${y2}L${x2 - 8} ${y2 + 4}z`} /></g>;
          }))}
        </svg>
        <ol>
          {steps.map((s) => {
            const place = at.get(s.name)!;
            const box = (
              <>
                <strong>{s.status && <span aria-hidden="true">{stepSign(s.status)} </span>}{cut(s.name, 18)}{s.isPivot && <span class="pivot" title={say.pivot}> ◆</span>}</strong>
                <span class="quiet">{cut(s.note, 26)}</span>
              </>
            );
            return (
              <li key={s.name} style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${width}px`, height: `${height}px` }} class={`node ${s.status ? stepTone(s.status) || 'plain' : 'plain'} ${s.kind ?? ''}`} title={says(s)}>
                {hrefOf ? <Link to={hrefOf(s.name)} aria-label={says(s)}>{box}</Link> : <div>{box}<span class="visually-hidden">{says(s)}</span></div>}
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}
