// Amounts as people read them: without decimals where there are none.
import type { Language } from '../shared/language';

export function amountText(amount: number, lang: Language): string {
  const decimals = Number.isInteger(amount) ? 0 : 2;
  return new Intl.NumberFormat(lang === 'ko' ? 'ko-KR' : 'en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: 2 }).format(amount);
}
