// The statistics as a Solid signal. Once, where the app begins: `const connections = createActiveConnections()`, then
// `{connections().total}` in a component. It ends with the owner that it was called in.
import { createSignal, onCleanup } from 'solid-js'
import { connect, type ConnectOptions, type ConnectionStats, type SubscribeOptions } from 'skewwatch'

export type View = ConnectionStats & { authorized: boolean | null; isLive: boolean }

export function createActiveConnections(options: ConnectOptions & SubscribeOptions = {}) {
  const connection = connect(options)
  const read = (): View => ({ ...connection.stats, authorized: connection.authorized, isLive: connection.state === 'open' })
  // A new object for each change, so that Solid sees one.
  const [view, setView] = createSignal(read())
  const show = () => void setView(read)

  const { mode, fields, token } = options
  const ends = [connection.on('stats', show), connection.on('unauthorized', show), connection.on('state', show)]
  ends.push(connection.subscribe({ mode, fields, token }))
  onCleanup(() => ends.forEach((end) => end()))
  return view
}
