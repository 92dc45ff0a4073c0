// The live statistics as Vue refs. Types and documentation: vue.d.ts
import { computed, getCurrentScope, onScopeDispose, shallowRef } from 'vue';
import { callersOf, pending } from './callers.js';

export function useActiveConnections(options = {}) {
  const view = shallowRef(pending);
  if (typeof document !== 'undefined') {
    const callers = callersOf(options);
    const show = () => {
      view.value = callers.view;
    };
    const leave = callers.use(options, show);
    show();
    if (getCurrentScope()) onScopeDispose(leave);
  }
  return {
    total: computed(() => view.value.total),
    versions: computed(() => view.value.versions),
    routes: computed(() => view.value.routes),
    connections: computed(() => view.value.connections),
    yourId: computed(() => view.value.yourId),
    authorized: computed(() => view.value.authorized),
    state: computed(() => view.value.state),
  };
}
