// The connection of a tab to a SkewWatch server. Documentation: client.d.ts

// The server's list. A Cubot is a phone.
const bots =
  /^(?!.*cubot).*(bot|crawl|spider|slurp|externalhit|lighthouse|pingdom|mediapartners|google-inspectiontool)/is;
// Close codes that say: not soon again.
const refusals = [1002, 1007, 1008, 1009, 1013];
const nothing = { total: 0, versions: {}, routes: {}, connections: [] };
// A tab is one connection, even if this file is loaded twice.
const tab = (globalThis[Symbol.for('skewwatch')] ??= new Map());

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
  // Where the server ends the link, it may say when to come back.
  socket.onclose = ({ code, reason }) => lost(code, Number(reason?.split('retry=')[1]));
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
  route;
  #base;
  #options;
  #id;
  #links = 0;
  #read;
  #events = new AbortController();
  #link;
  #timer;
  #connectedAt;
  #heard;
  #failures = 0;
  #earliest = 0;
  #retry;
  #wanted;
  #sentRoute;
  #routePause;

  constructor(options, base) {
    super();
    this.#options = { ...options };
    this.setRoute(options.route);
    if (!base) return;
    this.#base = base;
    const { signal } = this.#events;
    for (const type of ['pagehide', 'pageshow', 'online', 'resume', 'visibilitychange', 'prerenderingchange']) {
      addEventListener(type, () => this.#wake(type), { signal, capture: true });
    }
    // After the caller has set a route.
    queueMicrotask(() => this.#wake());
  }

  // What a later caller knows and the first one did not.
  adopt({ version, token, route }) {
    this.#options.token ??= token;
    if (!this.route) this.setRoute(route);
    if (this.#options.version || !version) return;
    this.#options.version = version;
    if (this.#link) this.#open();
  }

  on(type, listener) {
    const hear = (event) => listener(event.detail);
    this.addEventListener(type, hear);
    return () => this.removeEventListener(type, hear);
  }

  setRoute(route) {
    this.route = [...(route ?? '')].slice(0, 256).join('');
    this.#sendRoute();
  }

  trackHistory(read = this.#read ?? (() => location.pathname)) {
    const update = () => this.setRoute(this.#read());
    if (this.#base && !this.#read) {
      for (const name of ['pushState', 'replaceState']) {
        const original = history[name];
        history[name] = (...args) => {
          original.apply(history, args);
          update();
        };
      }
      addEventListener('popstate', update, this.#events);
    }
    this.#read = read;
    if (this.#base) update();
    return this;
  }

  subscribe(wanted = {}) {
    this.#wanted = wanted;
    this.#ask(this.authorized === false);
    return () => {
      if (this.#wanted !== wanted) return;
      this.#wanted = null;
      this.#show(null, nothing);
      if (this.state === 'open' && !this.#link.send({ type: 'unsubscribe-stats' })) this.#open();
    };
  }

  // The session is another one: after a login or a logout.
  renew() {
    this.#ask(true);
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
    this.#emit('state', (this.state = state));
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
    const lost = (code, retry) => this.#link === link && this.#lost(transport, code, retry);
    this.#after(1e4, lost);
    this.#connectedAt = Infinity;
    this.#sentRoute = this.route;
    // So that the server knows this page again when its link is another one.
    this.#id ??= crypto.getRandomValues(new Uint32Array(4)).join('-');
    const query = new URLSearchParams();
    const fields = {
      t: this.#id,
      r: this.#links,
      v: this.#options.version,
      route: this.route,
      observer: this.#options.observer && 1,
    };
    for (const name in fields) if (fields[name]) query.set(name, fields[name]);
    let start = webSocket;
    if (transport === 'sse') {
      const module = await import('./client.stream.js').catch(() => lost());
      if (!module || this.#link !== link) return;
      start = module.stream(this.#options.share);
    }
    const receive = (message) => this.#link === link && this.#receive(message, transport);
    // In a version a plus is a plus.
    Object.assign(link, start(this.#base, `${query}`.replaceAll('+', '%20'), receive, lost));
  }

  #receive(message, transport = 'ws') {
    const { type, version } = message;
    this.#heard = true;
    if (type === 'connected') {
      this.#rest();
      this.#connectedAt = performance.now();
      this.#links += 1;
      this.#retry = message.retry;
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

  async #ask(again) {
    if (!this.#wanted || this.state !== 'open') return;
    const link = this.#link;
    const { fields, mode = !fields || fields.includes('connections') ? 'delta' : 'summary' } = this.#wanted;
    let { token = this.#options.token } = this.#wanted;
    if (typeof token === 'function') token = await token();
    if (!this.#wanted || this.#link !== link) return;
    // A socket has the cookies that it was opened with.
    if (again && !token && this.transport === 'ws') this.#open();
    else link.send({ type: 'subscribe-stats', mode, token });
  }

  #sendRoute() {
    if (!this.route || this.route === this.#sentRoute || this.#routePause || this.state !== 'open') return;
    this.#link.send({ type: 'route-update', route: (this.#sentRoute = this.route) });
    this.#routePause = setTimeout(() => {
      this.#routePause = 0;
      this.#sendRoute();
    }, 100);
  }

  #lost(transport, code = 1006, retry) {
    const refused = refusals.includes(code);
    if (!transport && this.#connectedAt === Infinity && !refused) return this.#open('sse');
    if (performance.now() - this.#connectedAt > 1e4) this.#failures = 0;
    if (this.#failures > 3) this.transport = undefined;
    const asked = refused ? 3e4 : retry || this.#retry || 0;
    // What broke without a word may be this network: then `online` need not wait for the server's time.
    const broke = code === 1006 && !retry;
    this.#earliest = broke ? 0 : performance.now() + asked;
    // Without a network an attempt is not worth much; `online` wakes it.
    const span = navigator.onLine ? Math.min(6e4, 1e3 * 2 ** this.#failures++) : 6e4;
    this.#wait(broke ? span : Math.max(asked, span), asked);
  }

  // Not before the server's time, then spread over the span: full jitter. Hidden tabs come after the visible ones.
  #wait(span, least = 0) {
    // Spans by the clock that nobody sets; the wall clock is only for what is shown.
    const waited = Math.max(least, this.#earliest - performance.now());
    const delay = waited + span * (Math.random() + Number(document.hidden));
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
  const url = new URL(options.url ?? '/__skew', location.href);
  const base = url.origin + url.pathname.replace(/\/?$/, '/');
  if (tab.has(base)) tab.get(base).adopt(options);
  else tab.set(base, new Connection(options, base));
  return tab.get(base);
}
