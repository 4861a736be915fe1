// What the node answers, as GET /api-json describes it; only what the pages read.

export type SagaStatus = 'started' | 'completed' | 'failed' | 'compensating' | 'compensated';
export const sagaStatuses: SagaStatus[] = ['started', 'completed', 'failed', 'compensating', 'compensated'];

export type StepStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'compensating' | 'compensated';

export interface Step {
  name: string;
  status: StepStatus;
  attempt: number;
  tries: number;
  inDoubt: boolean;
  startedAt: string | null;
  endedAt: string | null;
  nodeId: string | null;
  error: string | null;
  kind?: 'command' | 'call' | 'wait' | 'sleep';
  after?: string[];
  participant?: string | null;
  kept?: Record<string, unknown> | null;
  waitsUntil?: string | null;
  part?: 'acts' | 'listens' | 'forgets'; // of an LRA
}

export interface LraParticipant { name: string; compensate: string | null; complete: string | null; after: string | null; nested: string | null; status: string; joinedAt: string; leftAt: string | null }
export interface Lra { id: string; status: string; parent: string | null; participants: LraParticipant[] }

export interface Item { productId: string; productName: string; quantity: number; price: number }

export interface Saga {
  id: string;
  sagaType: string;
  correlationId: string;
  status: SagaStatus;
  currentStep: string;
  completedSteps: string[];
  compensationSteps: string[];
  definition?: string;
  definitionVersion?: number;
  input?: unknown;
  key?: string | null;
  result?: unknown;
  currentSteps?: string[];
  lra?: Lra;
  data?: { items: Item[]; userId: string; orderId: string; totalAmount: number; shippingAddress: string };
  errorMessage: string | null;
  createdAt: string;
  updatedAt: string;
  steps: Step[];
  nodeId: string | null;
  requiresManualIntervention: boolean;
  nextTryAt: string | null;
  retryHistory: { retryAt: string; fromStep: string; by: string }[];
  version: number;
  traceId: string | null;
}

export interface SagaPage { sagas: Saga[]; total: number | null; nextCursor: string | null }

export interface Call {
  step: string;
  direction: 'do' | 'undo';
  attempt: number;
  try: number;
  isQuestion: boolean;
  request: { participant: string | null; method: string | null; url: string | null; command: string | null; body: unknown } | null;
  outcome: 'done' | 'refused' | 'again' | 'unknown' | 'under way';
  status: number | null;
  answer: string | null;
  at: string;
  tookMs: number;
  nodeId: string | null;
}

export interface TimelineEntry {
  timestamp: string;
  occurredAt: string;
  eventType: string;
  aggregateType: string;
  aggregateId: string;
  data: Record<string, unknown>;
  metadata?: Record<string, unknown> | null;
  nodeId: string;
  sequence: number;
  version: number;
}

export interface Reservation {
  id: string;
  kind: string;
  status: string;
  attempt: number;
  items: { id: string; quantity: number | string }[];
  reason: string | null;
  expiresAt: string;
  nodeId: string | null;
}

export interface Payment { id: string; status: string; amount: string; method: string; externalTransactionId: string | null; failureReason: string | null; attempt: number; nodeId: string; createdAt: string; updatedAt: string }

export interface Trace {
  correlationId: string;
  traceId: string | null;
  order: { id: string; status: string; idempotencyKey?: string; totalAmount: string; cancelReason?: string | null } | null;
  payments: Payment[];
  reservations: Reservation[];
  timeline: TimelineEntry[];
  calls?: Call[];
}

export interface StepDefinition {
  name: string;
  action: string;
  compensation: string | null;
  timeoutMs: number;
  retry: { firstMs: number; capMs: number; budgetMs: number };
  kind?: Step['kind'];
  after?: string[];
  participant?: string | null;
  waitsMs?: number | null;
}

export interface Definition {
  name: string;
  version: number;
  mode: string;
  pivot: string | null;
  timeoutMs: number | null;
  steps: StepDefinition[];
  builtIn: boolean;
  retired: boolean;
  publishedAt?: string;
  participants?: string[];
  search?: string[];
  definition?: unknown;
}

export interface Session {
  user: { id: string; email: string; role: string } | null;
  rights: string[];
  readOnly: boolean;
  expiresAt: string | null;
  nodeId: string;
  version: string;
  kafka: boolean;
}

export interface AuditEntry {
  id: string;
  timestamp: string;
  eventType: string;
  action: string;
  by: string;
  email: string | null;
  data: Record<string, unknown>;
  orderId: string;
}

export interface Counts { started: number; completed: number; failed: number; compensating: number; compensated: number; total: number; completionRate: number | null }

export interface Pattern { definition: string; step: string | null; error: string | null; status: SagaStatus; count: number; latest: string; latestAt: string; example: string | null; filter: string }

export interface Minute { at: string; started: number; completed: number; failed: number; compensated: number; p50Ms: number | null; p99Ms: number | null }

export interface Statistics {
  at: string;
  definitions: (Counts & { definition: string })[];
  total: Counts;
  failures: { looked: number; of: number; isComplete: boolean; patterns: Pattern[] };
  compensation: { steps: { definition: string; step: string; undone: number; undoing: number; tries: number; meanMs: number | null }[] };
  minutes: Minute[];
}

export type BulkAction = 'retry' | 'compensate' | 'cancel' | 'skip';

export interface Job {
  id: string;
  action: BulkAction;
  filter: string;
  reason: string | null;
  by: string;
  email: string | null;
  state: 'running' | 'done' | 'stopped' | 'failed';
  isStopping?: boolean;
  total: number;
  tried: number;
  accepted: number;
  refused: number;
  rate: number;
  createdAt: string;
  updatedAt: string;
  endedAt: string | null;
  nodeId: string | null;
  error: string | null;
}

export interface JobResult { sagaId: string; ok: boolean; status: string | number | null; error: string | null; at: string }

// What GET /ui/live says of a saga that is followed; `changes` rises with everything that happens to it.
export interface SagaState { id: string; status: SagaStatus; version: number; changes: number }
