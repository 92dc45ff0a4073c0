// The first panel: a state, a count, and whether it moves; and the same in the title and the icon of the tab.

import {
  byId,
  clock,
  clockOn,
  draw,
  foreign,
  make,
  number,
  percent,
  plural,
  printable,
  restOf,
  setText,
} from './dashboard.text.js';
import { say, span } from './dashboard.words.js';
import { speak } from './dashboard.status.js';

const inks = { info: '%231667b8', warn: '%23b36200', bad: '%23b3261e', good: '%231b7f4d', none: '%23808a96' };
const shapes = {
  info: "%3Cpath d='M4 2l9 6-9 6z'/%3E",
  warn: "%3Cpath d='M8 1l7 13H1z'/%3E",
  bad: "%3Cpath d='M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z'/%3E",
  good: "%3Ccircle cx='8' cy='8' r='7'/%3E",
  none: "%3Cpath fill-rule='evenodd' d='M8 1a7 7 0 1 0 .1 0zm0 3a4 4 0 1 1-.1 0z'/%3E",
};
const svg = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='";
const icon = (tone) => `${svg}${inks[tone]}'%3E${shapes[tone]}%3C/svg%3E`;

/** What is said of a state, with names from outside made harmless. */
export const words = (facts) => say(facts, { number, clock, name: printable });

/** Title and icon; called for every message, because a hidden tab gets no frames. */
export function paintTitle(facts) {
  const said = words(facts);
  const { mark, word, tone } = said;
  const counted = !['no-release', 'nobody-here'].includes(facts.state);
  const release = facts.release === undefined ? '' : ` ${printable(facts.release)}`;
  const title = counted ? `${number(facts.old)} old · ${mark}${release} · SkewWatch` : `${word} · SkewWatch`;
  if (document.title !== title) document.title = title;
  const link = byId('icon');
  const href = icon(tone);
  if (link.getAttribute('href') !== href) link.setAttribute('href', href);
  return said;
}

export class Panel {
  /** Shows `{facts, where, counts, colors, previews, last, releases}`. */
  show(data) {
    const { facts, where } = data;
    const said = words(facts);
    this.count(facts);
    byId('rollout').dataset.tone = said.tone;
    byId('state').dataset.tone = said.tone;
    setText(byId('state-mark'), said.mark);
    setText(byId('state-word'), said.word);
    this.from(facts);
    setText(byId('lead'), said.lead);
    setText(byId('rest'), [...said.rest, ...placed(facts, where)].join(' '));
    this.pace(data);
    this.bar(data);
    this.milestone(facts, said);
    return said;
  }

  count(facts) {
    const { state, old, total, preview, newer, rising } = facts;
    const counted = total - preview;
    if (state === 'not-announced') {
      setText(byId('old'), number(newer));
      const of = `${percent(newer, counted)} of ${number(counted)}`;
      return setText(byId('old-label'), `${newer === 1 ? 'tab' : 'tabs'} on ${printable(rising.version)}, ${of}`);
    }
    const known = !['no-release', 'nobody-here'].includes(state);
    setText(byId('old'), number(known ? old : total));
    const share = known && counted ? `, ${percent(old, counted)} of ${number(counted)}` : '';
    const noun = known ? (old === 1 ? 'old tab' : 'old tabs') : total === 1 ? 'open tab' : 'open tabs';
    setText(byId('old-label'), `${noun}${share}`);
  }

  /** From which build to which, since when. */
  from({ release, former, announced, now, old }) {
    const minutes = announced === undefined ? '' : Math.floor((now - announced) / 10000);
    const key = `${release} ${former} ${minutes} ${old > 0}`;
    if (key === this.fromKey) return;
    this.fromKey = key;
    const line = byId('route-line');
    if (release === undefined) return line.replaceChildren();
    const parts = former === undefined || former === '(other)' ? [] : [foreign(former, 'mono'), ' → '];
    parts.push(make('b', {}, foreign(release, 'mono')));
    if (announced !== undefined) parts.push(`, announced ${span(now - announced)} ago (${clockOn(announced, now)})`);
    line.replaceChildren(...parts);
  }

  pace({ facts, last }) {
    const { closing, milestones, old, state } = facts;
    const rows = [];
    const isMoving = old && closing !== undefined && !['stale', 'dropped', 'no-release'].includes(state);
    if (isMoving) rows.push(['closing now', `${number(closing)} / min`]);
    for (const percents of [50, 90, 99]) {
      if (milestones[percents] === undefined || (percents === 50 && milestones[99] !== undefined)) continue;
      rows.push([`${percents} % gone after`, span(milestones[percents])]);
    }
    if (last?.after) {
      rows.push([`last time (${printable(last.version)})`, `${last.percent} % after ${span(last.after)}`]);
    }
    const key = rows.join('\n');
    if (key === this.paceKey) return;
    this.paceKey = key;
    byId('pace').replaceChildren(
      ...rows.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
    );
  }

  /** The current version first, then the old ones, previews last and grey. */
  bar({ facts, counts, colors }) {
    const { current, old, total, preview, release } = facts;
    const parts = [];
    for (const [slot, version] of colors.stack) {
      const n = version === undefined ? 0 : (counts.get(version) ?? 0);
      if (n) parts.push({ slot, version, n });
    }
    const named = parts.reduce((sum, { n }) => sum + n, 0);
    if (total - preview - named > 0) parts.push({ slot: 'sx', n: total - preview - named });
    parts.sort((a, b) => Number(b.version === release) - Number(a.version === release));
    if (preview) parts.push({ slot: 'preview', n: preview });
    const segments = parts.map(({ slot, version, n }) => ({
      slot,
      n,
      isOther: release !== undefined && slot !== 'preview' && version !== release,
      name: slot === 'preview' ? 'previews' : version === undefined ? 'others' : printable(version),
    }));
    const each = segments.map(({ name, n }) => `${name} ${number(n)}`);
    const label = `Tabs by version: ${each.join(', ') || 'none'}`;
    const key = `${label} ${segments.map(({ slot }) => slot)}`;
    if (key !== this.barKey) {
      this.barKey = key;
      let from = 0;
      const shapes = [draw('rect', { class: 'bar-empty', width: '100%', height: '100%' })];
      for (const { slot, name, n, isOther } of segments) {
        const x = `${(from / total) * 100}%`;
        // Even one tab of a thousand has to be seen.
        const width = `${Math.max((n / total) * 100, 0.3)}%`;
        const tip = draw('title', {}, `${name}: ${plural(n, 'tab', 'tabs')}`);
        shapes.push(draw('rect', { class: `fill-${slot}`, x, width, height: '100%' }, tip));
        // A version keeps its colour; that it is not the release is told by a pattern.
        if (isOther) shapes.push(draw('rect', { class: 'bar-other', fill: 'url(#other)', x, width, height: '100%' }));
        const gap = { class: 'bar-gap', x, width: 2, height: '100%', transform: 'translate(-2 0)' };
        if (from) shapes.push(draw('rect', gap));
        from += n;
      }
      byId('rollout-bar').replaceChildren(...shapes);
      byId('rollout-bar').setAttribute('aria-label', label);
    }
    const counted = total - preview;
    const known = release !== undefined && counted > 0;
    setText(
      byId('share'),
      !known ? '' : current + old === counted ? restOf(old, counted) : percent(current, counted),
    );
  }

  /** Says a new state and every tenth of the way, but not more than once in half a minute. */
  milestone({ state, old, total, preview }, { word, lead }) {
    const tenth = total > preview ? Math.floor((1 - old / (total - preview)) * 10) : 0;
    const key = state === 'stale' ? this.said : `${state} ${tenth}`;
    if (key === this.said || performance.now() - (this.saidAt ?? -Infinity) < 30000) return;
    const first = this.said === undefined;
    this.said = key;
    this.saidAt = performance.now();
    if (!first) speak(`${word}. ${lead}`);
  }
}

/** Where the old tabs are, and for how long they have been open, as sentences. */
function placed(facts, where) {
  const moving = ['stalled', 'slowing', 'rolling-out', 'growing', 'rolling-back'];
  if (!where?.length || !moving.includes(facts.state)) return [];
  const first = where.slice(0, 2).map(({ name, old }) => `${printable(name)} (${number(old)})`);
  const more = where.length > 2 ? ` and ${plural(where.length - 2, 'more place', 'more places')}` : '';
  const opened = where.map(({ oldest }) => oldest).filter(Boolean);
  const age = opened.length ? `; the oldest has been open for ${span(facts.now - Math.min(...opened))}` : '';
  return [`They are on ${first.join(more ? ', ' : ' and ')}${more}${age}.`];
}
