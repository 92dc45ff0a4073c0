// What was open when: samples per version in equal steps, and what they say about the end of a rollout.

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
    return true;
  }

  /** Notes what is open now. As long as the link held, nothing changed in the steps since the last note. */
  record(now, versions) {
    const at = now - ((((now - this.phase) % this.step) + this.step) % this.step);
    let last = this.samples.at(-1);
    if (last && last.at >= at) {
      last.versions = new Map(versions);
    } else {
      while (this.unbroken && last && last.at + this.step < at && at - last.at < this.span) {
        last = { at: last.at + this.step, versions: last.versions };
        this.samples.push(last);
      }
      this.samples.push({ at, versions: new Map(versions) });
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

  /** How many tabs were on another version than `release`, at each sample. */
  oldTabs(release) {
    return this.samples.map(({ at, versions }) => {
      let old = 0;
      for (const [version, n] of versions) if (version !== release) old += n;
      return { at, old };
    });
  }
}

const window = 15 * 60000;

/**
 * When the last old tab closes if old tabs go on closing as they lately did.
 * Answers `{kind: 'at', at, since, from, to}`, or why it cannot:
 * `short` (watched too little), `steady` (no decline), `far` (over a day).
 */
export function forecast(series, now) {
  const recent = series.filter(({ at }) => at >= now - window);
  // Only what came after the peak: before it, tabs of the old release were still opening.
  let peak = 0;
  recent.forEach(({ old }, i) => {
    if (old >= recent[peak].old) peak = i;
  });
  const points = recent.slice(peak);
  if (!recent.length || recent.at(-1).at - recent[0].at < 60000) return { kind: 'short' };
  if (points.length < 4) return { kind: 'steady', span: recent.at(-1).at - recent[0].at };
  const first = points[0];
  const last = points.at(-1);
  if (first.old - last.old < Math.max(2, first.old * 0.02)) return { kind: 'steady', span: last.at - recent[0].at };

  const linear = line(points.map((p) => [p.at - last.at, p.old]));
  const decay = line(points.filter((p) => p.old > 0).map((p) => [p.at - last.at, Math.log(p.old)]));
  const errorOf = (guess) =>
    Math.sqrt(points.reduce((sum, p) => sum + (guess(p.at - last.at) - p.old) ** 2, 0) / points.length);
  const straight = errorOf((t) => linear.base + linear.slope * t);
  const curved = errorOf((t) => Math.exp(decay.base + decay.slope * t));
  // People close tabs independently of each other, which is a decay.
  // A straight line has to fit clearly better to be believed.
  const ends =
    straight < curved * 0.7 && curved > 0.5 + (first.old - last.old) * 0.02
      ? last.at + (0.5 - linear.base) / linear.slope
      : last.at + (Math.log(0.5) - decay.base) / decay.slope;
  if (!Number.isFinite(ends) || ends > now + 86400000) return { kind: 'far' };
  return {
    kind: 'at',
    at: rounded(Math.max(ends, now + 60000), now),
    since: first.at,
    from: first.old,
    to: last.old,
  };
}

/** Least squares through `[x, y]` points. */
function line(points) {
  const n = points.length;
  const mx = points.reduce((sum, [x]) => sum + x, 0) / n;
  const my = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let above = 0;
  let below = 0;
  for (const [x, y] of points) {
    above += (x - mx) * (y - my);
    below += (x - mx) ** 2;
  }
  const slope = below ? above / below : 0;
  return { slope, base: my - slope * mx };
}

/**
 * A forecast is no more exact than its distance allows:
 * to the minute for the next half hour, then to 5, 15 and 60 minutes.
 */
function rounded(at, now) {
  const ahead = (at - now) / 60000;
  const grain = (ahead < 30 ? 1 : ahead < 120 ? 5 : ahead < 480 ? 15 : 60) * 60000;
  return Math.ceil(at / grain) * grain;
}
