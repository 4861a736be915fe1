// Numbers, times and ids as people read them. Times are shown in the browser's zone, and in UTC as the title.
import type { Language } from './language';

const locale: Record<Language, string> = { en: 'en-GB', ko: 'ko-KR' };
// In English dates are written year first, which nobody mistakes.
const dates: Record<Language, string> = { en: 'sv-SE', ko: 'ko-KR' };
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function made<T extends Intl.NumberFormat | Intl.DateTimeFormat>(name: string, make: () => T): T {
  let format = formats.get(name) as T | undefined;
  if (!format) formats.set(name, (format = make()));
  return format;
}

export const count = (n: number, language: Language): string =>
  made(`n${language}`, () => new Intl.NumberFormat(locale[language])).format(n);

// "1 saga", "1,204 sagas"; of a number as count() writes it.
export const counted = (n: string, one: string): string => `${n} ${one}${n === '1' ? '' : 's'}`;

export const percent = (ratio: number, language: Language): string =>
  made(`%${language}`, () => new Intl.NumberFormat(locale[language], { style: 'percent', maximumFractionDigits: 1 })).format(ratio);

export const shortId = (id: string): string => (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? id.slice(0, 18) : id.length > 18 ? `${id.slice(0, 17)}…` : id);

export function time(iso: string, language: Language, withMilliseconds = false): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return made(`t${language}${withMilliseconds}`, () => new Intl.DateTimeFormat(dates[language], {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    ...(withMilliseconds ? { fractionalSecondDigits: 3 as const } : {}),
  })).format(at);
}

// A length of time, with the two units that matter: 950 µs, 12.5 ms, 3.2 s, 4 min 10 s, 2 h 5 min, 3 d 4 h.
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  const sign = ms < 0 ? '-' : '';
  const v = Math.abs(ms);
  if (v === 0) return '0 ms';
  if (v < 1) return `${sign}${Math.round(v * 1000)} µs`;
  if (v < 1000) return `${sign}${v < 10 ? Number(v.toFixed(1)) : Math.round(v)} ms`;
  if (v < 59_950) return `${sign}${Number((v / 1000).toFixed(1))} s`;
  const s = Math.round(v / 1000);
  if (s < 3600) return sign + two(Math.floor(s / 60), 'min', s % 60, 's');
  const min = Math.round(s / 60);
  if (min < 1440) return sign + two(Math.floor(min / 60), 'h', min % 60, 'min');
  const h = Math.round(min / 60);
  return sign + two(Math.floor(h / 24), 'd', h % 24, 'h');
}

const two = (a: number, unitA: string, b: number, unitB: string): string => (b ? `${a} ${unitA} ${b} ${unitB}` : `${a} ${unitA}`);

// Characters that reverse what follows them are written as JSON may write them, so that the rest of a line stays in order.
export const json = (value: unknown): string =>
  (JSON.stringify(value, null, 2) ?? '').replace(/[\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
