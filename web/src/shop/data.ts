// What the shop reads of the node, and the one thing that it reads once: how one pays here.
import { get as ask, Problem, request } from '../shared/api';
import { useLoad, type Loaded } from '../shared/load';
import type { Order, Payment, Reservation, Saga, Settings } from './types';

// Whoever is logged in buys under that account. Everybody else is a guest, where the node allows guests.
let asGuest: Promise<boolean> | null = null;

function isGuest(): Promise<boolean> {
  asGuest ??= ask<{ user: unknown }>('/ui/session').then((session) => !session.user, () => {
    asGuest = null;
    return true;
  });
  return asGuest;
}

export const get = async <T,>(path: string, signal?: AbortSignal): Promise<T> => (await request<T>(path, { signal, guest: await isGuest() })).body;

export const post = async <T,>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> =>
  (await request<T>(path, { method: 'POST', body, headers, guest: await isGuest() })).body;

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
