// The items of an order with their sum.
import { useTexts } from '../shared/language';
import { useAmount } from './money';
import { texts } from './texts';
import type { Item } from './types';

export function ItemList({ items, total }: { items: Item[]; total: number }) {
  const say = useTexts(texts);
  const amount = useAmount();
  return (
    <table class="items">
      <tbody>
        {items.map((item) => (
          <tr key={item.productId}><td>{item.productName || item.productId}</td><td class="number">{item.quantity} × {amount(item.price)}</td><td class="number">{amount(item.price * item.quantity)}</td></tr>
        ))}
      </tbody>
      <tfoot><tr><th scope="row" colSpan={2}>{say.total}</th><td class="number"><strong>{amount(total)}</strong></td></tr></tfoot>
    </table>
  );
}
