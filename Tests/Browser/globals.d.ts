// What browsers have and the library of an older TypeScript does not know, and the part of Vue that vue.js uses.

interface Document {
  readonly prerendering?: boolean;
}

interface PerformanceEntry {
  readonly nextHopProtocol?: string;
}

interface Array<T> {
  findLast(test: (value: T, index: number) => unknown): T | undefined;
  findLastIndex(test: (value: T, index: number) => unknown): number;
}

declare module 'react' {
  function useCallback<T>(act: T, uses: unknown[]): T;
  function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, read: () => T, readAtServer: () => T): T;
}

declare module 'vue' {
  interface Ref<T> {
    value: T;
  }
  interface ComputedRef<T> {
    readonly value: T;
  }
  function computed<T>(read: () => T): ComputedRef<T>;
  function shallowRef<T>(value: T): Ref<T>;
  function getCurrentScope(): unknown;
  function onScopeDispose(act: () => void): void;
}
