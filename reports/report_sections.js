// The sections of the report. Each function takes the result and returns an element, or null when it has no content.

const withText = (name, attributes, text) => h(name, attributes, text === null || text === undefined ? '' : String(text));
const rowsOf = list => Array.isArray(list) ? list : [];
const section = (title, note, ...content) => h('section', null, h('h2', null, title), note ? h('p', {class: 'note'}, note) : null, ...content);

function table(columns, rows) {
  const side = column => column.startsWith('#') ? 'number' : null;
  const name = columns.map(c => c.replace('#', '')).filter(Boolean).join(', ');
  return h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name}, h('table', null,
    h('thead', null, h('tr', null, columns.map(c => withText('th', {class: side(c)}, c.replace('#', ''))))),
    h('tbody', null, rows.map(row => h('tr', null, row.map((cell, i) => h('td', {class: side(columns[i])}, cell instanceof Node ? cell : String(cell ?? ''))))))));
}
const badge = ruling => withText('span', {class: 'badge ' + ruling}, ruling);

function head(r) {
  const titles = {loadtest: `Load test ${r.run}`, analysis: `Analysis of ${r.database ?? 'a database'}`, rehearsal: `Rehearsal of ${r.saga}`, verify: `Verification of ${r.database ?? 'a database'}`};
  const facts = [r.scenario, r.scenario && (r.openLoop ? 'open loop' : 'closed loop'), r.measuredMs && time(r.measuredMs),
    (r.startedAt ?? r.takenAt ?? '').replace('T', ' ').replace(/\.\d+Z$/, ' UTC'), r.interrupted && 'interrupted'].filter(Boolean);
  return h('div', {class: 'head'}, h('div', null, withText('h1', null, titles[r.kind] ?? 'Result'), withText('p', {class: 'soft'}, facts.join(' · '))),
    r.verdict ? endOf(r) : null);
}

// What the exit code says, and the thresholds that were not met.
function endOf(r) {
  const of = ruling => rowsOf(r.thresholds).filter(t => t.verdict === ruling).length, missed = of('FAIL'), undecided = of('UNKNOWN');
  const note = missed ? `${count(missed)} of ${count(r.thresholds.length)} thresholds missed` : undecided ? `${count(undecided)} of ${count(r.thresholds.length)} thresholds undecided` : null;
  const [colour, word] = {0: ['PASS', 'PASS'], 1: ['FAIL', 'FAIL'], 2: ['UNKNOWN', 'UNKNOWN'], 3: ['FAIL', 'THRESHOLD MISSED'], 130: ['UNKNOWN', 'INTERRUPTED']}[r.exitCode] ?? [r.verdict, r.verdict];
  return h('div', {class: 'end'}, withText('span', {class: 'badge ' + colour}, word), note ? withText('p', {class: 'soft'}, note) : null);
}

// The columns of a row as pairs, with line breaks only between pairs.
function members(row) {
  const {table: name, ...rest} = row;
  const shown = v => v === null ? 'none' : typeof v === 'string' ? v : JSON.stringify(v);
  return Object.entries(rest).map(([k, v]) => h('span', {class: 'pair'}, withText('span', {class: 'soft'}, k + ' '), withText('span', {class: 'mono'}, shown(v)), ' '));
}

// The order that a witness is about, if it names one.
function orderOf(w) {
  for (const row of rowsOf(w.rows)) {
    if (row.table?.startsWith('sql.')) return undefined;  // of another system
    if (row.table === 'orders' || row.table === 'saga_instances') return row.id;
    if (row.orderId) return row.orderId;
  }
  return rowsOf(w.requests).find(q => q.orderId && q.correlationId)?.orderId;
}

function witness(w, reason) {
  if (!w) return null;
  const [found, ...expected] = rowsOf(w.why), order = orderOf(w);
  const facts = expected.map(text => ['expected', text]);
  if (found && expected.length && !reason.startsWith(found)) facts.push(['found', found]);
  for (const row of rowsOf(w.rows)) facts.push([row.table ?? 'row', members(row)]);
  for (const request of rowsOf(w.requests)) facts.push(['request', members(request)]);
  for (const fault of rowsOf(w.faults)) facts.push(['fault', fault]);
  if (rowsOf(w.nodes).length) facts.push(['nodes', w.nodes.join(', ')]);
  const more = rowsOf(w.more);
  if (more.length) facts.push(['also', h('details', null, withText('summary', null, count(more.length) + ' more'), h('ul', null, more.map(text => withText('li', null, text))))]);
  if (order) facts.push(['see also', withText('code', null, 'sagactl trace ' + order)]);
  return h('dl', {class: 'witness'}, facts.map(([name, what]) => [h('dt', null, name), h('dd', null, what)]));
}

// What a verdict means, for those who were sent the page.
function meaning(v) {
  const text = explanations[v.name];
  return text ? h('details', {class: 'meaning'}, withText('summary', null, 'What it means'), withText('p', null, text)) : null;
}

function verdicts(r) {
  const weight = v => v.verdict === 'FAIL' ? 0 : v.verdict === 'UNKNOWN' && v.counted ? 1 : v.counted ? 2 : 3;
  const sorted = rowsOf(r.verdicts).map(v => ({counted: true, ...v})).sort((a, b) => weight(a) - weight(b));
  return h('div', {class: 'verdicts'}, sorted.map(v => h('div', {class: 'verdict is-' + (v.counted ? v.verdict : 'aside')},
    h('header', null, withText('strong', null, v.name), v.counted ? badge(v.verdict) : h('span', {class: 'badge aside'}, 'does not apply')),
    withText('p', null, v.reason.replace(/^does not apply: /, '')), witness(v.witness, v.reason), meaning(v))));
}

function answers(r) {
  if (!rowsOf(r.answers).length) return null;
  const targets = rowsOf(r.answersByTarget), differ = targets.length > 1 && targets.some(t => t.answered < t.requests);
  return section('Answers', 'Each status and each failure, with the beginning of its first answer.',
    table(['', '#count', 'outcome', 'first answer'], r.answers.map(a => [a.text, count(a.count), a.outcome, withText('code', null, a.first)])),
    endpoints(r),
    differ ? table(['Target', '#requests', '#answered', '#never sent'], targets.map(t => [t.target, count(t.requests), count(t.answered), count(t.unreached)])) : null);
}

// Also of a single one: its latency and its errors stand beside its answers.
function endpoints(r) {
  const answers = e => rowsOf(e.answers).map(a => `${a.text} × ${count(a.count)}`).join(', ');
  return rowsOf(r.endpoints).length ? table(['Endpoint', '#requests', '#errors', '#p50', '#p99', '#max', 'answers'], r.endpoints.map(e =>
    [`${e.method} ${e.path} ${e.target}`.trim(), count(e.requests), count(e.errors), time(e.latency.p50), time(e.latency.p99), time(e.latency.max), answers(e)])) : null;
}

function agents(r) {
  const list = rowsOf(r.agents), lost = list.filter(a => a.lost), some = (member, cell) => r.requests?.[member] ? [cell] : [];
  if (!list.length) return null;
  const clock = a => `${a.clockDifferenceMs < 0 ? '−' : '+'}${time(Math.abs(a.clockDifferenceMs))}, known to ${time(a.clockUncertaintyMs)}`;
  return section('Agents', `The machines that sent the load together, each at its planned times; all times are by the clock of the one that led.${lost.length ? ' An agent was lost: what it may have sent, and nothing is known of, counts as indeterminate.' : ''}`,
    table(['Agent', 'host', '#sent', '#accepted', ...some('repeated', '#repeated'), '#duplicates', ...some('refusedAsAsked', '#refused as asked'), '#p50', '#p99', '#max', 'clock', 'end'], list.map(a =>
      [a.agent, a.host, count(a.requests.sent), count(a.requests.succeeded), ...some('repeated', count(a.requests.repeated)), count(a.requests.duplicates), ...some('refusedAsAsked', count(a.requests.refusedAsAsked)), time(a.latency.p50), time(a.latency.p99), time(a.latency.max), clock(a),
        a.lost ? `lost after ${time(a.lost.afterMs)}, ${count(a.lost.unknown)} requests unknown: ${a.lost.reason}` : 'finished'])));
}

function journeys(r) {
  const j = r.journeys;
  if (!j) return null;
  return section('Journeys', `${count(j.completed)} of ${count(j.started)} complete; p50 ${time(j.time.p50)}, p99 ${time(j.time.p99)}, max ${time(j.time.max)}, pauses included. Latencies of the steps count from when they were due.`,
    table(['Step', '#requests', '#unexpected', '#not in time', '#no answer', '#p50', '#p99', '#max'], j.steps.map(it =>
      [it.step, count(it.sent), count(it.unexpected + it.noValue), count(it.notInTime), count(it.unanswered), time(it.latency.p50), time(it.latency.p99), time(it.latency.max)])));
}

function thresholds(r) {
  if (!rowsOf(r.thresholds).length) return null;
  return section('Thresholds', null, table(['', 'Threshold', ''],
    r.thresholds.map(t => [badge(t.verdict), withText('code', null, t.threshold), t.reason])));
}

function tiles(r) {
  const {requests: q, sagas: g, latency: l, sagaLatency: d, throughput: t} = r, list = [];
  const add = (value, name, more) => list.push(h('div', {class: 'tile'}, withText('b', null, value), withText('span', null, name), more ? withText('span', {class: 'faint'}, more) : null));
  if (t?.acceptedPerSecond != null) add(count(t.acceptedPerSecond) + '/s', 'orders accepted', q && `${count(q.succeeded)} of ${count(q.sent)} requests`);
  if (t?.completedPerSecond != null) add(count(t.completedPerSecond) + '/s', 'sagas completed', g && `${count(g.completed)} of ${count(g.started)} sagas`);
  if (l) add(time(l.p99), 'p99 latency', `p50 ${time(l.p50)}, max ${time(l.max)}`);
  if (d) add(time(d.p99), 'p99 of a saga', `p50 ${time(d.p50)}, max ${time(d.max)}`);
  if (q?.repeated) add(count(q.repeated), 'accepted again', 'repeated requests that were answered with the same order');
  if (q) add(count(q.duplicates), 'refused as duplicates');
  if (q?.refusedAsAsked) add(count(q.refusedAsAsked), 'refused as asked', 'orders that were meant to fail');
  if (q) add(count((q.rejected ?? 0) + (q.failed ?? 0) + (q.transportErrors ?? 0)), 'errors', `${count(q.rejected)} rejected, ${count(q.failed)} failed, ${count(q.transportErrors)} transport errors`);
  if (g) add(count(g.compensated), 'sagas compensated');
  if (g) add(count((g.failed ?? 0) + (g.unfinished ?? 0)), 'sagas failed or unfinished', `${count(g.failed)} failed, ${count(g.unfinished)} unfinished`);
  return list.length ? h('div', {class: 'tiles'}, list) : null;
}

function rate(r) {
  if (!rowsOf(r.timeline).length) return null;
  const of = member => r.timeline.map(second => second[member] ?? 0), g = r.generator;
  const health = g && r.openLoop ? ` The generator's lateness: p50 ${time(g.lateness?.p50)}, p99 ${time(g.lateness?.p99)}, max ${time(g.lateness?.max)}; ${count(g.skipped)} requests skipped; ${count(g.connections)} connections.` : '';
  return section('Planned and achieved rate', (r.openLoop ? 'Requests per second, compared with the schedule.' : 'A closed loop has no schedule: the next request is sent when one ends.') + health,
    overTime('Requests per second, planned and by outcome', 1, [
      {name: 'accepted', colour: 'one', values: of('accepted')}, ...(r.requests?.repeated ? [{name: 'accepted again', colour: 'four', values: of('repeated')}] : []),
      {name: 'refused as duplicates', colour: 'quiet', values: of('duplicates')},
      ...(r.requests?.refusedAsAsked ? [{name: 'refused as asked', colour: 'two', values: of('refusedAsAsked')}] : []),
      {name: 'errors', colour: 'bad', values: of('errors')}],
      r.openLoop ? [{name: 'planned', colour: 'text', values: of('planned'), dashed: true}] : [], 'since the start', faultSpans(r)));
}

function percentiles(r) {
  const curves = [['sagas, ' + r.sagaTimes, r.sagaCurve, 'three'], ['from the planned send', r.curve, 'one'], ['from the send', r.serviceCurve, 'two', '5 4']].filter(([, c]) => rowsOf(c).length);
  if (!curves.length) return null;
  const beyond = p => 1 / (1 - Math.min(p, 99.9999) / 100);
  const points = curves.flatMap(([, c]) => c.slice(0, -1)), most = Math.max(10, ...points.map(([p]) => beyond(p)));
  const values = curves.flatMap(([, c]) => c.map(([, ms]) => Math.max(ms, 0.01))), low = Math.min(...values), high = Math.max(...values, low * 2);
  const image = picture(270, 'Latency by percentile', (image, width, height) => {
    const y = a => logarithmic(low, high, a.bottom, a.top), x = a => logarithmic(1, most * 1.6, a.left, a.right);
    const marks = [0, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999].filter(p => beyond(p) <= most * 1.6);
    const area = frame(image, width, height, {left: 62,
      across: decades(low, high).map(v => ({text: time(v), at: a => y(a)(v)})),
      along: marks.map(p => ({text: p + ' %', at: a => x(a)(beyond(p))})), name: 'percentile, on a 1/(1−p) axis'});
    for (const [name, curve, colour, dashes] of curves) {
      const end = curve[curve.length - 1];
      image.append(s('path', {d: path(curve.slice(0, -1).map(([p, ms]) => [x(area)(beyond(p)), y(area)(ms)]).concat([[x(area)(most * 1.6), y(area)(end[1])]])), fill: 'none', stroke: `var(--${colour})`, 'stroke-width': 2.2, 'stroke-linejoin': 'round', 'stroke-dasharray': dashes}));
      for (const [p, ms] of curve) image.append(s('circle', {cx: p === 100 ? area.right : x(area)(beyond(p)), cy: y(area)(ms), r: 6, fill: 'transparent'}, s('title', null, `${name}\n${p === 100 ? 'max' : trimmed(p, 6) + ' %'}: ${time(ms)}`)));
    }
  });
  const figures = [['From the planned send', r.latency], ['From the send', r.serviceLatency], ['Sagas, ' + r.sagaTimes, r.sagaLatency]]
    .concat(rowsOf(r.stepLatency).filter(t => t.succeeded).map(t => ['Step ' + t.step, t])).filter(([, l]) => l);
  const shown = (l, member) => time(l[member]) + (rowsOf(l.tooFewSamplesFor).includes(member) ? ' ?' : '');
  return section('Latency', (r.latency && r.openLoop ? 'Response times count from the planned send, so a stall shows in every request that it delayed. ' : '') + 'A question mark means too few samples for this percentile.',
    image, legend(...curves.map(([name, , colour, dashes]) => [name, colour, dashes ? 'dashed' : 'line'])),
    table(['', '#p50', '#p90', '#p99', '#p99.9', '#max', '#samples'], figures.map(([name, l]) => [name, ...['p50', 'p90', 'p99', 'p999', 'max'].map(m => shown(l, m)), count(l.samples)])));
}

function heat(r) {
  const m = r.heatMap;
  if (!m || !m.columns || m.columns < 2) return null;
  const top = Math.max(...m.cells.map(([, , n]) => n)), least = Math.min(...m.cells.map(([, row]) => row)), rows = m.rows.length;
  return section('Latency over time', 'Each cell shows how many of the requests planned at that time took that long; a stronger colour means more.',
    picture(Math.max(130, (rows - least) * 15 + 46), 'Heat map of response times over time', (image, width, height) => {
      const total = m.columns * m.columnMs / 1000;
      const y = a => linear(least, rows, a.bottom, a.top), row = a => y(a)(0) - y(a)(1);
      const area = frame(image, width, height, {left: 62,
        across: m.rows.map((bound, i) => ({text: time(bound), at: a => y(a)(i + 1), shown: i >= least && (i - least) % 3 === 0})).filter(t => t.shown),
        along: along(steps(total, Math.max(3, width / 110)), total, v => trimmed(v, 4) + ' s'), name: 'since the start'});
      const x = linear(0, m.columns, area.left, area.right);
      shadeFaults(image, area, linear(0, total, area.left, area.right), total, faultSpans(r));
      for (const [column, i, n] of m.cells) image.append(s('rect', {x: x(column), width: x(1) - x(0) + 0.4, y: y(area)(i + 1), height: row(area) - 0.5,
        fill: `rgba(var(--heat), ${(0.12 + 0.88 * Math.log(1 + n) / Math.log(1 + top)).toFixed(3)})`}, s('title', null, `${trimmed(column * m.columnMs / 1000, 4)} s: ${count(n)} up to ${time(m.rows[i])}`)));
    }));
}

function nodes(r) {
  const list = rowsOf(r.distribution);
  if (!list.length) return null;
  const high = Math.max(0.01, ...list.map(n => n.interval95?.[1] ?? n.share)), bar = 30;
  const bars = picture(list.length * bar + 40, 'Share of the orders per node', (image, width, height) => {
    const widest = Math.min(140, Math.max(...list.map(n => n.node.length)) * 7.5 + 14);
    const area = frame(image, width, height, {left: widest, right: 20, across: [], along: along(steps(high, Math.max(3, width / 120)), high, v => trimmed(v * 100, 3) + ' %'), name: null});
    const x = linear(0, high, area.left, area.right), even = x(1 / list.length);
    list.forEach((n, i) => {
      const y = area.top + i * bar, middle = y + bar / 2 - 2, [from, to] = n.interval95 ?? [n.share, n.share];
      image.append(s('text', {class: 'strong', x: widest - 10, y: middle + 4, 'text-anchor': 'end'}, n.node),
        s('rect', {x: area.left, y: y + 4, width: Math.max(0, x(n.share) - area.left), height: bar - 12, rx: 3, fill: 'var(--one)'}, s('title', null, `${n.node}: ${count(n.orders)} orders, ${percent(n.share)}, 95 % between ${percent(from)} and ${percent(to)}`)),
        s('path', {d: `M${x(from)} ${middle}H${x(to)}M${x(from)} ${middle - 5}V${middle + 5}M${x(to)} ${middle - 5}V${middle + 5}`, stroke: 'var(--text)', 'stroke-width': 1.6, fill: 'none'}));
    });
    image.append(s('line', {x1: even, x2: even, y1: area.top, y2: area.bottom, stroke: 'var(--two)', 'stroke-width': 1.5, 'stroke-dasharray': '5 4'}));
  });
  const windows = r.nodeWindows, colours = ['one', 'two', 'three', 'four', 'quiet'];
  const over = rowsOf(windows?.windows).length > 1 ? [h('h3', null, 'Orders over time, per node'), overTime('Orders over time per node', windows.windowMs / 1000,
    windows.nodes.map((name, i) => ({name, colour: colours[i % colours.length], values: windows.windows.map(w => w.orders[i])})), [], 'since the first order')] : [];
  return section('Distribution over nodes', `By the node that each row names${r.evenness?.text ? ': ' + r.evenness.text : ''}.`, bars,
    legend(['share of the orders', 'one'], ['95 % interval', 'text', 'line'], ['even share', 'two', 'dashed']),
    table(['Node', '#Orders', '#Share', '#Sagas started', '#Steps completed', '#Share', '#Events', '#Share'], list.map(n => [n.node, count(n.orders), percent(n.share), count(n.sagas), count(n.steps), percent(n.stepShare ?? 0), count(n.events), percent(n.eventShare ?? 0)])), ...over.flat());
}

function sagas(r) {
  const bins = rowsOf(r.sagasOverTime?.bins);
  if (bins.length < 2) return null;
  const of = member => bins.map(b => b[member] ?? 0);
  return section('Sagas over time', `Outcomes of sagas in each ${time(r.sagasOverTime.binMs)}, by the database's clock, and how many were running.`,
    overTime('Saga states over time', r.sagasOverTime.binMs / 1000, [{name: 'completed', colour: 'four', values: of('completed')}, {name: 'compensated', colour: 'two', values: of('compensated')}, {name: 'failed', colour: 'bad', values: of('failed')}],
      [{name: 'running', colour: 'text', values: of('unfinished'), dashed: true}], 'since the first saga', faultSpansSince(r, bins[0].at)));
}

const outcomeColours = {created: 'one', repeated: 'four', duplicate: 'quiet', rejected: 'two', indeterminate: 'three', unreached: 'bad'};

function lanes(group) {
  const members = group.members.slice(0, 24), end = Math.max(1, ...members.map(m => Math.max(m.atUs, m.doneUs ?? 0))), lane = 17;
  const label = m => m.node.replace(/^https?:\/\//, ''), room = 14 + 6.6 * Math.max(...members.map(m => label(m).length));
  const image = picture(members.length * lane + 30, 'Lanes of a concurrent group', (image, width, height) => {
    const area = frame(image, width, height, {left: 4, right: Math.min(room, width / 2), top: 2, below: 24, across: [], along: along(steps(end, 3), end, v => time(v / 1000)), name: null});
    const x = linear(0, end, area.left, area.right);
    members.forEach((m, i) => {
      const y = area.top + i * lane, colour = `var(--${outcomeColours[m.outcome] ?? 'quiet'})`, done = m.doneUs ?? m.atUs;
      const title = s('title', null, `${m.outcome} on ${m.node}\nafter ${time(m.atUs / 1000)}, ${time(m.gapUs / 1000)} after the previous one${m.orderId ? '\norder ' + m.orderId : ''}${m.product ? '\n' + m.product : ''}`);
      image.append(m.doneUs === undefined ? s('circle', {cx: x(m.atUs), cy: y + lane / 2, r: 5, fill: colour}, title)
        : s('rect', {x: x(m.atUs), y: y + 2, width: Math.max(2, x(done) - x(m.atUs)), height: lane - 5, rx: 3, fill: colour}, title));
      image.append(s('text', {class: 'strong', x: x(done) + 9, y: y + lane / 2 + 4, 'pointer-events': 'none'}, label(m)));
    });
  });
  const wins = group.winner ? `won by ${group.winner.node}` : 'no winner';
  return h('div', null, withText('p', {class: 'group-name'}, [group.products || group.startedAt.slice(11, 26), group.depth && `${group.depth} at once`, wins].filter(Boolean).join(' · ')), image);
}

function groups(r) {
  const list = rowsOf(r.groups);
  if (!list.length) return null;
  const summary = r.groupSummary ?? {}, wins = Object.entries(summary.wins ?? {}).map(([node, n]) => `${node} ${count(n)}`).join(', ');
  const what = list[0].kind === 'requests' ? 'The requests of a group are sent together, for the same products. Each bar is a request from its send to its answer, by the client’s clock.' : `Orders within ${summary.windowMs ?? 100} ms of each other, by the database’s clock.`;
  const outcomes = [...new Set(list.flatMap(g => g.members.map(m => m.outcome)))];
  return section('Concurrent groups', `${what} ${count(summary.found ?? list.length)} groups; won: ${wins || 'none'}.`, h('div', {class: 'groups'}, list.slice(0, 9).map(lanes)),
    legend(...outcomes.map(o => [o, outcomeColours[o] ?? 'quiet'])));
}

function slowest(r) {
  if (!rowsOf(r.slowest).length) return null;
  const end = Math.max(1, ...r.slowest.map(t => t.tookUs)), colour = e => /Compensat|Cancel|Refund/.test(e) ? 'two' : /Failed/.test(e) ? 'bad' : /Completed|Confirmed|Processed/.test(e) ? 'four' : 'one';
  return section('Slowest sagas', 'All events of the ten slowest sagas, from their creation. Open a saga for the list.', r.slowest.map(t => h('details', {class: 'trace'},
    h('summary', null, withText('span', {class: 'mono'}, t.sagaId), ' ', withText('span', {class: 'soft'}, `${t.status} ${t.tookUs === 0 ? 'at once' : 'after ' + time(t.tookUs / 1000)}`),
      picture(22, `Events of saga ${t.sagaId}`, (image, width) => {
        const x = linear(0, end, 6, width - 6);
        image.append(s('line', {x1: x(0), x2: x(t.tookUs), y1: 11, y2: 11, stroke: 'var(--quiet)', 'stroke-width': 3, 'stroke-linecap': 'round'}),
          ...t.events.map(e => s('circle', {cx: x(e.atUs), cy: 11, r: 5, fill: `var(--${colour(e.event)})`, stroke: 'var(--card)'}, s('title', null, `${e.event}${e.step ? ' ' + e.step : ''}\n+${time(e.atUs / 1000)} on ${e.node}`))));
      })),
    table(['#After', 'Event', 'Step', 'Node'], t.events.map(e => [time(e.atUs / 1000), e.event, e.step ?? '', e.node])))));
}

function origin(r) {
  const m = r.machine ?? {}, facts = [['Command', r.command && withText('code', null, r.command)], ['Tags', Object.entries(r.tags ?? {}).map(([k, v]) => `${k}=${v}`).join(', ')], ['Seed', r.seed], ['Version', r.version && 'sagactl ' + r.version],
    ['Targets', rowsOf(r.targets).join(', ')], ['Database', r.database], ['Snapshot', r.takenAt], ['Ledger', r.ledger],
    ['Machine', [m.host, m.system, m.processor, m.cores && `${m.cores} cores`, m.memoryMb && `${(m.memoryMb / 1024).toFixed(1)} GB`].filter(Boolean).join(' · ')]];
  return section('About this run', null, h('dl', null, facts.filter(([, v]) => v !== undefined && v !== null && v !== '').map(([name, v]) => [h('dt', null, name), h('dd', null, v instanceof Node ? v : String(v))])));
}

const result = JSON.parse(document.getElementById('result').textContent);
document.title = `sagactl ${result.kind} ${result.run ?? ''} ${result.verdict ?? ''}`.replace(/\s+/g, ' ').trim();
document.getElementById('report').replaceChildren(...[head, verdicts, thresholds, answers, agents, journeys, tiles, faults, rate, percentiles, heat, nodes, sagas, groups, slowest, origin].map(part => part(result)).filter(Boolean));
