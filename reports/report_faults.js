// The faults of a run: shaded spans behind what is drawn over time, and their section.

// `start`: the time of the left edge, in milliseconds since the start of the load.
function faultSpans(r, start = 0) {
  return rowsOf(r.faults).map((f, i) => ({number: i + 1, fault: f.fault, outcome: f.outcome, from: (f.fromMs - start) / 1000, to: (f.toMs - start) / 1000, effectTo: (f.effectToMs - start) / 1000, begun: f.fromMs !== null && f.fromMs !== undefined})).filter(span => span.begun);
}
// Of a chart whose left edge is at a time of day.
const faultSpansSince = (r, at) => {
  const first = rowsOf(r.faults).find(f => f.beganAt);
  return first ? faultSpans(r, first.fromMs - (Date.parse(first.beganAt) - Date.parse(at))) : [];
};

// Behind everything else. `x` maps seconds; `total` is the right edge in seconds.
function shadeFaults(image, area, x, total, spans) {
  const inside = s => Math.min(Math.max(s, 0), total);
  for (const span of spans) {
    if (span.effectTo < 0 || span.from > total) continue;
    const from = x(inside(span.from)), to = x(inside(span.to)), effectTo = x(inside(span.effectTo)), height = area.bottom - area.top;
    const title = () => s('title', null, `${span.number}: ${span.fault}\n${span.outcome}`);
    if (effectTo > to) image.append(s('rect', {class: 'fault-effect', x: to, width: effectTo - to, y: area.top, height}, title()));
    image.append(s('rect', {class: 'fault', x: from, width: Math.max(2, to - from), y: area.top, height}, title()),
      s('text', {class: 'fault-number', x: from + 3, y: area.top + 11 + 13 * ((span.number - 1) % 3)}, span.number));
  }
}

const faultLegend = spans => spans.length ? h('div', {class: 'legend'}, h('span', null, h('i', {class: 'fault-key'}), 'a fault'), h('span', null, h('i', {class: 'fault-effect-key'}), 'until the load was as before'),
  spans.map(span => h('span', null, withText('b', null, span.number), ' ' + span.fault))) : null;

function faults(r) {
  const list = rowsOf(r.faults);
  if (!list.length) return null;
  const at = f => f.fromMs === null || f.fromMs === undefined ? 'never' : f.toMs > f.fromMs ? `${time(f.fromMs)} to ${time(f.toMs)}` : time(f.fromMs);
  const three = (f, shown) => ['before', 'during', 'after'].map(part => f[part] ? shown(f[part]) : '–').join(' / ');
  const ends = g => g ? `${count(g.started)}: ` + (['completed', 'compensated', 'failed', 'unfinished'].filter(end => g[end]).map(end => `${count(g[end])} ${end}`).join(', ') || 'none') : '–';
  const what = f => h('div', {class: 'fault-cell'}, withText('code', null, (f.by === 'proxy' ? 'proxy: ' : '') + f.fault), h('div', {class: 'soft'}, f.done ? null : [badge('UNKNOWN'), ' not done as asked: '], `${at(f)}: ${f.outcome}`));
  return section('Faults', 'What was done to the system, and what was under way from then on until the load was as before. Good requests per second and p99 are before / during / after. A fault explains an error; it excuses no loss: the verdicts are the same as without.',
    table(['#', 'Fault', '#Requests', '#No answer', 'Sagas', '#Good/s', '#p99', 'Recovery'], list.map((f, i) =>
      [i + 1, what(f), count(f.requests?.requests), f.requests ? count(f.requests.indeterminate + f.requests.unreached) : '–', ends(f.sagas), three(f, w => count(w.goodPerSecond)), three(f, w => time(w.p99)), f.recovery])),
    list.filter(f => rowsOf(f.hurt).length).map(f => h('details', null, withText('summary', null, `${list.indexOf(f) + 1}: requests that were neither accepted, nor answered as duplicates, nor refused as asked${f.hurt.length >= 100 ? ' (the first 100)' : ''}`),
      table(['#Operation', 'Key', 'Outcome', 'Why', 'Order'], f.hurt.map(it => [it.operation, withText('code', null, it.key), it.outcome, it.status || it.failure, it.order])))));
}
