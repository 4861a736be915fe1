// Amounts as people read them: without decimals where there are none.
import { language, type Language } from '../shared/language';
import { useStore } from '../shared/store';

export function amountText(amount: number, lang: Language): string {
  const decimals = Number.isInteger(amount) ? 0 : 2;
  return new Intl.NumberFormat(lang === 'ko' ? 'ko-KR' : 'en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: 2 }).format(amount);
}

export function useAmount(): (amount: number) => string {
  const lang = useStore(language);
  return (amount) => amountText(amount, lang);
}
