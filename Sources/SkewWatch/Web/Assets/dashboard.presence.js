// Who is connected, as the server last told it. Maps, not objects: `__proto__` is a version like any other.

export class Presence {
  constructor() {
    this.clear()
  }

  clear() {
    this.seq = undefined
    this.total = 0
    this.versions = new Map()
    this.routes = new Map()
    this.rows = new Map()
    this.yourId = undefined
    this.nodes = undefined
  }

  /** Takes a whole `stats` message. */
  apply(stats) {
    this.seq = stats.seq
    this.total = count(stats.total)
    this.versions = counts(stats.versions)
    this.routes = counts(stats.routes)
    this.rows = new Map((stats.connections ?? []).map(row => [row.id, row]))
    this.yourId = stats.yourId ?? this.yourId
    this.nodes = stats.nodes
  }

  /** Takes a `stats-delta`; false where it does not follow what is known, so that a whole one has to be asked for. */
  follow(delta) {
    if (this.seq === undefined || delta.seq !== this.seq + 1) return false
    this.seq = delta.seq
    if (delta.total !== undefined) this.total = count(delta.total)
    change(this.versions, delta.versions)
    change(this.routes, delta.routes)
    for (const id of delta.closed ?? []) this.rows.delete(id)
    for (const row of delta.opened ?? []) this.rows.set(row.id, row)
    for (const row of delta.changed ?? []) this.rows.set(row.id, row)
    if (delta.nodes !== undefined) this.nodes = delta.nodes
    return true
  }

  /** Connections that are counted but not listed. */
  get unlisted() {
    return Math.max(0, this.total - this.rows.size)
  }
}

const count = n => (Number.isFinite(n) && n > 0 ? Math.floor(n) : 0)
const counts = object => new Map(Object.entries(object ?? {}).map(([key, n]) => [key, count(n)]))

function change(map, changes) {
  for (const [key, n] of Object.entries(changes ?? {})) {
    if (n === null) map.delete(key)
    else map.set(key, count(n))
  }
}
