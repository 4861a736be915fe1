// The definitions of sagas, which several pages name.
import { get } from '../shared/api';
import { useLoad } from '../shared/load';
import type { Definition } from './types';

export function useDefinitions(): Definition[] {
  return useLoad('definitions', (signal) => get<{ definitions: Definition[] }>('/sagas/definitions', signal)).data?.definitions ?? [];
}
