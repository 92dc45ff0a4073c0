// The statistics as a Svelte store. In a component: `const connections = activeConnections()`, then `{$connections.total}`.
import { connect, type ConnectOptions, type ConnectionStats, type SubscribeOptions } from 'skewwatch'

export type View = ConnectionStats & { authorized: boolean | null; isLive: boolean }

/** A store: who subscribes first asks the server, and who leaves last ends it. */
export function activeConnections(options: ConnectOptions & SubscribeOptions = {}) {
  const connection = connect(options)
  const runs = new Set<(view: View) => void>()
  let ends: (() => void)[] = []

  const view = (): View => ({ ...connection.stats, authorized: connection.authorized, isLive: connection.state === 'open' })
  const tell = () => runs.forEach((run) => run(view()))

  return {
    subscribe(run: (view: View) => void) {
      runs.add(run)
      if (runs.size === 1) {
        const { mode, fields, token } = options
        ends = [connection.on('stats', tell), connection.on('unauthorized', tell), connection.on('state', tell)]
        ends.push(connection.subscribe({ mode, fields, token }))
      }
      run(view())
      return () => {
        if (runs.delete(run) && runs.size === 0) for (const end of ends) end()
      }
    },
  }
}
