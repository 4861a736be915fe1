// Views that somebody saved: a filter under a name, in this browser.
import { createStore, remember, remembered } from '../../shared/store';

export interface View { name: string; query: string }

const key = 'sagactl.views';
const most = 50;

export function viewsOf(text: string | null): View[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.filter((v): v is View => typeof v?.name === 'string' && typeof v?.query === 'string').slice(0, most);
  } catch {
    return [];
  }
}

export const views = createStore(viewsOf(remembered(key)));

function keep(next: View[]): void {
  remember(key, JSON.stringify(next));
  views.set(next);
}

export const saveView = (name: string, query: string): void => keep([...views.get().filter((v) => v.name !== name), { name, query }].slice(-most));
export const removeView = (name: string): void => keep(views.get().filter((v) => v.name !== name));
