// Amounts in the language of the page.
import { language } from '../shared/language';
import { useStore } from '../shared/store';
import { amountText } from './amount';

export function useAmount(): (amount: number) => string {
  const lang = useStore(language);
  return (amount) => amountText(amount, lang);
}
