/**
 * The live statistics of a SkewWatch server for Vue 3, in the shape of `nuxt-skew-protection`'s composable:
 *
 *     import { useActiveConnections } from 'skewwatch/vue' // or '/__skew/vue.js'
 *     const { total, versions, routes, connections, yourId, authorized, state } = useActiveConnections()
 *
 * `vue` is imported by that name: a page without a bundler needs an import map for it. `client.js`, `client.stream.js`
 * and `callers.js` must lie beside this file.
 */
import type { ComputedRef } from 'vue'
import type { Connection, ConnectionInfo, ConnectionStats, ConnectOptions, LinkState, SubscribeOptions } from './client.js'

export type { ConnectionInfo, ConnectionStats, LinkState }

export interface UseActiveConnectionsOptions extends ConnectOptions, SubscribeOptions {
  /** A connection that the app has opened already. Not needed where `url` is the same: a tab is one connection. */
  connection?: Connection
}

export interface ActiveConnections {
  /** Open tabs; 0 until authorized. */
  total: ComputedRef<number>
  /** Open tabs by version. */
  versions: ComputedRef<Record<string, number>>
  /** Open tabs by route; empty where the server does not track routes. */
  routes: ComputedRef<Record<string, number>>
  /** One row for each open tab. */
  connections: ComputedRef<ConnectionInfo[]>
  /** The `id` of this tab's own row. */
  yourId: ComputedRef<string | undefined>
  /** `null` while pending, then whether this tab may see the statistics. */
  authorized: ComputedRef<boolean | null>
  /** Whether the numbers are of now: what a screen on a wall must show beside them. */
  state: ComputedRef<LinkState>
}

/**
 * Subscribes for as long as the component (or effect scope) lives. All callers share one subscription, which has what each of
 * them wants; it ends with the last of them, the connection stays. A caller that comes while the tab is denied asks again with its
 * own token. The route follows the history, unless the app has set one by itself. On a server nothing is opened, and the values are those
 * before the first answer, so that hydration fits.
 */
export function useActiveConnections(options?: UseActiveConnectionsOptions): ActiveConnections
