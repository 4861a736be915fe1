// A real node with sagas of every kind, for pages to show: participants that do as the input of a saga says, definitions
// over them, and orders.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

// Tries until something is true; a condition, not a time, decides.
export async function until(what, holds, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) {
    const value = await holds();
    if (value) return value;
  }
  throw new Error(`waited for: ${what}`);
}

// Answers calls as the mood in their body or query says: `declined` is refused while `isDeclining`, `stuck` fails to be
// undone, `lost` is never answered.
export async function startParticipant(port) {
  const state = { isDeclining: true, calls: 0 };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const url = new URL(request.url, 'http://participant');
    if (url.pathname.startsWith('/lra/')) return response.writeHead(200).end();
    const mood = (text ? JSON.parse(text).mood : null) ?? url.searchParams.get('mood') ?? '';
    const answer = (status, body) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    ++state.calls;
    if (request.method === 'DELETE') return mood === 'stuck' ? answer(400, { reason: 'the booking cannot be found' }) : answer(200, {});
    if (url.pathname === '/payments' && mood === 'stuck') return answer(422, { reason: 'the card has expired' });
    if (url.pathname === '/payments' && mood === 'declined' && state.isDeclining) return answer(422, { reason: `card declined: ${4000 + state.calls}` });
    if (mood === 'busy' && url.pathname === '/payments') return answer(503, { reason: 'too busy' });
    return answer(201, { id: state.calls });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { state, stop: () => { server.closeAllConnections(); server.close(); } };
}

const tripOf = (port) => ({
  saga: 'trip',
  input: { type: 'object', required: ['guest', 'mood'], properties: { guest: { type: 'string' }, mood: { type: 'string' } } },
  search: ['guest'],
  pivot: 'payment',
  participants: { hotel: { url: `http://127.0.0.1:${port}` }, air: { url: `http://127.0.0.1:${port}` }, payment: { url: `http://127.0.0.1:${port}` } },
  steps: [
    { name: 'hotel', call: { post: '{hotel}/bookings', body: { mood: '{input.mood}' } }, keep: { booking: '/id' }, undo: { delete: '{hotel}/bookings/{saga.step_key}?mood={input.mood}' } },
    { name: 'flight', after: [], call: { post: '{air}/seats', body: { guest: '{input.guest}' } }, keep: { seat: '/id' }, undo: { delete: '{air}/seats/{saga.step_key}' } },
    { name: 'payment', after: ['hotel', 'flight'], call: { post: '{payment}/payments', body: { mood: '{input.mood}' } }, keep: { charge: '/id' }, undo: { delete: '{payment}/payments/{saga.step_key}' } },
    { name: 'receipt', call: { post: '{payment}/receipts', body: { guest: '{input.guest}' } } },
  ],
  result: { booking: '{hotel.booking}' },
});

const leaveOf = (port) => ({
  saga: 'leave',
  input: { type: 'object', required: ['guest'], properties: { guest: { type: 'string' } } },
  participants: { calendar: { url: `http://127.0.0.1:${port}` } },
  steps: [
    { name: 'note', call: { post: '{calendar}/notes', body: { guest: '{input.guest}' } }, undo: { delete: '{calendar}/notes/{saga.step_key}' } },
    { name: 'approval', wait: { for: '24h' } },
    { name: 'entry', call: { post: '{calendar}/entries', body: { guest: '{input.guest}' } } },
  ],
});

export class World {
  constructor(sagactl, folder, port) {
    Object.assign(this, { sagactl, folder, port, base: `http://127.0.0.1:${port}`, data: join(folder, 'data'), nodes: [] });
  }

  async start(...flags) {
    const node = spawn(this.sagactl, ['serve', '--port', String(this.port), '--payment-delay', '1ms', '--payment-success', '0.5', ...flags], {
      env: { ...process.env, SAGACTL_DATA: this.data }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.log = '';
    node.stdout.on('data', (text) => (this.log += text));
    node.stderr.on('data', (text) => (this.log += text));
    this.node = node;
    await until('the node is ready', async () => {
      if (node.exitCode !== null) throw new Error(`the node ended: ${this.log}`);
      return (await fetch(`${this.base}/readyz`).catch(() => null))?.ok;
    });
    this.token = readFileSync(join(this.data, 'operator.token'), 'utf8').trim();
  }

  async stop() {
    this.node.kill('SIGTERM');
    await once(this.node, 'exit');
  }

  // As the CLI asks: with the operator's token.
  async ask(path, { method = 'GET', body, headers = {} } = {}) {
    const answer = await fetch(this.base + path, {
      method, headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async command(...words) {
    const child = spawn(this.sagactl, words, { env: { ...process.env, SAGACTL_DATA: this.data, SAGACTL_URL: this.base }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (out += text));
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`sagactl ${words.join(' ')}: exit code ${code}: ${out}`);
    return out.trim();
  }

  // The address that `sagactl open` would open.
  async address() {
    return /https?:\/\/\S+/.exec(await this.command('open', '--print', '--url', this.base))[0];
  }

  async saga(definition, key, input, wait = true) {
    return this.ask(`/sagas/definitions/${definition}/sagas`, { method: 'POST', body: input, headers: { 'Idempotency-Key': key, ...(wait ? { Prefer: 'wait=10' } : {}) } });
  }

  // As LRA's clients ask, who send no token: the text of the answer.
  async lra(method, path, headers = {}) {
    const answer = await fetch(`${this.base}/lra-coordinator${path}`, { method, headers: { Accept: 'text/plain', ...headers } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  // The saga of an LRA that is started, also in another, and joined by a participant.
  async startLra(participant, parent) {
    const id = await this.lra('POST', `/start?ClientID=pages${parent ? `&ParentLRA=${encodeURIComponent(`${this.base}/lra-coordinator/${parent}`)}` : ''}`);
    const saga = /lra-coordinator\/([^?]+)/.exec(id)[1];
    const link = (rel) => `<http://127.0.0.1:${this.port + 1}/lra/${participant}/${rel}>; rel="${rel}"`;
    await this.lra('PUT', `/${saga}`, { Link: ['compensate', 'complete', 'forget', 'after'].map(link).join(', ') });
    return saga;
  }

  // Sagas of every kind; their ids by what they are.
  async fill() {
    this.participant = await startParticipant(this.port + 1);
    await this.ask('/sagas/definitions/trip', { method: 'PUT', body: tripOf(this.port + 1) });
    await this.ask('/sagas/definitions/leave', { method: 'PUT', body: leaveOf(this.port + 1) });
    const ids = {};
    ids.completed = (await this.saga('trip', 'trip-ada', { guest: 'Ada', mood: 'fine' })).id;
    for (let i = 0; i < 5; ++i) ids.declined = (await this.saga('trip', `trip-declined-${i}`, { guest: `Guest ${i}`, mood: 'declined' })).id;
    ids.failed = (await this.saga('trip', 'trip-stuck', { guest: 'Stan', mood: 'stuck' })).id;
    ids.busy = (await this.saga('trip', 'trip-busy', { guest: 'Bea', mood: 'busy' }, false)).id;
    ids.waiting = (await this.saga('leave', 'leave-cid', { guest: 'Cid' }, false)).id;
    ids.cancelled = (await this.saga('leave', 'leave-dan', { guest: 'Dan' }, false)).id;
    ids.skipped = (await this.saga('leave', 'leave-eve', { guest: 'Eve' }, false)).id;
    ids.lra = await this.startLra('hotel');
    ids.nestedLra = await this.startLra('flight', ids.lra);
    await this.lra('PUT', `/${ids.nestedLra}/close`);
    ids.cancelledLra = await this.startLra('car');
    await this.lra('PUT', `/${ids.cancelledLra}/cancel`);
    for (let i = 0; i < 12; ++i) {
      const { id } = await this.ask('/orders', { method: 'POST', body: { items: [{ productId: `BOOK-${i}`, productName: `Book ${i}`, quantity: 1, price: 9.5 }], shippingAddress: 'Main Street 1' }, headers: { 'Idempotency-Key': `order-${i}` } }).then((o) => ({ id: o.orderId ?? o.order?.id ?? o.id }));
      ids.order = id;
    }
    await until('all orders have ended', async () => (await this.ask('/sagas?definition=OrderProcessingSaga&status=started&limit=1')).total === 0);
    this.ids = ids;
  }
}
