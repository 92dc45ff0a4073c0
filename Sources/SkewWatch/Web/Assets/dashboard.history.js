// What was open when: samples per version in equal steps, from the server's record and from what this page sees.

/** Samples of the counts by version, one for each step of a span; a step nobody saw has no sample. */
export class Timeline {
  constructor(step, span) {
    this.step = step;
    this.span = span;
    this.phase = 0;
    this.samples = [];
    this.unbroken = false;
  }

  /** Takes the server's record: `{"step","start","versions":{V:[n or null…]}}`. False where it is not one. */
  load(record) {
    if (!record || !(record.step > 0) || !Number.isFinite(record.start) || typeof record.versions !== 'object') {
      return false;
    }
    const columns = Object.entries(record.versions ?? {}).filter(([, counts]) => Array.isArray(counts));
    const steps = Math.min(5000, Math.max(0, ...columns.map(([, counts]) => counts.length)));
    const own = this.samples;
    this.step = record.step;
    this.phase = record.start % record.step;
    this.samples = [];
    for (let i = 0; i < steps; i++) {
      const known = columns.filter(([, counts]) => Number.isFinite(counts[i]));
      if (!known.length) continue;
      const versions = new Map();
      for (const [version, counts] of known) if (counts[i] > 0) versions.set(version, counts[i]);
      this.samples.push({ at: record.start + i * record.step, versions });
    }
    this.merge(own);
    return true;
  }

  /** Puts samples in where there are none: a server that was started anew has a shorter record than this page. */
  merge(own) {
    const near = this.step * 0.75;
    const known = this.samples.map(({ at }) => at);
    let i = 0;
    for (const sample of own) {
      while (i < known.length && known[i] < sample.at - near) i++;
      if (i === known.length || known[i] > sample.at + near) this.samples.push(sample);
    }
    this.samples.sort((a, b) => a.at - b.at);
  }

  /**
   * Notes what is open now, a Map that nobody changes any more. As long as the link held, nothing changed in the steps
   * since the last note.
   */
  record(now, versions) {
    const at = now - ((((now - this.phase) % this.step) + this.step) % this.step);
    let last = this.samples.at(-1);
    if (last && last.at >= at) {
      last.versions = versions;
    } else {
      while (this.unbroken && last && last.at + this.step < at && at - last.at < this.span) {
        last = { at: last.at + this.step, versions: last.versions };
        this.samples.push(last);
      }
      this.samples.push({ at, versions });
    }
    this.unbroken = true;
    const oldest = now - this.span - this.step;
    const keep = this.samples.findIndex((sample) => sample.at >= oldest);
    if (keep > 0) this.samples.splice(0, keep);
  }

  /** From here on nobody watches, until the next note. */
  interrupt() {
    this.unbroken = false;
  }
}

/** One series of timelines, the finest first: each adds what is before the one before. It ends with `counts`, now. */
export function series(timelines, now, counts) {
  let all = [];
  for (const { step, samples } of timelines) {
    const first = all[0]?.at ?? Infinity;
    // A sample is what was true at the end of its step.
    const earlier = samples.map(({ at, versions }) => ({ at: Math.min(now, at + step), step, versions }));
    all = [...earlier.filter(({ at }) => at < first), ...all];
  }
  if (!counts) return all;
  while (all.length && all.at(-1).at >= now) all.pop();
  all.push({ at: now, step: timelines[0].step, versions: counts });
  return all;
}

/** The curve of the rollout before: `{version, at, points: [[ms after its announcement, old]…], percent, after}`. */
export function lastRollout(samples, releases, release) {
  const now = releases.findLastIndex(({ version }) => version === release);
  const before = releases.slice(0, Math.max(0, now)).findLastIndex(({ version }) => version !== release);
  if (before < 1) return undefined;
  const { version, at, milestones = {} } = releases[before];
  const end = releases[before + 1].at;
  const points = [];
  for (const sample of samples) {
    // Samples of a day ago are minutes apart: the one before the announcement is how it began.
    if (sample.at + (sample.step ?? 0) < at || sample.at >= end) continue;
    let old = 0;
    for (const [name, n] of sample.versions) if (name !== version) old += n;
    points.push([Math.max(0, sample.at - at), old]);
  }
  const most = Math.max(0, ...points.map(([, old]) => old));
  // Nobody was on anything else: there is nothing to compare with.
  if (!most) return undefined;
  const found = { version, at, points };
  for (const percent of [99, 90, 50]) {
    const reached = points.find(([, old]) => old <= most * (1 - percent / 100))?.[0];
    const after = Number.isFinite(milestones[percent]) ? milestones[percent] : reached;
    if (after !== undefined) return { ...found, percent, after };
  }
  return found;
}
