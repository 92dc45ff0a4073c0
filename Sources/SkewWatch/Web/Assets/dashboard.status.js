// How the link is doing, in words; and the one place from which the page speaks to a screen reader.

import { byId, clock, setText } from './dashboard.text.js';

/** Says something politely, once. Only events are said, never figures that tick. */
export function speak(text) {
  byId('spoken').textContent = text;
}

export class LinkStatus {
  constructor(openNow) {
    this.openNow = openNow;
    this.state = 'idle';
    this.fresh = false;
    this.access = undefined;
    byId('notice-action').addEventListener('click', openNow);
    setInterval(() => this.state === 'waiting' && this.paint(), 1000);
  }

  /** True while what the page shows is the present. */
  get live() {
    return this.state === 'open' && this.fresh;
  }

  /** Takes a state of the client: idle, connecting, open, waiting, closed. */
  show(state, retryAt) {
    if (state === 'open' && this.lost) speak('Connected again.');
    if (state === 'waiting' && !this.lost) speak('The connection is lost. Trying again.');
    // A further attempt after a loss is "reconnecting" to the reader, not a fresh start.
    this.lost = state === 'waiting' || (state === 'connecting' && (this.lost || this.fresh));
    if (state !== 'open' && this.fresh) {
      this.fresh = false;
      this.staleSince = Date.now();
    }
    this.state = state;
    this.retryAt = retryAt;
    clearTimeout(this.hurry);
    // One operator's page may ask more often than the tabs of everybody do.
    if (state === 'waiting') this.hurry = setTimeout(this.openNow, 2500);
    this.paint();
  }

  /** Statistics came: what is on the page is the present. */
  refreshed() {
    if (this.fresh) return;
    this.fresh = true;
    this.access = undefined;
    this.staleSince = undefined;
    this.paint();
  }

  /** The server said no: from the start, or now after it had said yes. */
  denied(ended) {
    this.fresh = false;
    this.staleSince = undefined;
    this.access = ended ? 'ended' : 'denied';
    this.paint();
  }

  /** The mark of the link, and what it says. */
  describe() {
    const { state, access } = this;
    if (state === 'waiting') {
      const seconds = Math.max(0, Math.ceil(Math.min(this.retryAt - Date.now(), 3000) / 1000));
      return ['waiting', `Reconnecting in ${seconds} s`];
    }
    if (state === 'closed') return ['ended', 'Ended'];
    if (state !== 'open') return ['connecting', this.lost ? 'Reconnecting…' : 'Connecting…'];
    if (access === 'ended') return ['ended', 'Access ended'];
    if (access === 'denied') return ['denied', 'Not signed in'];
    return this.fresh ? ['live', 'Live'] : ['connecting', 'Connecting…'];
  }

  paint() {
    const [mark, label] = this.describe();
    byId('link').dataset.state = mark;
    setText(byId('link-text'), label);
    document.body.classList.toggle('stale', this.staleSince !== undefined);
    byId('notice').hidden = !this.lost;
    if (!this.lost) return;
    const age = this.staleSince === undefined ? '' : ` What you see is as of ${clock(this.staleSince, true)}.`;
    setText(byId('notice-text'), `The server cannot be reached.${age}`);
    setText(byId('notice-action'), 'Try now');
    byId('notice-action').disabled = this.state !== 'waiting';
  }
}
