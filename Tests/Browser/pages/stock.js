// Does what the Nuxt module's WebSocket client does: ten retries, five seconds apart, whatever the close code;
// subscribes at each `connected`; tells each new route. Its address goes through the plugin of Docker/examples/nuxt.
globalThis.useRuntimeConfig = () => ({ app: { buildId: 'build+42' } });
globalThis.defineNuxtPlugin = (plugin) => plugin;
const { default: plugin } = await import('/skewwatch.client.ts');

window.start = (server, subscribe) => {
  const config = { url: `${server.replace('http', 'ws')}/ws?route=${encodeURIComponent('/start')}` };
  plugin.hooks['skew:ws:config'](config);
  const stock = (window.stock = { url: config.url, messages: [], attempts: 0, retried: 0, open: false });
  stock.send = (message) => stock.socket.send(JSON.stringify(message));

  function init() {
    stock.attempts += 1;
    stock.socket = new WebSocket(config.url);
    stock.socket.onopen = () => {
      stock.open = true;
      stock.retried = 0;
    };
    stock.socket.onclose = () => {
      stock.open = false;
      if (stock.retried++ < 10) setTimeout(init, 5000);
    };
    stock.socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      stock.messages.push(message);
      if (message.type === 'connected' && subscribe) stock.send({ type: 'subscribe-stats' });
    };
  }
  init();
};
