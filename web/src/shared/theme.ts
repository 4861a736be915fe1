// Dark or light: as the system has it, until somebody chooses.
import { createStore, remember, remembered } from './store';

export type Theme = 'system' | 'light' | 'dark';

const key = 'sagactl.theme';
const known = (text: string | null): Theme => (text === 'light' || text === 'dark' ? text : 'system');

export const theme = createStore<Theme>(known(remembered(key)));

function show(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

export function setTheme(next: Theme): void {
  remember(key, next === 'system' ? null : next);
  theme.set(next);
}

theme.subscribe(show);
show();
