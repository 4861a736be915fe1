// What can be done with a saga in its state, and what would come of it.
import type { Saga, Step } from '../types';
import { stepsBefore } from './spans';

export type Action = 'retry' | 'compensate' | 'cancel' | 'skip' | 'answer';

const isUsers = (saga: Saga): boolean => saga.definition !== undefined;

const isOpen = (saga: Saga): boolean => saga.status === 'started' || saga.status === 'compensating';

export const isInProgress = (step: Step): boolean => step.status === 'running' || step.status === 'compensating';

// Also of a saga that has failed: it goes on with the answer.
export const skippable = (saga: Saga): Step[] =>
  isUsers(saga) && (isOpen(saga) || saga.status === 'failed') ? saga.steps.filter((s) => isInProgress(s) && s.kind !== 'command') : [];

// Whether the step's undo is in progress.
export const isUndoing = (saga: Saga, step: string): boolean => saga.steps.some((s) => s.name === step && s.status === 'compensating');

// The steps of a user's saga that wait for somebody else.
export const answerable = (saga: Saga): Step[] => skippable(saga).filter((s) => s.kind !== 'sleep');

export function actionsFor(saga: Saga): Action[] {
  const actions: Action[] = [];
  // An LRA that is cancelled is over.
  if (saga.status === 'failed' || (saga.status === 'compensated' && !saga.lra)) actions.push('retry');
  if (saga.status === 'failed' || saga.status === 'completed') actions.push('compensate');
  if (answerable(saga).length) actions.push('answer');
  if (skippable(saga).length) actions.push('skip');
  if (saga.status === 'started') actions.push('cancel');
  return actions;
}

const inEffect = (s: Step): boolean => s.status === 'succeeded' || s.inDoubt;

// A retry goes on at the earliest step that is not in effect.
export const retriesFrom = (saga: Saga): string => saga.steps.find((s) => s.status !== 'succeeded')?.name ?? '';
export const keptBy = (saga: Saga): string[] => saga.steps.filter((s) => s.status === 'succeeded').map((s) => s.name);

// The steps that would be undone, in the order of their undo: one after all that came after it.
export function undoneBy(saga: Saga): string[] {
  const left = saga.steps.map((s, i) => ({ name: s.name, before: stepsBefore(saga.steps, i), undone: inEffect(s) || s.status === 'running' || s.status === 'compensating' }));
  const order: string[] = [];
  while (left.length) {
    // From the end, so that a chain is undone in reverse; a step goes once none that is left comes after it.
    let i = left.length - 1;
    while (i > 0 && left.some((other) => other.before.includes(left[i]!.name))) --i;
    const [step] = left.splice(i, 1);
    if (step!.undone) order.push(step!.name);
  }
  return order;
}
