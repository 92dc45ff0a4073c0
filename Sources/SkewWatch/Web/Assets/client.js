// The connection of a tab to a SkewWatch server. Documentation: client.d.ts

// The server's list. A Cubot is a phone.
const bots =
  /^(?!.*cubot).*(bot|crawl|spider|slurp|externalhit|lighthouse|pingdom|mediapartners|google-inspectiontool)/is;
const refusals = [1002, 1007, 1008, 1009, 1013]; // close codes that say: not soon again
const nothing = { total: 0, versions: {}, routes: {}, connections: [] };
const tab = (globalThis[Symbol.for('skewwatch')] ??= new Map()); // even if this file is loaded twice

// Null removes a key. Without a prototype `__proto__` is a key like any other.
function merge(counts, changes) {
  const merged = Object.assign(Object.create(null), counts, changes);
  for (const key in changes) if (changes[key] === null) delete merged[key];
  return merged;
}

// For `stats` old is `nothing`.
function apply(old, { type, connections = old.connections, opened = [], changed = [], closed = [], ...rest }) {
  const rows = new Map([...connections, ...opened, ...changed].map((row) => [row.id, row]));
  for (const id of closed) rows.delete(id);
  return {
    ...old,
    ...rest,
    versions: merge(old.versions, rest.versions),
    routes: merge(old.routes, rest.routes),
    connections: [...rows.values()],
  };
}

function webSocket(base, query, receive, lost) {
  const socket = new WebSocket(`${base}ws?${query}`.replace(/^http/, 'ws'));
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = ({ code }) => lost(code);
  return {
    patience: 1e4,
    send(message) {
      socket.send(JSON.stringify(message));
      return true;
    },
    close: () => socket.close(),
  };
}

class Connection extends EventTarget {
  state = 'idle';
  authorized = null;
  stats = nothing;
  #base;
  #options;
  #events = new AbortController();
  #link;
  #timer;
  #connectedAt;
  #heard;
  #failures = 0;
  #earliest = 0;
  #wanted;
  #route;
  #sentRoute;
  #routePause;

  constructor(options, base) {
    super();
    this.#options = options;
    this.setRoute(options.route);
    if (!base) return;
    this.#base = base;
    const wake = ({ type }) => this.#wake(type);
    for (const type of ['pagehide', 'pageshow', 'online', 'visibilitychange', 'prerenderingchange']) {
      addEventListener(type, wake, this.#events);
    }
    queueMicrotask(() => this.#wake()); // after the caller has set a route
  }

  on(type, listener) {
    const hear = (event) => listener(event.detail);
    this.addEventListener(type, hear);
    return () => this.removeEventListener(type, hear);
  }

  setRoute(route) {
    this.#route = Array.from(route ?? '')
      .slice(0, 256)
      .join('');
    this.#sendRoute();
  }

  trackHistory(read = () => location.pathname) {
    if (!this.#base) return this;
    const update = () => this.setRoute(read());
    for (const name of ['pushState', 'replaceState']) {
      const original = history[name];
      history[name] = (...args) => {
        original.apply(history, args);
        update();
      };
    }
    addEventListener('popstate', update, this.#events);
    update();
    return this;
  }

  subscribe(wanted = {}) {
    this.#wanted = wanted;
    this.#ask();
    return () => {
      if (this.#wanted !== wanted) return;
      this.#wanted = null;
      this.#show(null, nothing);
      if (this.state === 'open' && !this.#link.send({ type: 'unsubscribe-stats' })) this.#open();
    };
  }

  close() {
    this.#drop('closed');
    this.#events.abort();
    tab.delete(this.#base);
  }

  #emit(type, detail) {
    // Node 18, where pages are rendered, has no CustomEvent.
    this.dispatchEvent(Object.assign(new Event(type), { detail }));
  }

  #set(state) {
    this.state = state;
    this.#emit('state', state);
  }

  #drop(state) {
    clearTimeout(this.#timer);
    this.#link?.close?.();
    this.#link = null;
    this.#set(state);
  }

  async #open(transport = this.transport ?? this.#options.transport) {
    this.#drop('connecting');
    const link = (this.#link = {});
    const current =
      (act) =>
      (...args) =>
        this.#link === link && act(...args);
    const lost = current((code, retry) => this.#lost(transport, code, retry));
    this.#after(1e4, lost);
    this.#connectedAt = Infinity;
    this.#sentRoute = this.#route;
    const query = new URLSearchParams();
    if (this.#options.observer) query.set('observer', '1');
    if (this.#options.version) query.set('v', this.#options.version);
    if (this.#route) query.set('route', this.#route);
    let start = webSocket;
    if (transport === 'sse') {
      const { stream } = (await import('./client.stream.js').catch(lost)) ?? {};
      if (this.#link !== link) return;
      start = stream(this.#options.share);
    }
    const receive = current((message) => this.#receive(message, transport));
    Object.assign(link, start(this.#base, query, receive, lost));
  }

  #receive(message, transport = 'ws') {
    const { type, version } = message;
    this.#heard = true;
    if (type === 'connected') {
      this.#rest();
      this.#connectedAt = performance.now();
      this.transport = transport;
      this.id = message.connectionId;
      this.#set('open');
      this.#emit(type, message);
      this.#sendRoute();
      this.#ask();
    }
    if (version && version !== this.release) this.#emit('version', (this.release = version));
    if (!this.#wanted) return;
    if (type === 'stats') this.#show(true, apply(nothing, message));
    if (type === 'stats-unauthorized') this.#show(false, nothing);
    if (type !== 'stats-delta') return;
    if (message.seq === this.stats.seq + 1) this.#show(true, apply(this.stats, message));
    else this.#ask();
  }

  #show(authorized, stats) {
    this.authorized = authorized;
    this.stats = stats;
    if (authorized !== null) this.#emit(authorized ? 'stats' : 'unauthorized', stats);
  }

  async #ask() {
    if (!this.#wanted || this.state !== 'open') return;
    const link = this.#link;
    const { fields, mode = !fields || fields.includes('connections') ? 'delta' : 'summary' } = this.#wanted;
    let { token = this.#options.token } = this.#wanted;
    if (typeof token === 'function') token = await token();
    if (this.#wanted && this.#link === link) link.send({ type: 'subscribe-stats', mode, token });
  }

  #sendRoute() {
    if (!this.#route || this.#route === this.#sentRoute || this.#routePause || this.state !== 'open') return;
    this.#link.send({ type: 'route-update', route: (this.#sentRoute = this.#route) });
    this.#routePause = setTimeout(() => {
      this.#routePause = 0;
      this.#sendRoute();
    }, 100);
  }

  #lost(transport, code, retry = 0) {
    const refused = refusals.includes(code);
    if (!transport && this.#connectedAt === Infinity && !refused) return this.#open('sse');
    if (performance.now() - this.#connectedAt > 1e4) this.#failures = 0;
    if (this.#failures > 3) this.transport = undefined;
    this.#earliest = performance.now() + (refused ? 3e4 : retry);
    this.#wait(Math.min(6e4, 1e3 * 2 ** this.#failures++));
  }

  // Full jitter; hidden tabs come after the visible ones.
  #wait(span) {
    // Spans by the clock that nobody sets; the wall clock is only for what is shown.
    const now = performance.now();
    const delay = Math.max(this.#earliest - now, span * (Math.random() + Number(document.hidden)));
    this.retryAt = Date.now() + delay;
    this.#drop('waiting');
    this.#after(delay, () => this.#open());
  }

  #wake(type = '') {
    if (type === 'pagehide') return this.#drop('idle');
    if (document.prerendering || (type === 'visibilitychange' && document.hidden)) return;
    if (this.state === 'idle') this.#open();
    else if (this.state === 'waiting') this.#wait(1e3);
    else if (this.state === 'open' && type !== 'pageshow') this.#probe();
  }

  // A network that went away leaves a link that looks open.
  #probe() {
    this.#heard = false;
    this.#link.send({ type: 'ping' });
    this.#after(this.#link.patience, () => (this.#heard ? this.#rest() : this.#lost(this.transport)));
  }

  #rest() {
    this.#after(6e4, () => this.#probe());
  }

  #after(delay, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, delay);
  }
}

export function connect(options = {}) {
  if (typeof document === 'undefined' || bots.test(navigator.userAgent)) return new Connection(options);
  const { url = /\/client\.js/.test(import.meta.url) ? new URL('.', import.meta.url) : '/__skew' } = options;
  const { origin, pathname } = new URL(url, location.href);
  const base = origin + pathname.replace(/\/?$/, '/');
  if (!tab.has(base)) tab.set(base, new Connection(options, base));
  return tab.get(base);
}

const { searchParams } = new URL(import.meta.url.replaceAll('+', '%2B')); // a version may hold a plus, and no blank
if (searchParams.has('connect')) connect({ version: searchParams.get('v') }).trackHistory();
