// The dashboard's WebSocket: one authorized subscription in delta mode that outlives restarts and sleeping laptops.

const pingEvery = 20000
const silenceAllowed = 35000
const longestWait = 30000

/**
 * Opens the link and keeps it open. `on` has `state({name, until?, code?})` with the names connecting, live, waiting and ended,
 * `connected(version)`, `stats(message)`, `delta(message)` and `denied()`.
 */
export class Link {
  constructor(address, on) {
    this.address = address
    this.on = on
    this.token = undefined
    this.attempt = 0
    addEventListener('online', () => this.hurry())
    addEventListener('pagehide', () => this.pause())
    addEventListener('pageshow', event => event.persisted && this.open())
    document.addEventListener('visibilitychange', () => document.hidden || this.hurry())
  }

  open() {
    this.pause()
    this.on.state({ name: 'connecting' })
    const socket = new WebSocket(this.address)
    this.socket = socket
    const mine = handler => event => this.socket === socket && handler(event)
    socket.addEventListener('message', mine(event => this.receive(event.data)))
    socket.addEventListener('close', mine(event => this.closed(event.code)))
    this.heard = performance.now()
    this.pulse = setInterval(() => this.beat(), pingEvery / 2)
  }

  /** Asks for the statistics: with a token, or riding on the session when there is none. */
  subscribe(token) {
    this.token = token
    this.send({ type: 'subscribe-stats', mode: 'delta', ...(token ? { token } : {}) })
  }

  /** Tries again at once if it was waiting to. */
  hurry() {
    if (this.timer) this.open()
  }

  pause() {
    clearTimeout(this.timer)
    clearInterval(this.pulse)
    this.timer = undefined
    const socket = this.socket
    this.socket = undefined
    socket?.close()
  }

  receive(data) {
    this.heard = performance.now()
    let message
    try {
      message = JSON.parse(data)
    } catch {
      return
    }
    switch (message?.type) {
      case 'connected':
        this.attempt = 0
        this.on.connected(message.version)
        this.on.state({ name: 'live' })
        return this.subscribe(this.token)
      case 'version': return this.on.connected(message.version)
      case 'stats': return this.on.stats(message)
      case 'stats-delta': return this.on.delta(message)
      case 'stats-unauthorized': return this.on.denied()
    }
  }

  closed(code) {
    this.pause()
    // A policy close and the application's own codes are an answer, not an accident: asking again would not change it.
    if (code === 1008 || code >= 4000) return this.on.state({ name: 'ended', code })
    const wait = 500 + Math.random() * Math.min(longestWait, 1000 * 2 ** this.attempt++)
    this.timer = setTimeout(() => this.open(), wait)
    this.on.state({ name: 'waiting', until: Date.now() + wait, code })
  }

  beat() {
    if (performance.now() - this.heard > silenceAllowed) return this.closed(1006)
    if (performance.now() - this.heard > pingEvery) this.send({ type: 'ping' })
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }
}
