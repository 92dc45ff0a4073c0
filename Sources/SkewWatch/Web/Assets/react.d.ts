/**
 * The live statistics of a SkewWatch server for React 18 and newer:
 *
 *     import { useActiveConnections } from 'skewwatch/react'
 *     const { total, versions, authorized, state } = useActiveConnections({ version: 'build-42' })
 */
import type { Connection, ConnectionInfo, ConnectOptions, LinkState, SubscribeOptions } from './client.js'

export type { ConnectionInfo, LinkState }

export interface UseActiveConnectionsOptions extends ConnectOptions, SubscribeOptions {
  /** A connection that the app has opened already. Not needed where `url` is the same: a tab is one connection. */
  connection?: Connection
}

/** Another object after each change, so that it can be compared. */
export interface ActiveConnections {
  /** Open tabs; 0 until authorized. */
  readonly total: number
  /** Open tabs by version. */
  readonly versions: Record<string, number>
  /** Open tabs by route; empty where the server does not track routes. */
  readonly routes: Record<string, number>
  /** One row for each open tab. */
  readonly connections: readonly ConnectionInfo[]
  /** The `id` of this tab's own row. */
  readonly yourId: string | undefined
  /** `null` while pending, then whether this tab may see the statistics. */
  readonly authorized: boolean | null
  /** Whether the numbers are of now. */
  readonly state: LinkState
}

/**
 * Subscribes for as long as the component is mounted. All callers share one subscription, which has what each of them wants; it
 * ends with the last of them, the connection stays. A `token` that is a function should be the same one at each render.
 */
export function useActiveConnections(options?: UseActiveConnectionsOptions): ActiveConnections
