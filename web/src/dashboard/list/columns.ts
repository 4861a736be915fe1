// The columns of the list: which there are, and which somebody chose.
import { createStore, remember, remembered } from '../../shared/store';

export const columns = ['status', 'id', 'definition', 'step', 'error', 'key', 'started', 'took', 'updated', 'node', 'tries', 'correlation'] as const;
export type Column = (typeof columns)[number];

const usual: Column[] = ['status', 'id', 'definition', 'step', 'error', 'started', 'took'];
const key = 'sagactl.columns';

export function columnsOf(text: string | null): Column[] {
  const chosen = columns.filter((c) => (text ?? '').split(',').includes(c));
  // Without its id a row leads nowhere.
  return chosen.includes('id') ? chosen : usual;
}

export const chosenColumns = createStore(columnsOf(remembered(key)));

export function chooseColumns(next: Column[]): void {
  const kept = columnsOf([...next, 'id'].join(','));
  remember(key, kept.join(','));
  chosenColumns.set(kept);
}
