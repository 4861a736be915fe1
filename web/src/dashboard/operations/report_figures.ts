// The figures of load tests that are compared, from results in the format of reports/loadtest.schema.json.

interface Latency { p50: number | null; p90: number | null; p99: number | null; max: number | null }

export interface Report {
  run?: string;
  scenario?: string;
  startedAt?: string;
  verdict?: string;
  verdicts?: { name: string; verdict: string; reason: string; counted?: boolean }[];
  requests?: { sent: number; succeeded: number; duplicates: number; rejected: number; failed: number; transportErrors: number };
  throughput?: { acceptedPerSecond: number | null; completedPerSecond: number | null } | null;
  latency?: Latency;
  serviceLatency?: Latency;
  sagaLatency?: Latency | null;
}

export const figureNames = ['sent', 'accepted', 'duplicates', 'rejected', 'failed', 'transportErrors', 'acceptedPerSecond', 'completedPerSecond', 'responseP50', 'responseP90', 'responseP99', 'responseMax', 'serviceP99', 'sagaP50', 'sagaP99'] as const;
export type FigureName = (typeof figureNames)[number];

export interface Figure { name: FigureName; unit: '' | 'ms' | '/s'; values: (number | null)[]; best: number | null }

type Better = 'more' | 'less' | null;

const wanted: [FigureName, Figure['unit'], Better, (r: Report) => number | null | undefined][] = [
  ['sent', '', null, (r) => r.requests?.sent],
  ['accepted', '', null, (r) => r.requests?.succeeded],
  ['duplicates', '', null, (r) => r.requests?.duplicates],
  ['rejected', '', null, (r) => r.requests?.rejected],
  ['failed', '', 'less', (r) => r.requests?.failed],
  ['transportErrors', '', 'less', (r) => r.requests?.transportErrors],
  ['acceptedPerSecond', '/s', 'more', (r) => r.throughput?.acceptedPerSecond],
  ['completedPerSecond', '/s', 'more', (r) => r.throughput?.completedPerSecond],
  ['responseP50', 'ms', 'less', (r) => r.latency?.p50],
  ['responseP90', 'ms', 'less', (r) => r.latency?.p90],
  ['responseP99', 'ms', 'less', (r) => r.latency?.p99],
  ['responseMax', 'ms', 'less', (r) => r.latency?.max],
  ['serviceP99', 'ms', 'less', (r) => r.serviceLatency?.p99],
  ['sagaP50', 'ms', 'less', (r) => r.sagaLatency?.p50],
  ['sagaP99', 'ms', 'less', (r) => r.sagaLatency?.p99],
];

// The one that is better than all others; none when two are as good.
export function bestOf(values: (number | null)[], better: Better): number | null {
  if (!better) return null;
  const known = values.filter((v): v is number => v !== null);
  if (known.length < 2) return null;
  const best = better === 'more' ? Math.max(...known) : Math.min(...known);
  return known.filter((v) => v === best).length === 1 ? values.indexOf(best) : null;
}

export function figuresOf(reports: Report[]): Figure[] {
  return wanted.map(([name, unit, better, read]) => {
    const values = reports.map((r) => read(r) ?? null);
    return { name, unit, values, best: bestOf(values, better) };
  }).filter((f) => f.values.some((v) => v !== null));
}
