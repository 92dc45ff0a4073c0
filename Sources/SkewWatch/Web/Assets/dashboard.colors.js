// Which colour a version has, the same in every part of the page and for as long as it matters.

const slots = 7;

/** The release is always slot 0; the most used other versions get 1 to 7; all further ones share `x`. */
export class Colors {
  constructor() {
    this.release = undefined;
    this.taken = new Map();
  }

  /** Gives slots to `ranked` (most used first). A version that stays among them keeps its slot. */
  assign(release, ranked) {
    this.release = release;
    const shown = ranked.filter((version) => version !== release && version !== '(other)').slice(0, slots);
    const wanted = new Set(shown);
    for (const version of this.taken.keys()) if (!wanted.has(version)) this.taken.delete(version);
    const used = new Set(this.taken.values());
    let next = 1;
    for (const version of shown) {
      if (this.taken.has(version)) continue;
      while (used.has(next)) next++;
      used.add(next);
      this.taken.set(version, next);
    }
  }

  slot(version) {
    if (version === this.release) return 's0';
    const slot = this.taken.get(version);
    return slot ? `s${slot}` : 'sx';
  }

  /** All slots in the order in which they are stacked, each with its version (`x` has none). */
  get stack() {
    const rest = [...this.taken].sort((a, b) => a[1] - b[1]).map(([version, slot]) => [`s${slot}`, version]);
    return [...(this.release === undefined ? [] : [['s0', this.release]]), ...rest, ['sx', undefined]];
  }
}
