// A chart over minutes: stacked bars or lines, drawn as SVG. Arrow keys move over the minutes; what is under the cursor
// is said below. `height` is fixed, so nothing moves when the figures come.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Series { name: string; tone: string; values: (number | null)[]; kind: 'bar' | 'line' }

interface ChartProperties {
  label: string;
  hint: string;
  series: Series[];
  says: (index: number) => string;
  xLabels: (index: number) => string;
  height?: number;
  format?: (n: number) => string;
}

// A round number not below the greatest: 1, 2 or 5 times a power of ten.
export function roundedUp(n: number): number {
  if (n <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(n));
  const digit = n / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

export function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    setWidth(Math.floor(element.current!.getBoundingClientRect().width));
    watcher.observe(element.current!);
    return () => watcher.disconnect();
  }, []);
  return [element, width];
}

const left = 46;
const bottom = 20;

function linePaths(values: (number | null)[], x: (i: number) => number, y: (v: number) => number): string {
  let path = '';
  let drawing = false;
  values.forEach((v, i) => {
    if (v !== null) path += `${drawing ? 'L' : 'M'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
    drawing = v !== null;
  });
  return path;
}

export function Chart({ label, hint, series, says, xLabels, height = 130, format = String }: ChartProperties) {
  const [element, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const points = Math.max(0, ...series.map((s) => s.values.length));
  const bars = series.filter((s) => s.kind === 'bar');
  const lines = series.filter((s) => s.kind === 'line');
  const stacked = Array.from({ length: points }, (_, i) => bars.reduce((sum, s) => sum + (s.values[i] ?? 0), 0));
  const top = roundedUp(Math.max(0, ...stacked, ...lines.flatMap((s) => s.values.map((v) => v ?? 0))));
  const plot = height - bottom - 8;
  const step = points && width > left ? (width - left) / points : 0;
  const x = (i: number) => left + (i + 0.5) * step;
  const y = (v: number) => 8 + plot * (1 - v / top);
  const move = (to: number) => setAt(Math.max(0, Math.min(points - 1, to)));
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -points, End: points };
    const by = steps[event.key];
    if (by === undefined || !points) return;
    event.preventDefault();
    move((at ?? points) + by);
  };
  const onMove = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    if (step) move(Math.floor((event.clientX - box.left - left) / step));
  };
  return (
    <figure class="chart">
      <div ref={element} style={{ height: `${height}px` }} tabIndex={0} role="group" aria-label={`${label}. ${hint}`} onKeyDown={onKey} onBlur={() => setAt(null)}>
        {width > left && (
          <svg width={width} height={height} aria-hidden="true" onPointerMove={onMove} onPointerLeave={() => setAt(null)}>
            {[0, top / 2, top].map((v) => (
              <g key={v}>
                <line class="grid" x1={left} x2={width} y1={y(v)} y2={y(v)} />
                <text x={left - 6} y={y(v) + 4} text-anchor="end">{format(v)}</text>
              </g>
            ))}
            {bars.map((s, n) => s.values.map((v, i) => {
              if (!v) return null;
              const below = bars.slice(0, n).reduce((sum, b) => sum + (b.values[i] ?? 0), 0);
              return <rect key={`${n}-${i}`} class={`fill ${s.tone}`} x={x(i) - step * 0.4} width={Math.max(1, step * 0.8)} y={y(below + v)} height={Math.max(1, y(below) - y(below + v))} />;
            }))}
            {lines.map((s) => <path key={s.name} class={`line ${s.tone}`} d={linePaths(s.values, x, y)} />)}
            {lines.map((s) => s.values.map((v, i) => v !== null && s.values[i - 1] == null && s.values[i + 1] == null && <circle key={i} class={`fill ${s.tone}`} cx={x(i)} cy={y(v)} r={2} />))}
            {at !== null && <line class="cursor" x1={x(at)} x2={x(at)} y1={8} y2={8 + plot} />}
            {[0, Math.floor(points / 2), points - 1].filter((i, n, all) => i >= 0 && all.indexOf(i) === n).map((i) => (
              <text key={i} x={x(i)} y={height - 4} text-anchor={i === 0 ? 'start' : i === points - 1 ? 'end' : 'middle'}>{xLabels(i)}</text>
            ))}
          </svg>
        )}
      </div>
      <figcaption>
        <span class="legend">{series.map((s) => <span key={s.name}><i class={`swatch ${s.tone} ${s.kind}`} aria-hidden="true" />{s.name}</span>)}</span>
        <span class="says" aria-live="polite">{at !== null ? says(at) : ''}</span>
      </figcaption>
    </figure>
  );
}
