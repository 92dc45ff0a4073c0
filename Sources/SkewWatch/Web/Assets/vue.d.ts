/**
 * The live statistics of a SkewWatch server for Vue 3, in the shape of `nuxt-skew-protection`'s composable:
 *
 *     import { useActiveConnections } from '/__skew/vue.js'
 *     const { total, versions, routes, connections, yourId, authorized } = useActiveConnections()
 *
 * `vue` is imported by that name: a page without a bundler needs an import map for it. `client.js` and `client.stream.js` must
 * lie beside this file.
 */
import type { ComputedRef } from 'vue'
import type { Connection, ConnectionInfo, ConnectionStats, ConnectOptions, SubscribeOptions } from './client.js'

export type { ConnectionInfo, ConnectionStats }

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
}

/**
 * Subscribes for as long as the component (or effect scope) lives. All callers share one subscription; it ends with the last
 * of them, the connection stays. The options of the first caller count; one that
 * comes while the tab is denied asks again with its own. On a server nothing is opened, and the values are those
 * before the first answer, so that hydration fits.
 */
export function useActiveConnections(options?: UseActiveConnectionsOptions): ActiveConnections
