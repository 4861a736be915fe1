// What the buyer wants, kept in this browser until it is ordered.
import { randomText } from '../shared/random';
import { createStore, remember, remembered } from '../shared/store';
import type { Item, Product } from './types';

const key = 'sagactl.shop.cart';
export const quantityMax = 1_000_000;

const isItem = (value: unknown): value is Item => {
  const item = value as Item | null;
  return typeof item === 'object' && item !== null && typeof item.productId === 'string' && typeof item.productName === 'string'
    && Number.isInteger(item.quantity) && item.quantity > 0 && item.quantity <= quantityMax && typeof item.price === 'number';
};

// Of what was stored: what nobody can order is dropped.
export function itemsOf(text: string | null): Item[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(stored) ? stored.filter(isItem) : [];
  } catch {
    return [];
  }
}

export const cart = createStore<Item[]>(itemsOf(remembered(key)));
cart.subscribe(() => remember(key, cart.get().length ? JSON.stringify(cart.get()) : null));

// The items with that quantity of the product; 0 takes it out.
export function withQuantity(items: Item[], product: Pick<Product, 'productId' | 'productName' | 'price'>, quantity: number): Item[] {
  const others = (item: Item) => item.productId !== product.productId;
  if (quantity <= 0) return items.filter(others);
  const item = { productId: product.productId, productName: product.productName, price: product.price, quantity };
  return items.some((each) => !others(each)) ? items.map((each) => (others(each) ? each : item)) : [...items, item];
}

export const quantityOf = (items: Item[], productId: string): number => items.find((item) => item.productId === productId)?.quantity ?? 0;

// In cents, so that no sum is off by one.
export const totalOf = (items: Item[]): number => items.reduce((sum, item) => sum + Math.round(item.price * 100) * item.quantity, 0) / 100;

// One order for one cart, however often it is sent: the key stays until the order was accepted.
const orderKey = 'sagactl.shop.order-key';

export function keyOfOrder(body: unknown): string {
  const text = JSON.stringify(body);
  try {
    const stored = JSON.parse(remembered(orderKey) ?? '{}') as { text?: string; key?: string };
    if (stored.text === text && stored.key) return stored.key;
  } catch {
    // A new one.
  }
  const fresh = randomText();
  remember(orderKey, JSON.stringify({ text, key: fresh }));
  return fresh;
}

export function orderWasPlaced(): void {
  remember(orderKey, null);
  cart.set([]);
}
