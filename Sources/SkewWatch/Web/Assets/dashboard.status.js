// How the link is doing, in words; and the one place from which the page speaks to a screen reader.

import { clockWithSeconds, setText } from './dashboard.text.js'

const $ = id => document.getElementById(id)

/** Says something politely, once. Only events are said, never figures that tick. */
export function speak(text) {
  $('spoken').textContent = text
}

export class LinkStatus {
  constructor(openNow) {
    this.state = 'idle'
    this.fresh = false
    this.access = undefined
    $('notice-action').addEventListener('click', openNow)
    setInterval(() => this.state === 'waiting' && this.paint(), 1000)
  }

  /** True while what the page shows is the present. */
  get live() {
    return this.state === 'open' && this.fresh
  }

  /** Takes a state of the client: idle, connecting, open, waiting, closed. */
  show(state, retryAt) {
    if (state === 'open' && this.lost) speak('Connected again.')
    if (state === 'waiting' && !this.lost) speak('The connection is lost. Trying again.')
    // A further attempt after a loss is "reconnecting" to the reader, not a fresh start.
    this.lost = state === 'waiting' || (state === 'connecting' && (this.lost || this.fresh))
    if (state !== 'open' && this.fresh) {
      this.fresh = false
      this.staleSince = Date.now()
    }
    this.state = state
    this.retryAt = retryAt
    this.paint()
  }

  /** Statistics came: what is on the page is the present. */
  refreshed() {
    if (this.fresh) return
    this.fresh = true
    this.access = undefined
    this.staleSince = undefined
    this.paint()
  }

  /** The server said no: from the start, or now after it had said yes. */
  denied(ended) {
    this.fresh = false
    this.staleSince = undefined
    this.access = ended ? 'ended' : 'denied'
    this.paint()
  }

  paint() {
    const { state, access } = this
    const seconds = Math.max(0, Math.ceil((this.retryAt - Date.now()) / 1000))
    const [mark, label] = state === 'waiting' ? ['waiting', `Reconnecting in ${seconds} s`]
      : state === 'closed' ? ['ended', 'Ended']
      : state !== 'open' ? ['connecting', this.lost ? 'Reconnecting…' : 'Connecting…']
      : access === 'ended' ? ['ended', 'Access ended']
      : access === 'denied' ? ['denied', 'Not signed in']
      : this.fresh ? ['live', 'Live'] : ['connecting', 'Connecting…']
    $('link').dataset.state = mark
    setText($('link-text'), label)
    document.body.classList.toggle('stale', this.staleSince !== undefined)
    $('notice').hidden = !this.lost
    if (!this.lost) return
    setText($('notice-text'), `The server cannot be reached.${this.staleSince === undefined ? '' : ` What you see is as of ${clockWithSeconds(this.staleSince)}.`}`)
    setText($('notice-action'), 'Try now')
    $('notice-action').disabled = state !== 'waiting'
  }
}
