// The live statistics as a React hook. Types and documentation: react.d.ts
import { useCallback, useSyncExternalStore } from 'react';
import { callersOf, pending } from './callers.js';

const atServer = { view: pending, use: () => () => {} };

export function useActiveConnections(options = {}) {
  const callers = typeof document === 'undefined' ? atServer : callersOf(options);
  const { mode, token } = options;
  const fields = options.fields?.join();
  const use = useCallback(
    (changed) => callers.use({ mode, token, fields: fields?.split(',') }, changed),
    [callers, mode, token, fields],
  );
  return useSyncExternalStore(
    use,
    () => callers.view,
    () => pending,
  );
}
