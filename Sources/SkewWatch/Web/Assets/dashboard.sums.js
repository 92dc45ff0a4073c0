// What the lists and the chart show, worked out of what is known; and why there is nothing to show.

import { matches } from './dashboard.state.js';
import { number, percent, restOf, signed } from './dashboard.text.js';
import { minute } from './dashboard.times.js';
import { glance } from './dashboard.words.js';

/** What each version is to the release: `{name, tone, old}`. */
export function rolesOf({ counts, facts, previews }) {
  const { release, former, newerNames } = facts;
  const role = (version) => {
    if (version === release) return { name: 'current', tone: 'info' };
    if (matches(version, previews)) return { name: 'preview', tone: 'none' };
    if (newerNames.has(version)) return { name: 'not announced', tone: 'warn' };
    if (release === undefined) return {};
    return { name: version === former ? 'previous' : undefined, tone: 'old', old: true };
  };
  return new Map([...counts.keys()].map((version) => [version, role(version)]));
}

/** Where the old tabs are, or whose they are, as entries of a list. */
export function whereEntries(where, now) {
  const most = Math.max(1, ...where.map(({ old }) => old));
  return where.map(({ name, old, all, oldest }) => ({
    name,
    key: name,
    cells: [old, all ? `of ${number(all)}` : '', oldest === undefined ? '' : glance(now - oldest)],
    share: old / most,
    slot: 'old',
  }));
}

/** The versions, the current one first, as entries of a list. */
export function versionEntries({ counts, facts, samples, release, now }, roles, colors) {
  const then = samples.findLast(({ at }) => at <= now - 5 * minute)?.versions;
  const order = { current: 0, 'not announced': 1, previous: 2 };
  const rank = (version) => (version === '(other)' ? 9 : (order[roles.get(version).name] ?? 5));
  const sorted = [...counts].sort((a, b) => rank(a[0]) - rank(b[0]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const most = Math.max(1, ...counts.values());
  const counted = facts.total - facts.preview;
  const share = (version, n) => {
    if (roles.get(version).name === 'preview') return '';
    return version === release && !facts.newer ? restOf(counted - n, counted) : percent(n, counted);
  };
  return sorted.map(([version, n]) => ({
    name: version === '(other)' ? 'others, beyond the limit of names' : version,
    key: version === '(other)' ? undefined : version,
    cells: [n, share(version, n), then ? signed(n - (then.get(version) ?? 0)) : ''],
    share: n / most,
    slot: colors.slot(version),
    swatch: true,
    mark: roles.get(version).name,
    tone: roles.get(version).tone,
  }));
}

/**
 * The columns of the chart in a span. What was old at a time goes by the release of then; since the release, by that.
 */
export function columnsOf({ samples, facts, releases, release, previews }, { from, to, isSince, colors }) {
  return samples
    .filter(({ at }) => at >= from && at <= to)
    .map(({ at, step, versions }) => {
      const then = isSince ? release : (releases.findLast((past) => past.at <= at)?.version ?? release);
      const bySlot = new Map();
      let [total, old] = [0, 0];
      for (const [version, n] of versions) {
        const slot = colors.slot(version);
        bySlot.set(slot, (bySlot.get(slot) ?? 0) + n);
        total += n;
        if (version !== then && !facts.newerNames.has(version) && !matches(version, previews)) old += n;
      }
      return { at, step, old: then === undefined ? 0 : old, total, bySlot };
    });
}

/** Why it is not known whose old tabs are; undefined where the server has no tags at all, which is usual. */
export function whyNoTags({ scope, tracking }, { old, release }) {
  if (!tracking?.tags) return undefined;
  if (isNarrow(scope) || scope === 'connections') return 'Your access does not show whose tabs are.';
  return release !== undefined && !old ? 'No old tab is open.' : 'No old tab has a tag.';
}

const isNarrow = (scope) => scope === 'counts' || scope === 'routes';

/** Why there are no rows: not allowed, or none yet. */
export function whyNoRows({ scope, total }) {
  if (isNarrow(scope)) return `Your access shows no single connections; its scope is ${scope}.`;
  return total ? 'The server lists no connections.' : 'No tab is open yet. Tabs appear here as they connect.';
}

/** Why it is not known where old tabs are: none, not allowed, not tracked. */
export function whyNoRoutes({ scope, tracking }, { old, release }) {
  if (release !== undefined && !old) return 'No old tab is open.';
  if (isNarrow(scope)) return 'Your access does not show on which routes old tabs are.';
  if (tracking?.routes === false) return 'The server does not track routes. Its setting is route-tracking.';
  if (release === undefined) return 'Which tabs are old is known once a release is announced.';
  return 'The old tabs are not in the list of connections.';
}
