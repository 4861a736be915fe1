// Requests to the node that served the page. Errors are problem documents (RFC 9457): `detail` says what was wrong.

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly correlationId: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }
}

// The node did not answer.
export const unreachable = 0;

async function problemOf(answer: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await answer.json()) as Record<string, unknown>;
  } catch {
    // A proxy's page, or nothing: its status has to do.
  }
  const text = (name: string): string => (typeof body[name] === 'string' ? (body[name] as string) : '');
  const correlationId = answer.headers.get('X-Correlation-ID') ?? text('correlationId');
  return new Problem(answer.status, text('title') || answer.statusText || String(answer.status), text('detail') || text('message'), correlationId, body);
}

export interface Answer<T> {
  body: T;
  status: number;
  etag: string | null;
}

export interface RequestOptions {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  guest?: boolean; // without the browser's session: as anybody who may shop without an account
}

// The node's time, by the header Date of its answers: this machine's clock may be wrong. It has whole seconds, so that
// only more than two of them are a difference.
let ahead = 0;
export const nodeNow = (): number => Date.now() + ahead;

function readClock(answer: Response): void {
  const at = Date.parse(answer.headers.get('Date') ?? '');
  if (!Number.isNaN(at)) ahead = Math.abs(at - Date.now()) > 2000 ? at - Date.now() : 0;
}

// What is done when the node says that nobody is logged in.
let loggedOut: () => void = () => undefined;
export const whenLoggedOut = (act: () => void): void => void (loggedOut = act);

// A request with the browser's session. The header tells the node that a page of its own asks: no other site can set it.
export const ownPage = { 'X-Sagactl-Page': '1' };

export async function request<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const { method = 'GET', body, headers = {}, signal, guest = false } = options;
  const init: RequestInit = {
    method,
    credentials: guest ? 'omit' : 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(guest ? {} : ownPage),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  };
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(unreachable, 'unreachable', '', '');
  }
  readClock(answer);
  if (answer.status === 401) loggedOut();
  if (!answer.ok) throw await problemOf(answer);
  const text = await answer.text();
  try {
    return { body: (text ? JSON.parse(text) : null) as T, status: answer.status, etag: answer.headers.get('ETag') };
  } catch {
    throw new Problem(answer.status, 'not JSON', text.slice(0, 200), answer.headers.get('X-Correlation-ID') ?? '');
  }
}

export const get = async <T,>(path: string, signal?: AbortSignal): Promise<T> => (await request<T>(path, signal ? { signal } : {})).body;

export const post = async <T,>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> =>
  (await request<T>(path, { method: 'POST', body, ...(headers ? { headers } : {}) })).body;
