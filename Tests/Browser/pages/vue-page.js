// Widgets that can be put up and taken down: each one is a caller of the composable.
import { createApp, effectScope, h, ref, watch } from 'vue';
import { useActiveConnections } from '/__skew/vue.js';
import { connect } from '/__skew/client.js';

const options = Object.fromEntries(new URLSearchParams(location.search));
window.connection = connect(options);
window.widgets = ref(0);
window.authorizedSeen = [];
window.statesSeen = [];
// A caller without a widget.
window.use = (more) => {
  const scope = effectScope();
  scope.run(() => useActiveConnections({ ...options, ...more }));
  return scope;
};

const Widget = {
  setup() {
    const stats = useActiveConnections(options);
    window.last = stats;
    watch(stats.authorized, (value) => window.authorizedSeen.push(value), { immediate: true, flush: 'sync' });
    watch(stats.state, (value) => window.statesSeen.push(value), { immediate: true, flush: 'sync' });
    return () =>
      h('p', { class: 'widget' }, [
        `${stats.authorized.value} ${stats.total.value} `,
        ...Object.entries(stats.versions.value).map(([version, count]) => h('b', `${version}=${count}`)),
        ...stats.connections.value.map((row) =>
          h('i', { class: row.id === stats.yourId.value ? 'mine' : '' }, `${row.version} ${row.route}`),
        ),
      ]);
  },
};
createApp(() => Array.from({ length: window.widgets.value }, (_, key) => h(Widget, { key }))).mount('#app');
