// The language of the page: the browser's, until somebody chooses. Texts are objects of strings and of functions that
// make strings; the type of the English one is that of every other, so none can lack a text.
import { createStore, remember, remembered, useStore } from './store';

export type Language = 'en' | 'ko';

export const languages: Record<Language, string> = { en: 'English', ko: '한국어' };

const key = 'sagactl.language';

function first(): Language {
  const chosen = remembered(key);
  if (chosen === 'en' || chosen === 'ko') return chosen;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

export const language = createStore<Language>(first());

const show = () => (document.documentElement.lang = language.get());
language.subscribe(show);
show();

export function setLanguage(next: Language): void {
  remember(key, next);
  language.set(next);
}

export function useTexts<T>(texts: Record<Language, T>): T {
  return texts[useStore(language)];
}
