// Where a rollout stands: one state and the figures behind it. `skewwatch watch` has the same rule in Swift
// (RolloutState), and the file rollout-states.json holds both to it. Nothing here has a clock or a page.

import { minute } from './dashboard.times.js';

/** Closings that a pace is measured over. */
const enough = 40;

/** Whether `version` is one of `patterns`; a `*` at the end stands for any rest. */
export function matches(version, patterns) {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? version.startsWith(pattern.slice(0, -1)) : version === pattern,
  );
}

/** Releases as rollouts: to announce again what is out is none of its own, and no way back. */
export const rolloutsOf = (releases) => releases.filter(({ version }, i) => version !== releases[i - 1]?.version);

/**
 * Takes `{now, live, release, releases, previews, series}`: times in milliseconds, `releases` as `[{version, at}]`
 * with the one of now last, `series` as `[{at, versions}]` with a Map of counts each, oldest first, the last one now.
 * Answers `{state, …}`; a figure that is not known is undefined.
 */
export function assess({ now, live, release, releases: announcements, previews, series }) {
  const releases = rolloutsOf(announcements);
  const latest = series.at(-1) ?? { at: now, versions: new Map() };
  const announced = releases.findLast(({ version }) => version === release)?.at;
  const newer = unannounced(series, release, releases, previews, announced);
  const split = ({ at, versions }) => {
    const found = { at, total: 0, current: 0, old: 0, preview: 0, newer: 0 };
    for (const [version, n] of versions) {
      found.total += n;
      if (version === release) found.current += n;
      else if (matches(version, previews)) found.preview += n;
      else if (newer.has(version)) found.newer += n;
      else found.old += n;
    }
    return found;
  };
  const all = series.map(split);
  const course = sinceAnnounced(all, announced);
  const drops = findDrops(all);
  const before = releases.slice(0, -1).findLast(({ version }) => version !== release)?.version;
  const facts = {
    ...split(latest),
    now,
    release,
    announced,
    former: before ?? mostOld(latest.versions, release, previews, newer),
    newerNames: newer,
    drops,
    closing: closing(course, now),
    milestones: milestones(course, announced),
    ...paces(course, drops, now),
  };
  const state = (name, more) => ({ ...facts, state: name, ...more });

  if (!live) return state('stale');
  if (facts.total === facts.preview) return state('nobody-here');
  if (release === undefined) return state('no-release');
  const drop = drops.findLast(({ at, from }) => at > now - 5 * minute && facts.total < from * 0.85);
  if (drop) return state('dropped', { drop, half: undefined });
  // First, for what has replaced the last tab of a release says that the release was not mistyped.
  const rising = replacing(series, release, newer, latest);
  if (rising) return state('not-announced', { rising });
  if (!facts.current && !(announced > now - 2 * minute) && facts.old) {
    return state('nobody', { nearest: nearest(release, byCount(latest.versions)) });
  }
  if (!facts.old) return state('done', done(course, announced));
  const back = releases.slice(0, -1).some(({ version }) => version === release) && before !== undefined;
  if (back) return state('rolling-back');
  const gained = growth(course, drops, now);
  if (gained) return state('growing', { gained });
  if (facts.quiet >= facts.patience) return state('stalled');
  return state(facts.slowing > 2 ? 'slowing' : 'rolling-out');
}

/** The samples of this rollout: from the announcement on, or from the most old tabs where its time is not known. */
function sinceAnnounced(all, announced) {
  if (announced !== undefined) return all.filter(({ at }) => at >= announced);
  let peak = 0;
  all.forEach(({ old }, i) => {
    if (old >= all[peak].old) peak = i;
  });
  return all.slice(peak);
}

const at = (series, time) => series.findLast((sample) => sample.at <= time) ?? series[0];

/**
 * Versions that came after the release and were never announced: they are not old. A record that is young proves
 * nothing: after a restart of the server tabs come back in any order.
 */
function unannounced(series, release, releases, previews, announced) {
  const found = new Set();
  if (release === undefined || !series.length) return found;
  const { versions } = series.at(-1);
  let total = 0;
  for (const n of versions.values()) total += n;
  for (const [version, n] of versions) {
    if (version === release || version === '(other)' || !isMany(n, total) || matches(version, previews)) continue;
    if (releases.some((past) => past.version === version)) continue;
    const first = firstSeen(series, version);
    const proof = Math.max(series[0].at + 5 * minute, announced ?? 0, firstSeen(series, release));
    const came = first > proof;
    if (came || isReplacing(series, release, version)) found.add(version);
  }
  return found;
}

const firstSeen = (series, version) => series.find(({ versions }) => versions.get(version) > 0)?.at ?? Infinity;

const isMany = (n, total) => n >= 20 || (n >= 3 && n > total * 0.05);

/** Whether a version gained in the last five minutes what the release lost. */
function isReplacing(series, release, version) {
  const { versions, at: time } = series.at(-1);
  const then = at(series, time - 5 * minute).versions;
  const gained = (versions.get(version) ?? 0) - (then.get(version) ?? 0);
  const lost = (then.get(release) ?? 0) - (versions.get(release) ?? 0);
  return gained >= 3 && lost > 0;
}

/** The unannounced version that takes the release's place, with how many tabs it gained in how long. */
function replacing(series, release, newer, { at: time, versions }) {
  const ranked = [...newer].sort((a, b) => versions.get(b) - versions.get(a) || (a < b ? -1 : 1));
  const version = ranked.find(
    (name) => isReplacing(series, release, name) || versions.get(name) > (versions.get(release) ?? 0),
  );
  if (version === undefined) return undefined;
  const first = firstSeen(series, version);
  const from = Math.max(first, time - 5 * minute);
  const then = first < from ? (at(series, from).versions.get(version) ?? 0) : 0;
  return { version, gained: versions.get(version) - then, span: time - from };
}

function mostOld(versions, release, previews, newer) {
  let most;
  for (const [version, n] of versions) {
    if (version === release || newer.has(version) || matches(version, previews)) continue;
    if (most === undefined || n > most[1] || (n === most[1] && version < most[0])) most = [version, n];
  }
  return most?.[0];
}

/** Where more than 30 % of all tabs went within one step and stayed away for another. */
function findDrops(all) {
  const drops = [];
  for (let i = 1; i < all.length - 1; i++) {
    const from = all[i - 1].total;
    const lost = from - all[i].total;
    if (from < 10 || lost <= from * 0.3 || all[i].at - all[i - 1].at > 15000) continue;
    if (all[i + 1].total < from * 0.7) drops.push({ at: all[i].at, from, lost });
  }
  return drops;
}

/** Old tabs that closed in the last minute. */
function closing(course, now) {
  if (!course.length) return undefined;
  const then = at(course, now - minute);
  return Math.max(0, then.old - course.at(-1).old);
}

/** After how long 50, 90 and 99 % of the old tabs of the beginning were gone. */
function milestones(course, announced) {
  const found = {};
  if (announced === undefined || !course.length || course[0].at > announced + 5 * minute) return found;
  const most = course.reduce((largest, { old }) => Math.max(largest, old), 0);
  const from = course.findIndex(({ old }) => old === most);
  for (const percent of [50, 90, 99]) {
    const reached = course.find(({ old }, i) => most > 0 && i > from && old <= most * (1 - percent / 100));
    if (reached) found[percent] = reached.at - announced;
  }
  return found;
}

/** Closings and the time that tabs were open for them, backwards from sample `i`, until there are enough. */
function measure(course, i, drops) {
  let closed = 0;
  let exposure = 0;
  for (; i > 0 && closed < enough; i--) {
    const span = course[i].at - course[i - 1].at;
    if (drops.some((drop) => drop.at === course[i].at)) continue;
    exposure += ((course[i].old + course[i - 1].old) / 2) * span;
    closed += Math.max(0, course[i - 1].old - course[i].old);
  }
  return { closed, exposure, i };
}

/**
 * How fast old tabs close. `half` says when half of them will be gone, with a range that held in 80 % of simulated
 * rollouts of six kinds; `quiet` is the time since the last closing, `patience` how much of that is usual.
 */
function paces(course, drops, now) {
  const { old } = course.at(-1) ?? { old: 0 };
  const recent = measure(course, course.length - 1, drops);
  const earlier = measure(course, recent.i, drops);
  const hazard = recent.closed / recent.exposure;
  const slowing =
    recent.closed >= 20 && earlier.closed >= 20 ? earlier.closed / earlier.exposure / hazard : undefined;

  let last = course.length - 1;
  while (last > 0 && course[last].old >= course[last - 1].old) last--;
  const from = course[last]?.at ?? now;
  const usual = measure(course, last, drops);
  // Where few have closed yet, as if a tab stayed for an hour.
  const gap = (usual.exposure + 60 * minute) / ((usual.closed + 1) * Math.max(1, old));
  return {
    slowing,
    half: old >= 4 && recent.closed >= 8 ? range(recent.closed, hazard, old, earlier) : undefined,
    // Before the record nobody watched.
    quiet: now - from,
    patience: Math.max(2 * minute, 5 * gap),
  };
}

function range(closed, hazard, old, earlier) {
  const about = Math.LN2 / hazard;
  // The 1.6 and the 1 were found by simulation: few closings say little, and so do few tabs that are left.
  const spread = 1 + 1.6 / Math.sqrt(closed) + 1 / Math.sqrt(old);
  const slower = earlier.closed >= 8 ? Math.max(1, earlier.closed / earlier.exposure / hazard) : 1;
  const beyond = Math.max(1, old / 2 / closed) ** 0.3;
  return { about, low: about / spread / 1.2, high: about * spread * slower * 1.2 * beyond };
}

/** How many more old tabs there are than two minutes ago, where that is no accident. */
function growth(course, drops, now) {
  const start = course.findLast((sample) => sample.at <= now - 2 * minute);
  if (!start || drops.some((drop) => drop.at > now - 5 * minute)) return 0;
  const middle = at(course, now - minute).old;
  const { old } = course.at(-1);
  const gained = old - start.old;
  return gained >= Math.max(5, start.old * 0.05) && middle >= start.old && old >= middle ? gained : 0;
}

/** Since when no old tab is open, and how long that took. */
function done(course, announced) {
  const last = course.findLastIndex(({ old }) => old > 0);
  const since = last < 0 ? undefined : course[last + 1]?.at;
  return { since, took: since === undefined || announced === undefined ? undefined : since - announced };
}

const byCount = (versions) =>
  [...versions].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);

/** The first of the names seen that is most like one that nobody runs; undefined where none is. */
export function nearest(wanted, names) {
  let best;
  for (const name of names) {
    if (name === wanted || name === '(other)') continue;
    const far = distance(wanted, name);
    if (far * 2 > Math.max([...wanted].length, [...name].length)) continue;
    if (!best || far < best.far) best = { name, far };
  }
  return best?.name;
}

/** How many letters to add, leave out, change or swap with their neighbour. */
function distance(a, b) {
  const [from, to] = [[...a], [...b]];
  let [former, last] = [[], [...to.keys(), to.length]];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        row[j] = Math.min(row[j], former[j - 2] + 1);
      }
    }
    [former, last] = [last, row];
  }
  return last[to.length];
}
