/**
 * The connection of a browser tab to a SkewWatch server. No framework, no dependency.
 *
 * A plain page needs one tag; `connect` in the address starts it, `v` is the build that this page runs, and the route
 * follows the History API; the server is the one that the tag names:
 *
 *     <script type="module" src="/__skew/client.js?connect&v=build-42"></script>
 *
 * In a module:
 *
 *     import { connect } from '/__skew/client.js'
 *     const connection = connect({ version: 'build-42' }).trackHistory()
 *     connection.on('version', release => { if (release !== 'build-42') offerReload() })
 *
 * `client.stream.js` must lie beside this file: it is the fallback, loaded only where a WebSocket does not come through.
 */

/** One open tab. */
export interface ConnectionInfo {
  id: string
  version: string
  route: string
  /** When the tab opened, by the server's clock: milliseconds since 1970. */
  since?: number
  /** When it came to its route, if that was after it opened: milliseconds since 1970. */
  moved?: number
  /** Whose it is: only where the server takes tags and may send them. */
  tag?: string
  /** Only where the server tracks addresses and may send them. */
  ip?: string
}

/** What the server tells those it authorizes. A new object for every change; the old ones stay as they are. */
export interface ConnectionStats {
  total: number
  /** Open tabs by version. An object without a prototype: a version called `__proto__` is a key like any other. */
  versions: Record<string, number>
  /** Open tabs by route; empty where the server does not track routes. What was too many is under `(other)`. */
  routes: Record<string, number>
  /** Those that do not run the release come first, also where the list is cut. */
  connections: ConnectionInfo[]
  /** The `id` of this tab's own row. */
  yourId?: string
  /** Grows by one with every change that is sent. */
  seq?: number
  /** The server's clock, milliseconds since 1970. */
  timestamp?: number
  /** How many rows the last complete list left out, if any. */
  truncated?: number
  /** How much the server lets this subscriber see. */
  scope?: 'counts' | 'routes' | 'connections' | 'tags' | 'ips'
  /** What the server keeps: what is off is not merely empty. */
  tracking?: { routes: boolean; addresses: boolean; tags: boolean }
  /** Versions that are neither old nor the release, as patterns such as `preview-*`; absent where there are none. */
  previews?: string[]
  /** Where several servers count as one: how many of them there are, by state. */
  nodes?: { up: number; joining: number; leaving: number; lost: number }
  /** Why the numbers may not be whole (`link`, `silent`, `lost`, `joining`, `unsynced`, `foreign`, `unheard`, `size`); absent or empty when they are. */
  partial?: string[]
  /** Tabs that are between two servers. They are part of `total`. */
  returning?: number
}

export type Transport = 'ws' | 'sse'

/**
 * - `idle`: not begun: rendering on a server, a bot, a page that is prerendered, or one in the back/forward cache
 * - `connecting`
 * - `open`
 * - `waiting`: the next attempt is at `retryAt`
 * - `closed`: by `close()`, for good
 */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed'

/**
 * Whether the statistics that are shown are of now:
 * - `connecting`: the server has not answered yet
 * - `live`
 * - `away`: the link is lost; what is shown is how it was then
 * - `denied`: this tab may not see them
 */
export type LinkState = 'connecting' | 'live' | 'away' | 'denied'

export interface ConnectOptions {
  /** The server's base path, such as `/pro/__skew` or `https://watch.example.com/__skew`. Without it `/__skew`. */
  url?: string | URL
  /** The build this tab runs. Without it the server goes by its cookie, which all tabs of a browser share. */
  version?: string
  /** The first route, such as `/products`. At most 256 characters are sent. */
  route?: string
  /** Opens the statistics where the server asks for a token. A function is called for each subscription, so it may fetch a fresh one. */
  token?: Token
  /** Without it: a WebSocket, and server-sent events where that does not come through. */
  transport?: Transport
  /**
   * Whether tabs of the same browser, server and version share one event stream. Each is counted all the same. Without it: only
   * where the page itself came over HTTP/1.1, because there six streams are all a browser allows, and the seventh tab of the
   * app could load nothing. A WebSocket is never shared. Tabs that share should use the same token.
   */
  share?: boolean
  /** Watches without being counted: the page is no tab of the app. It has no row, no version and no route. */
  observer?: boolean
}

export type Token = string | (() => string | undefined | Promise<string | undefined>)

export interface SubscribeOptions {
  /**
   * What the server sends: `delta` (the default) a full list and then changes, which are put together for you; `snapshot` a
   * full list each time; `summary` the counts without `connections`.
   */
  mode?: 'delta' | 'snapshot' | 'summary'
  /** Instead of `mode`: what you use. Without `connections` it comes to `summary`. */
  fields?: (keyof ConnectionStats)[]
  /** Instead of the token given to `connect`. */
  token?: Token
}

/** The names of the events and what their listeners are handed. */
export interface ConnectionEvents {
  /** The link is up, for the first time or again. */
  connected: {
    version?: string
    connectionId: string
    timestamp: number
    /** False where this tab is not counted, and then why: `crawler`, `observer` or `tracking-off`. */
    counted?: false
    reason?: string
    /** After how many milliseconds to come back when the server has ended the link; the client keeps to it. */
    retry?: number
  }
  /** The statistics changed. */
  stats: ConnectionStats
  /** This connection may not see the statistics, or no longer. `stats` is empty again. */
  unauthorized: ConnectionStats
  /** The server's release is another than known so far; also the first time, and when it changed while the link was down. */
  version: string
  state: ConnectionState
}

/** Also an `EventTarget`: `addEventListener` gets an `Event` with the same values as `detail`. */
export interface Connection extends EventTarget {
  readonly state: ConnectionState
  /** When the next attempt is due, milliseconds since 1970; of use while `state` is `waiting`. */
  readonly retryAt?: number
  /** What the link last went over. */
  readonly transport?: Transport
  /** Where this tab said last that it is. */
  readonly route?: string
  /** This connection's `id` in the statistics; another one after each reconnect. */
  readonly id?: string
  /** The server's current release, once known. */
  readonly release?: string
  /** `null` until the server has answered a subscription. */
  readonly authorized: boolean | null
  /** Empty until authorized; while the link is down, as it was. */
  readonly stats: ConnectionStats

  /** Calls `listener` at each event; returns the function that stops it. */
  on<Name extends keyof ConnectionEvents>(name: Name, listener: (detail: ConnectionEvents[Name]) => void): () => void
  /** Tells where this tab is now. Cheap: at most ten a second are sent, and always the last. */
  setRoute(route: string): void
  /**
   * Sends the route at each navigation from now on. `read` says what the route is, without it the path:
   * `() => location.hash.slice(1)` for a router that works with hashes. Of several calls the last one with a `read` counts.
   */
  trackHistory(read?: () => string): this
  /**
   * Asks for the statistics, now and after every reconnect; a second call takes the first one's place, and asks anew where the
   * first one was denied. Returns the function that ends it.
   */
  subscribe(options?: SubscribeOptions): () => void
  /**
   * Asks anew with the session of this moment: call it after a login and after a logout. Without a token a WebSocket is opened
   * again for it, because it has the cookies that it was opened with.
   */
  renew(): void
  /** Ends the connection for good. */
  close(): void
}

/**
 * The connection of this tab. A tab is one connection: with the same `url` a later call returns the same one, until it is
 * closed; of its options only a version, a route or a token that was missing so far count. On a server and for a bot nothing
 * is opened, and the connection stays `idle`.
 */
export function connect(options?: ConnectOptions): Connection
