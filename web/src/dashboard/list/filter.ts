// What the list is filtered by. The page's address has the same names as GET /sagas, and `within`, a time before now,
// which becomes `since` when the node is asked.

export const filterNames = [
  'status', 'definition', 'version', 'step', 'failedStep', 'participant', 'error', 'errorLike', 'key', 'text', 'id', 'node', 'since', 'until', 'within', 'olderThan', 'stuck', 'retriesOver',
] as const;
export type FilterName = (typeof filterNames)[number];

const isFilter = (name: string): boolean => (filterNames as readonly string[]).includes(name) || name.startsWith('input.');

export interface Part { name: string; value: string }

// The parts of an address that filter, each value of its own; statuses may be separated by commas.
export function partsOf(query: URLSearchParams): Part[] {
  const parts: Part[] = [];
  for (const [name, value] of query) {
    if (!isFilter(name) || !value) continue;
    if (name === 'status') for (const one of value.split(',')) parts.push({ name, value: one });
    else parts.push({ name, value });
  }
  return parts;
}

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

// The time a length such as 15m before `now`, at a whole minute, so that the same filter is the same text for a while.
export function sinceOf(within: string, now: Date): string | null {
  const [, n, unit] = /^(\d+)([smh])$/.exec(within) ?? [];
  if (!n || !unit) return null;
  const at = now.getTime() - Number(n) * units[unit]!;
  return new Date(Math.floor(at / 60_000) * 60_000).toISOString();
}

// The filter as GET /sagas and POST /bulk take it.
export function nodeFilter(query: URLSearchParams, now: Date): string {
  const out = new URLSearchParams();
  for (const { name, value } of partsOf(query)) {
    if (name === 'within') {
      const since = sinceOf(value, now);
      if (since) out.append('since', since);
    } else {
      out.append(name, value);
    }
  }
  return out.toString();
}

export const hasFilter = (query: URLSearchParams): boolean => partsOf(query).length > 0;

// The same address with a part changed: no values remove it. Another filter begins at the first page again.
export function withPart(query: URLSearchParams, name: string, values: string[]): URLSearchParams {
  const out = new URLSearchParams();
  for (const [other, value] of query) if (other !== name && other !== 'cursor') out.append(other, value);
  for (const value of values) if (value) out.append(name, value);
  return out;
}

export function withoutPart(query: URLSearchParams, part: Part): URLSearchParams {
  const left = partsOf(query).filter((p) => p.name === part.name && p.value !== part.value);
  return withPart(query, part.name, left.map((p) => p.value));
}

export function withoutFilter(query: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams();
  for (const [name, value] of query) if (!isFilter(name) && name !== 'cursor') out.append(name, value);
  return out;
}

export const pageSizes = [10, 25, 50, 100];

export function pageSize(query: URLSearchParams): number {
  const n = Number(query.get('limit'));
  return pageSizes.includes(n) ? n : 25;
}

// Between the value of <input type="datetime-local">, in the browser's zone, and a time in UTC.
export function toLocalInput(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocalInput(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
