// What the shop reads of the node, and the one thing that it reads once: how one pays here.
import { get, post, Problem } from '../shared/api';
import { useLoad, type Loaded } from '../shared/load';
import type { Order, Payment, Reservation, Saga, Settings } from './types';

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

export interface WholeOrder {
  order: Order;
  saga: Saga | null; // of an orchestrated order
  payment: Payment | null;
  reservation: Reservation | null;
}

export async function readOrder(id: string, signal: AbortSignal): Promise<WholeOrder> {
  const path = encodeURIComponent(id);
  const [order, payment] = await Promise.all([
    get<Order>(`/api/orders/${path}`, signal),
    orNull(get<Payment>(`/api/payments/order/${path}`, signal)),
  ]);
  const isOrchestrated = order.sagaType === 'CheckoutSaga';
  const [saga, reservation] = await Promise.all([
    isOrchestrated ? orNull(get<Saga>(`/api/orchestrator/sagas/order/${path}`, signal)) : null,
    isOrchestrated || !order.inventoryReservationId ? null : orNull(get<Reservation>(`/api/reservations/order/${path}`, signal)),
  ]);
  return { order, saga, payment, reservation };
}

export const useOrder = (id: string): Loaded<WholeOrder> => useLoad(id, (signal) => readOrder(id, signal), true);

let settings: Promise<Settings> | null = null;

export function useSettings(): Settings | null {
  settings ??= get<Settings>('/shop/settings').catch((error: unknown) => {
    settings = null;
    throw error;
  });
  const asked = settings;
  return useLoad('settings', () => asked).data;
}

export const retry = (sagaId: string): Promise<unknown> => post(`/api/orchestrator/sagas/${encodeURIComponent(sagaId)}/retry`, {});
