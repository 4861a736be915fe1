// A hotel that takes part in sagas: node hotel.mjs PORT FILE. Node.js 18 or later.
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

// The file has a line for each call: its key, the answer, and the booking that was made. So one write holds the key and
// the effect, as one transaction does in a database. Nothing awaits between looking a key up and storing it, so no two
// calls interleave: with an `await` in between, take a lock.
export class Hotel {
  keysKept = 30 * 86_400; // seconds; longer than any call is repeated
  moved = 0; // seconds by which a rehearsal has moved the clock
  calls = new Map(); // by key, oldest first
  bookings = new Map(); // by id
  lastId = 0;

  constructor(file) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const line of whole.split('\n')) if (line) this.apply(JSON.parse(line));
    if (whole !== text) truncateSync(file, Buffer.byteLength(whole)); // the last line, cut short by a crash
    this.file = openSync(file, 'a');
  }

  // Acts and stores the answer. Called again with the same key it gives the stored answer.
  once(key, act) {
    if (!key) return [400, { reason: 'the header Idempotency-Key is missing' }];
    return this.answerTo(key) ?? this.commit({ key, ...act() });
  }

  // Undoes the call with that key, and from then on refuses it: also when it has not come yet.
  undo(key) {
    this.commit({ key, status: 409, answer: { reason: 'this call was undone' } });
    return [200, {}];
  }

  answerTo(key) {
    const call = this.calls.get(key);
    return call && call.at >= this.now() - this.keysKept ? [call.status, call.answer] : undefined;
  }

  // Durable before it is answered. A write that fails ends the process, since only a part may have been written.
  commit(call) {
    call.at = this.now();
    appendFileSync(this.file, JSON.stringify(call) + '\n');
    fsyncSync(this.file);
    this.apply(call);
    return [call.status, call.answer];
  }

  apply({ key, at, status, answer, booking }) {
    this.calls.delete(key);
    this.calls.set(key, { at, status, answer });
    for (const [old, call] of this.calls) {
      if (call.at >= at - this.keysKept) break;
      this.calls.delete(old);
    }
    if (booking) this.bookings.set((this.lastId = answer.id), { key, ...booking });
    if (status === 409) for (const [id, it] of this.bookings) if (it.key === key) this.bookings.delete(id);
  }

  now() {
    return Date.now() / 1000 + this.moved;
  }

  book(saga, { guest, nights }) {
    if (typeof guest !== 'string' || !Number.isInteger(nights)) throw new TypeError('guest or nights is missing');
    if (nights > 30) return { status: 422, answer: { reason: 'at most 30 nights' } };
    return { status: 201, answer: { id: this.lastId + 1 }, booking: { saga, guest, nights } };
  }

  total(saga) {
    return [...this.bookings.values()].filter((it) => it.saga === saga).length;
  }

  handle(method, [place, id], query, headers, body) {
    const key = (headers['idempotency-key'] ?? '').replaceAll('"', '');
    if (method === 'POST' && place === 'bookings') return this.once(key, () => this.book(headers['saga-id'], body));
    if (method === 'DELETE' && place === 'bookings' && id) return this.undo(id);
    if (method === 'GET' && place === 'bookings') return [200, { total: this.total(query.get('saga')) }];
    if (method === 'POST' && place === 'clock') {
      this.moved += body.seconds; // for rehearsals alone: leave it out of a service that others can reach
      return [200, {}];
    }
    return [400, { reason: 'no such path' }]; // not 404: to an undo that means that there was nothing to undo
  }
}

// Answers requests on the loopback address until the process ends.
export function serve(hotel, port) {
  createServer(async (request, response) => {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    let answer;
    try {
      const url = new URL(request.url, 'http://hotel');
      const path = url.pathname.slice(1).split('/').map(decodeURIComponent);
      answer = hotel.handle(request.method, path, url.searchParams, request.headers, JSON.parse(text || '{}'));
    } catch (wrong) {
      if (wrong.syscall) throw wrong; // of the file
      answer = [400, { reason: `the request is not understood: ${wrong.message}` }];
    }
    response.writeHead(answer[0], { 'Content-Type': 'application/json' }).end(JSON.stringify(answer[1]));
  }).listen(port, '127.0.0.1');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) serve(new Hotel(process.argv[3]), Number(process.argv[2]));
