// Elements, scales and axes. Text is only inserted as text nodes, so nothing in a result can become markup.

const svgSpace = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) node.setAttribute(name, value);
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) node.append(child);
  return node;
}
const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const s = (name, attributes, ...children) => fill(document.createElementNS(svgSpace, name), attributes, children);

const count = n => n === null || n === undefined ? '–' : Math.round(n).toLocaleString('en');
const trimmed = (n, digits) => String(Number(n.toPrecision(digits)));
function time(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms >= 120000) return trimmed(ms / 60000, 3) + ' min';
  if (ms >= 1000) return trimmed(ms / 1000, 3) + ' s';
  if (ms >= 1 || ms === 0) return trimmed(ms, 3) + ' ms';
  return trimmed(ms * 1000, 3) + ' µs';
}
const percent = share => (share * 100).toFixed(1) + ' %';

const linear = (from, to, low, high) => v => low + (v - from) / (to - from || 1) * (high - low);
const logarithmic = (from, to, low, high) => {
  const scale = linear(Math.log(from), Math.log(to), low, high);
  return v => scale(Math.log(Math.max(v, from)));
};
function steps(max, wanted) {
  const rough = (max || 1) / wanted, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(f => f * power).find(f => f >= rough);
  const list = [];
  for (let v = 0; v <= max + step * 1e-9; v += step) list.push(v);
  return list;
}
function decades(from, to) {
  if (to < from * 6) return steps(to, 4).filter(v => v >= from);
  const list = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); ++power)
    for (const f of [1, 2, 5]) list.push(f * 10 ** power);
  const inside = list.filter(v => v >= from * 0.999 && v <= to * 1.001);
  return inside.length > 7 ? inside.filter(v => Math.abs(Math.log10(v) % 1) < 1e-6) : inside;
}

// A figure that draws itself at its available width, and again when the width changes.
function picture(height, label, draw) {
  const figure = h('figure');
  let drawn = 0;
  const redraw = () => {
    const width = Math.round(figure.clientWidth);
    if (!width || width === drawn) return;
    drawn = width;
    const image = s('svg', {viewBox: `0 0 ${width} ${height}`, height, role: 'img', 'aria-label': label});
    draw(image, width, height);
    figure.replaceChildren(image);
  };
  // Not inside the callback itself: the redraw changes the height, which would trigger another observation.
  new ResizeObserver(() => requestAnimationFrame(redraw)).observe(figure);
  return figure;
}

// Draws the two axes and returns the inner area.
function frame(image, width, height, options) {
  const area = {left: options.left ?? 52, right: width - (options.right ?? 10), top: options.top ?? 10, bottom: height - (options.below ?? 34)};
  for (const {at, text} of options.across) {
    image.append(s('line', {class: 'grid', x1: area.left, x2: area.right, y1: at(area), y2: at(area)}),
      s('text', {x: area.left - 8, y: at(area) + 4, 'text-anchor': 'end'}, text));
  }
  image.append(s('line', {class: 'axis', x1: area.left, x2: area.right, y1: area.bottom, y2: area.bottom}));
  let last = -Infinity;
  for (const {at, text} of options.along) {
    const x = at(area);
    if (x - last < text.length * 7 + 8) continue;
    last = x;
    image.append(s('line', {class: 'axis', x1: x, x2: x, y1: area.bottom, y2: area.bottom + 4}),
      s('text', {x, y: area.bottom + 17, 'text-anchor': x > area.right - 14 ? 'end' : x < 14 ? 'start' : 'middle'}, text));
  }
  if (options.name) image.append(s('text', {x: area.right, y: height - 3, 'text-anchor': 'end'}, options.name));
  return area;
}
const across = (values, max, text) => values.map(v => ({text: text(v), at: a => linear(0, max || 1, a.bottom, a.top)(v)}));
const along = (values, max, text) => values.map(v => ({text: text(v), at: a => linear(0, max || 1, a.left, a.right)(v)}));
const path = points => points.map(([x, y], i) => (i ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1)).join('');

// Items are [name, colour, kind]; kind is 'dashed', 'line', or undefined for an area.
function legend(...items) {
  return h('div', {class: 'legend'}, items.map(([name, colour, kind]) => h('span', null,
    h('i', kind ? {class: kind, style: `border-color:var(--${colour})`} : {style: `background:var(--${colour})`}), name)));
}

// Stacked bars over time, with lines over them. `layers` and `lines`: [{name, colour, values, dashed}]; `spans` are
// faults, in seconds from the left edge.
function overTime(label, binSeconds, layers, lines, unit, spans = []) {
  const bins = Math.max(...layers.concat(lines).map(l => l.values.length));
  const stacked = Array.from({length: bins}, (_, i) => layers.reduce((sum, l) => sum + (l.values[i] || 0), 0));
  const max = Math.max(1, ...stacked, ...lines.flatMap(l => l.values)), total = bins * binSeconds;
  const image = picture(230, label, (image, width, height) => {
    const area = frame(image, width, height, {
      across: across(steps(max, 4), max, v => trimmed(v, 3)),
      along: along(steps(total, Math.max(3, width / 110)), total, v => trimmed(v, 4) + ' s'), name: unit});
    const x = linear(0, bins, area.left, area.right), y = linear(0, max, area.bottom, area.top);
    const gap = (x(1) - x(0)) > 4 ? 1 : 0;
    shadeFaults(image, area, seconds => x(seconds / binSeconds), total, spans);
    for (let i = 0; i < bins; ++i) {
      let below = 0;
      const title = [`${trimmed(i * binSeconds, 4)} s`].concat(layers.concat(lines).map(l => `${l.name}: ${count(l.values[i] || 0)}`)).join('\n');
      for (const layer of layers) {
        const value = layer.values[i] || 0;
        if (value) image.append(s('rect', {x: x(i) + gap / 2, width: Math.max(0.5, x(1) - x(0) - gap), y: y(below + value), height: y(below) - y(below + value), fill: `var(--${layer.colour})`}));
        below += value;
      }
      image.append(s('rect', {x: x(i), width: x(1) - x(0), y: area.top, height: area.bottom - area.top, fill: 'transparent'}, s('title', null, title)));
    }
    for (const line of lines) {
      const points = line.values.flatMap((v, i) => [[x(i), y(v)], [x(i + 1), y(v)]]);
      image.append(s('path', {d: path(points), fill: 'none', stroke: `var(--${line.colour})`, 'stroke-width': 2, 'stroke-dasharray': line.dashed ? '5 4' : null, 'pointer-events': 'none'}));
    }
  });
  return [image, legend(...layers.map(l => [l.name, l.colour]), ...lines.map(l => [l.name, l.colour, l.dashed ? 'dashed' : 'line'])), faultLegend(spans)].filter(Boolean);
}
