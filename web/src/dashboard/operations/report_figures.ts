// The figures of load tests that are compared, from results in the format of reports/loadtest.schema.json.

interface Latency { p50: number | null; p90: number | null; p99: number | null; max: number | null }

export interface Report {
  run?: string;
  scenario?: string;
  startedAt?: string;
  verdict?: string;
  verdicts?: { name: string; verdict: string; reason: string }[];
  requests?: { sent: number; succeeded: number; duplicates: number; rejected: number; failed: number; transportErrors: number };
  throughput?: { acceptedPerSecond: number | null; completedPerSecond: number | null } | null;
  latency?: Latency;
  serviceLatency?: Latency;
  sagaLatency?: Latency | null;
}

export interface Figure { name: string; unit: '' | 'ms' | '/s'; values: (number | null)[]; best: number | null }

type Better = 'more' | 'less' | null;

const wanted: [string, Figure['unit'], Better, (r: Report) => number | null | undefined][] = [
  ['requests sent', '', null, (r) => r.requests?.sent],
  ['accepted', '', null, (r) => r.requests?.succeeded],
  ['duplicates', '', null, (r) => r.requests?.duplicates],
  ['rejected', '', null, (r) => r.requests?.rejected],
  ['failed', '', 'less', (r) => r.requests?.failed],
  ['transport errors', '', 'less', (r) => r.requests?.transportErrors],
  ['accepted per second', '/s', 'more', (r) => r.throughput?.acceptedPerSecond],
  ['completed per second', '/s', 'more', (r) => r.throughput?.completedPerSecond],
  ['response time p50', 'ms', 'less', (r) => r.latency?.p50],
  ['response time p90', 'ms', 'less', (r) => r.latency?.p90],
  ['response time p99', 'ms', 'less', (r) => r.latency?.p99],
  ['response time max', 'ms', 'less', (r) => r.latency?.max],
  ['service time p99', 'ms', 'less', (r) => r.serviceLatency?.p99],
  ['saga time p50', 'ms', 'less', (r) => r.sagaLatency?.p50],
  ['saga time p99', 'ms', 'less', (r) => r.sagaLatency?.p99],
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
