// How far an order is, as its buyer sees it.
import type { Order, Payment, Reservation, Saga, StepName, StepStatus } from './types';

export interface ShownStep { name: StepName; status: StepStatus }

// The steps of an orchestrated order are its saga's. Those of a choreographed one follow from what its services say.
export function stepsOf(order: Order, saga: Saga | null, payment: Payment | null, reservation: Reservation | null): ShownStep[] {
  if (saga) return saga.steps.map(({ name, status }) => ({ name, status }));
  const isUndone = order.status === 'CANCELLED' || order.status === 'FAILED';
  const paid: StepStatus =
    payment?.status === 'SUCCESS' ? 'SUCCESS' : payment?.status === 'REFUNDED' ? 'COMPENSATED' : payment?.status === 'FAILED' ? 'FAILED' : 'IN_PROGRESS';
  const reserved: StepStatus =
    !reservation ? (paid === 'SUCCESS' && !isUndone ? 'IN_PROGRESS' : 'PENDING')
    : reservation.status === 'REFUSED' ? 'FAILED'
    : reservation.status === 'RELEASED' || reservation.status === 'EXPIRED' ? 'COMPENSATED' : 'SUCCESS';
  return [
    { name: 'CREATE_ORDER', status: isUndone ? 'COMPENSATED' : 'SUCCESS' },
    { name: 'PROCESS_PAYMENT', status: paid },
    { name: 'RESERVE_INVENTORY', status: reserved },
    { name: 'COMPLETE_ORDER', status: order.status === 'COMPLETED' ? 'SUCCESS' : reserved === 'SUCCESS' && !isUndone ? 'IN_PROGRESS' : 'PENDING' },
  ];
}

// Whether nothing happens to it any more unless somebody asks.
export function hasEnded(order: Order, saga: Saga | null, payment: Payment | null): boolean {
  if (saga) return saga.status === 'COMPLETED' || saga.status === 'COMPENSATED' || saga.status === 'FAILED';
  if (order.status === 'COMPLETED') return true;
  return (order.status === 'CANCELLED' || order.status === 'FAILED') && payment?.status !== 'SUCCESS' && payment?.status !== 'PENDING';
}

// Whether a saga can be run again from here. A node that charges by itself would charge a refunded payment again.
export function retryOf(saga: Saga, shopConfirms: boolean): 'possible' | 'refunded' | 'none' {
  if (saga.status !== 'FAILED' && saga.status !== 'COMPENSATED') return 'none';
  return saga.paymentStatus === 'REFUNDED' && !shopConfirms ? 'refunded' : 'possible';
}
