// The server's record: of the last hour, day and week, of the releases and acts, and of a span that somebody looks at.

import { Timeline } from './dashboard.history.js';
import { rolloutsOf } from './dashboard.state.js';
import { day, hour, minute, second } from './dashboard.times.js';

const week = 7 * day;

/** What is known and what the server says, in order: of one thing what the server says; milestones stay. */
function merged(known, told) {
  if (!Array.isArray(told)) return known;
  const valid = told.filter(({ version, at }) => typeof version === 'string' && Number.isFinite(at));
  const same = (one) => (other) =>
    one.version === other.version && one.kind === other.kind && Math.abs(one.at - other.at) < minute;
  const news = valid.map((one) => ({ ...one, milestones: known.find(same(one))?.milestones }));
  return [...known.filter((one) => !valid.some(same(one))), ...news].sort((a, b) => a.at - b.at);
}

export class ServerRecord {
  /** `token` answers the token that is asked with, if there is one; `changed` is called when there is more to show. */
  constructor(base, token, changed) {
    this.base = base;
    this.token = token;
    this.changed = changed;
    this.timelines = [
      new Timeline(10 * second, hour),
      new Timeline(5 * minute, day),
      new Timeline(10 * minute, week),
    ];
    this.forget();
  }

  /** Somebody else may sit before the page now. */
  forget() {
    for (const timeline of this.timelines) timeline.samples = [];
    this.releases = [];
    this.acts = [];
    this.wanted = undefined;
    this.zoomed = [];
  }

  /** Asks for all that the page starts with. What the page has seen itself stays where the server has no record. */
  async load() {
    const [recent, before] = await Promise.all([this.ask({}), this.ask({ from: -week, step: 10 * minute })]);
    const [fine, coarse, coarsest] = this.timelines;
    fine.load(recent?.hour);
    coarse.load(recent?.day);
    coarsest.load(before);
    for (const told of [before, recent]) this.take(told);
    if (recent || before) this.changed();
  }

  /** Asks for a span of its own, once: what is older than an hour is kept more densely than the page starts with. */
  async zoom(from, to) {
    const key = `${from} ${to}`;
    if (this.wanted === key) return;
    this.wanted = key;
    this.zoomed = [];
    const found = await this.ask({ from, to });
    if (!found || this.wanted !== key) return;
    const part = new Timeline(found.step, to - from);
    part.load(found);
    // What is kept may be less dense than what was asked for.
    const gaps = part.samples.slice(1).map(({ at }, i) => at - part.samples[i].at);
    const step = Math.max(part.step, gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0);
    this.zoomed = part.samples.map(({ at, versions }) => ({ at: at + part.step, step, versions }));
    this.take(found);
    this.changed();
  }

  /** Samples for a chart of a span: those of now, or the denser ones that were asked for. */
  within(samples, from, to) {
    const isDenser = this.zoomed.length > samples.filter(({ at }) => at >= from && at <= to).length;
    return isDenser && this.wanted === `${from} ${to}` ? this.zoomed : samples;
  }

  /** Spans in milliseconds; below zero before now. Undefined where there is no record, or none for who asks. */
  async ask(span) {
    const query = new URLSearchParams();
    for (const name in span) query.set(name, String(Math.round(span[name] / second)));
    const token = this.token();
    const headers = token === undefined ? {} : { 'skewwatch-token': token };
    try {
      const answer = await fetch(new URL(`admin/history?${query}`, this.base), { headers, cache: 'no-store' });
      return answer.status === 200 ? await answer.json() : undefined;
    } catch {
      // The line grows from what this page sees.
      return undefined;
    }
  }

  /** Takes what the server knows of releases, their milestones, and acts; those that it has forgotten stay. */
  take(told) {
    this.acts = merged(this.acts, told?.acts);
    this.releases = merged(this.releases, told?.releases);
    for (const { version, percent, at } of told?.milestones ?? []) {
      const release = rolloutsOf(this.releases).findLast((past) => past.version === version && past.at <= at);
      if (release) release.milestones = { ...release.milestones, [percent]: at - release.at };
    }
  }

  /** A release was announced while the page looked. */
  announced(version, at) {
    this.releases = [...this.releases, { version, at }];
  }

  /** Notes the present, a Map of counts. */
  note(now, counts) {
    for (const timeline of this.timelines) timeline.record(now, counts);
  }

  /** From here on nobody watches, until the next note. */
  interrupt() {
    for (const timeline of this.timelines) timeline.interrupt();
  }
}
