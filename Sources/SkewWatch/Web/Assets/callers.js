// Who uses the statistics of a connection: all callers of vue.js and react.js are one subscription.
import { connect } from './client.js';

const known = new WeakMap(); // connection => Callers
const empty = { total: 0, versions: {}, routes: {}, connections: [], yourId: undefined };

/**
 * What is shown before the first answer, and where pages are rendered on a server.
 * @type {Readonly<typeof empty & { authorized: boolean | null, state: string }>}
 */
export const pending = Object.freeze({ ...empty, authorized: null, state: 'connecting' });

/** The connection of an app's component, and its callers. */
export function callersOf(options) {
  const connection = options.connection ?? connect(options);
  // The route follows the history, unless the app says where it is by itself.
  if (!connection.route && !options.observer && connection.state !== 'closed') connection.trackHistory();
  if (!known.has(connection)) known.set(connection, new Callers(connection));
  return known.get(connection);
}

/** Who needs no rows is sent none. */
const modeFor = (fields) => (!fields || fields.includes('connections') ? 'delta' : 'summary');

class Callers {
  /** What callers show: another object after each change. */
  view = pending;
  #connection;
  #callers = new Set();
  #ends = [];
  #mode;
  #unsubscribe;
  #askedAt;
  /** Whether the numbers are of this link. */
  #fresh = false;

  constructor(connection) {
    this.#connection = connection;
    this.#update();
  }

  /** Adds a caller; `changed` is called after each change of the view. Returns the function that takes it out. */
  use({ mode, fields, token }, changed = () => {}) {
    const caller = { mode: mode ?? modeFor(fields), token, changed };
    this.#callers.add(caller);
    if (this.#callers.size === 1) this.#listen();
    this.#ask(caller);
    return () => {
      if (!this.#callers.delete(caller)) return;
      if (this.#callers.size > 0) return this.#ask();
      for (const end of this.#ends) end();
      this.#mode = undefined;
      this.#unsubscribe();
      this.#update();
    };
  }

  #listen() {
    const update = () => this.#update();
    this.#ends = [
      this.#connection.on('stats', () => {
        this.#fresh = true;
        update();
      }),
      this.#connection.on('unauthorized', update),
      this.#connection.on('state', (state) => {
        if (state !== 'open') this.#fresh = false;
        update();
      }),
    ];
  }

  /** One subscription that gives each caller what it wants. */
  #ask(newcomer) {
    const modes = [...this.#callers].map((caller) => caller.mode);
    const mode = modes.every((other) => other === modes[0]) ? modes[0] : 'delta';
    // Who comes later may have signed in meanwhile; pages that put up many callers do not ask for each of them.
    const now = performance.now();
    const again = newcomer && this.#connection.authorized === false && (newcomer.token || now - this.#askedAt > 5000);
    if (mode === this.#mode && !again) return;
    this.#mode = mode;
    this.#askedAt = now;
    const token = newcomer?.token ?? [...this.#callers].find((caller) => caller.token)?.token;
    this.#unsubscribe = this.#connection.subscribe({ mode, token });
  }

  #update() {
    const { authorized, stats } = this.#connection;
    const { total, versions, routes, connections, yourId } = stats;
    this.view = { total, versions, routes, connections, yourId, authorized, state: this.#state() };
    for (const { changed } of this.#callers) changed();
  }

  #state() {
    const { authorized, state } = this.#connection;
    if (authorized === false) return 'denied';
    if (state === 'open') return authorized && this.#fresh ? 'live' : 'connecting';
    return authorized || state === 'waiting' || state === 'closed' ? 'away' : 'connecting';
  }
}
