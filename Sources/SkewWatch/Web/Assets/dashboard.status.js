// How the link is doing, in words; and the one place from which the page speaks to a screen reader.

import { clockWithSeconds, setText } from './dashboard.text.js'

const $ = id => document.getElementById(id)

/** Says something politely, once. Only events are said, never figures that tick. */
export function speak(text) {
  $('spoken').textContent = text
}

export class LinkStatus {
  constructor(openNow) {
    this.state = { name: 'connecting' }
    this.staleSince = undefined
    this.fresh = false
    $('notice-action').addEventListener('click', openNow)
    setInterval(() => this.state.name === 'waiting' && this.paint(), 1000)
  }

  get live() {
    return this.state.name === 'live' && this.fresh
  }

  show(state) {
    // A new attempt after a loss is still "reconnecting" to the reader, not a fresh start.
    if (state.name === 'live' && this.lost) speak('Connected again.')
    if (state.name === 'waiting' && !this.lost) speak('The connection is lost. Trying again.')
    if (state.name === 'ended') speak('The server ended the connection.')
    this.lost = state.name === 'waiting' || (state.name === 'connecting' && this.lost)
    if (state.name !== 'live' && this.fresh) this.staleSince = Date.now()
    if (state.name !== 'live') this.fresh = false
    this.state = state
    this.paint()
  }

  /** Statistics came: what is on the page is the present. */
  refreshed() {
    this.fresh = true
    this.staleSince = undefined
    this.paint()
  }

  paint() {
    const { name, until, code } = this.state
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000))
    const label = {
      connecting: this.lost ? 'Reconnecting…' : 'Connecting…',
      live: document.body.dataset.view === 'signin' ? 'Connected' : 'Live',
      waiting: `Reconnecting in ${seconds} s`,
      ended: 'Ended',
    }[name]
    $('link').dataset.state = name
    setText($('link-text'), label)
    document.body.classList.toggle('stale', this.staleSince !== undefined)

    const down = name === 'ended' || this.lost
    $('notice').hidden = !down
    if (!down) return
    const seen = this.staleSince === undefined ? '' : ` What you see is as of ${clockWithSeconds(this.staleSince)}.`
    setText($('notice-text'), name === 'ended'
      ? `The server ended the connection (code ${code}) and asks not to be called again.${seen}`
      : `The server cannot be reached.${seen}`)
    setText($('notice-action'), name === 'ended' ? 'Connect again' : 'Try now')
    $('notice-action').hidden = name === 'connecting'
  }
}
