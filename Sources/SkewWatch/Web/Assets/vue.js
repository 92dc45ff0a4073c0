// The live statistics as Vue refs. Types and documentation: vue.d.ts
import { computed, getCurrentScope, onScopeDispose, shallowRef } from 'vue';
import { connect } from './client.js';

const watched = new WeakMap(); // connection => what its callers share

/** The refs of a connection and how many use them: the first one subscribes, the last one to go unsubscribes. */
function watch(connection) {
  const stats = shallowRef(connection.stats);
  const authorized = shallowRef(connection.authorized);
  let users = 0;
  let ends = [];
  let unsubscribe;

  function update() {
    stats.value = connection.stats;
    authorized.value = connection.authorized;
  }

  function use(options) {
    users += 1;
    if (users === 1) ends = [connection.on('stats', update), connection.on('unauthorized', update)];
    // Who comes later may have signed in meanwhile.
    if (users === 1 || authorized.value === false) unsubscribe = connection.subscribe(options);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      users -= 1;
      if (users > 0) return;
      for (const end of ends) end();
      unsubscribe();
      update();
    };
  }

  return { stats, authorized, use };
}

export function useActiveConnections(options = {}) {
  const connection = options.connection ?? connect(options);
  if (!watched.has(connection)) watched.set(connection, watch(connection));
  const { stats, authorized, use } = watched.get(connection);
  if (typeof document !== 'undefined') {
    const leave = use({ mode: options.mode, fields: options.fields, token: options.token });
    if (getCurrentScope()) onScopeDispose(leave);
  }
  return {
    total: computed(() => stats.value.total),
    versions: computed(() => stats.value.versions),
    routes: computed(() => stats.value.routes),
    connections: computed(() => stats.value.connections),
    yourId: computed(() => stats.value.yourId),
    authorized: computed(() => authorized.value),
  };
}
