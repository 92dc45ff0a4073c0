// Does what the Nuxt module's own client does, its faults included: one address for all its links, ten retries five
// seconds apart, a link that ends with the component that asked for it, none after the back/forward cache. It tells
// each new route and subscribes at each `connected`. With ?plugin the plugin of Docker/examples/nuxt comes first.
const hooks = {};
// The router is reactive, and VueUse opens a new link when what its address is made of changes.
let path = location.pathname;
let isMakingAddress = false;
let isAddressReactive = false;
const guards = [];
const currentRoute = {
  get value() {
    isAddressReactive ||= isMakingAddress;
    return { path };
  },
};
const nuxtApp = {
  $router: { currentRoute, afterEach: (guard) => guards.push(guard) },
  hook: (name, listener) => (hooks[name] ??= []).push(listener),
};
const call = (name, ...values) => hooks[name]?.forEach((listener) => listener(...values));
globalThis.useRuntimeConfig = () => ({
  app: { buildId: 'build 4+2' },
  public: { skewProtection: { routeTracking: true } },
});
globalThis.defineNuxtPlugin = (plugin) => plugin;
if (location.search.includes('plugin')) (await import('/skewwatch.client.ts')).default.setup(nuxtApp);

window.start = (server, subscribe) => {
  const kind = location.search.includes('sse') ? 'sse' : 'ws';
  const route = encodeURIComponent(path);
  const config = {
    url: `${kind === 'ws' ? server.replace('http', 'ws') : server}/${kind}?route=${route}`,
    options: { autoReconnect: { retries: 10, delay: 5000 } },
  };
  call(`skew:${kind}:config`, config);
  const stock = (window.stock = { messages: [], attempts: 0, retried: 0, open: false, urls: [] });
  let wanted = false;
  let again;
  let connectionId;

  const post = (path, fields) =>
    fetch(`${server}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ connectionId, ...fields }),
    }).catch(() => {});
  stock.send = (message) => stock.link.send(JSON.stringify(message));

  function lost() {
    stock.open = false;
    if (!wanted) return;
    const { retries, delay } = config.options.autoReconnect;
    if (retries >= 0 && stock.retried >= retries) return;
    stock.retried += 1;
    again = setTimeout(init, delay);
  }

  function init() {
    stock.attempts += 1;
    isMakingAddress = true;
    const url = typeof config.url === 'function' ? config.url() : config.url;
    isMakingAddress = false;
    stock.urls.push(url);
    stock.link = kind === 'ws' ? new WebSocket(url) : new EventSource(url);
    stock.link.onopen = () => {
      stock.open = true;
      stock.retried = 0;
    };
    if (kind === 'ws') stock.link.onclose = lost;
    else {
      stock.link.onerror = () => {
        if (stock.link.readyState === EventSource.CLOSED) lost();
      };
    }
    stock.link.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      stock.messages.push(message);
      connectionId = message.connectionId ?? connectionId;
      call('skew:message', message);
      if (message.type !== 'connected' || !subscribe) return;
      if (kind === 'ws') stock.send({ type: 'subscribe-stats' });
      else post('subscribe-stats');
    };
  }

  const connection = (nuxtApp.$skewConnection = {
    connect() {
      if (wanted) return;
      wanted = true;
      init();
    },
    disconnect() {
      if (!wanted) return;
      wanted = false;
      clearTimeout(again);
      stock.link.close();
    },
    sendRoute(route) {
      if (!wanted) return;
      if (kind === 'ws') stock.send({ type: 'route-update', route });
      else post('route', { route });
    },
  });
  guards.push((to) => connection.sendRoute(to.path));
  stock.navigate = (to) => {
    path = to;
    for (const guard of guards) guard({ path });
    if (!isAddressReactive) return;
    stock.link.close();
    init();
  };
  // A page with the composable: its link is bound to it where it is the first to ask for one.
  stock.component = () => {
    const isFirst = !wanted;
    connection.connect();
    return () => {
      if (isFirst) stock.link.close();
      if (isFirst) wanted = false;
    };
  };
  addEventListener('beforeunload', connection.disconnect);
  call('app:created');
};
