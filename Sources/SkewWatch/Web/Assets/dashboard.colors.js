// Which colour a version has: the same in every part of the page, and its own for good. Previews share a grey.

import { matches } from './dashboard.state.js';

const slots = 8;

export class Colors {
  constructor() {
    this.taken = new Map();
    this.order = [];
    this.previews = [];
  }

  /** Gives colours to `ranked` (the most important first). Who has one keeps it as long as it is in the ranking. */
  assign(ranked, previews) {
    this.previews = previews;
    const shown = ranked.filter((version) => version !== '(other)' && !matches(version, previews)).slice(0, slots);
    const wanted = new Set(shown);
    for (const version of this.taken.keys()) if (!wanted.has(version)) this.taken.delete(version);
    const used = new Set(this.taken.values());
    let next = 0;
    for (const version of shown) {
      if (this.taken.has(version)) continue;
      while (used.has(next)) next++;
      used.add(next);
      this.taken.set(version, next);
    }
    this.order = shown;
  }

  slot(version) {
    if (matches(version, this.previews)) return 'preview';
    const slot = this.taken.get(version);
    return slot === undefined ? 'sx' : `s${slot}`;
  }

  /** Colours in the order of the ranking, each with its version; last that of all others, and that of previews. */
  get stack() {
    return [...this.order.map((version) => [this.slot(version), version]), ['sx'], ['preview']];
  }
}
