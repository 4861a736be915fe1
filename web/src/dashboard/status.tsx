// States as words with a colour and a sign, so that none of them is needed alone.
import { useTexts } from '../shared/language';
import { texts } from './texts';
import type { SagaStatus, StepStatus } from './types';

const sagaLook: Record<SagaStatus, [string, string]> = {
  started: ['info', '●'], completed: ['good', '✓'], failed: ['bad', '✕'], compensating: ['warn', '↺'], compensated: ['warn', '↩'],
};
const stepLook: Record<StepStatus, [string, string]> = {
  pending: ['', '○'], running: ['info', '●'], succeeded: ['good', '✓'], failed: ['bad', '✕'], compensating: ['warn', '↺'], compensated: ['warn', '↩'],
};

export const stepSign = (status: StepStatus): string => stepLook[status][1];
export const stepTone = (status: StepStatus): string => stepLook[status][0];

export function Tag({ tone = '', sign, children }: { tone?: string; sign?: string; children: string }) {
  return <span class={`tag ${tone}`}>{sign && <span aria-hidden="true">{sign}</span>}{children}</span>;
}

export function SagaTag({ status }: { status: SagaStatus }) {
  const say = useTexts(texts);
  const [tone, sign] = sagaLook[status] ?? ['', ''];
  return <Tag tone={tone} sign={sign}>{say.status[status] ?? status}</Tag>;
}

export function StepTag({ status }: { status: StepStatus }) {
  const say = useTexts(texts);
  const [tone, sign] = stepLook[status] ?? ['', ''];
  return <Tag tone={tone} sign={sign}>{say.step[status] ?? status}</Tag>;
}
