// The board: what is known and what the reader has chosen, painted a few times a second at most.

import { Acts } from './dashboard.acts.js';
import { Address } from './dashboard.address.js';
import { Chart } from './dashboard.chart.js';
import { Colors } from './dashboard.colors.js';
import { eventsOf } from './dashboard.events.js';
import { lastRollout, series } from './dashboard.history.js';
import { List, showEvents } from './dashboard.lists.js';
import { paintTitle, Panel } from './dashboard.panel.js';
import { copy, csvOf, Notifier, save } from './dashboard.share.js';
import { assess, rolloutsOf } from './dashboard.state.js';
import { speak } from './dashboard.status.js';
import { ConnectionTable } from './dashboard.table.js';
import {
  byId,
  clockOn,
  make,
  number,
  plural,
  printable,
  setText,
  showUTC,
  zoneName,
  zoneShort,
} from './dashboard.text.js';
import {
  columnsOf,
  rolesOf,
  versionEntries,
  whereEntries,
  whyNoRoutes,
  whyNoRows,
  whyNoTags,
} from './dashboard.sums.js';
import { minute } from './dashboard.times.js';
import { whereOld, whoseOld } from './dashboard.where.js';

const spans = { '1h': 60 * minute, '24h': 1440 * minute, '7d': 10080 * minute };

export class Board {
  /** `record` is what was before; `read` answers what is known now: `{stats, release, live, now}`. */
  constructor(base, record, read) {
    this.record = record;
    this.read = read;
    this.colors = new Colors();
    this.address = new Address(() => this.chosen());
    const slot = (version) => this.colors.slot(version);
    this.panel = new Panel();
    this.acts = new Acts(base, record.token, () => record.load());
    this.notifier = new Notifier(byId('act-notify'));
    this.chart = new Chart(byId('chart'), byId('readout'), (from, to) =>
      this.address.choose({ span: 'zoom', from, to }),
    );
    const oldBy = (field, noun) =>
      new List(byId(field === 'tag' ? 'whose' : 'where'), {
        label: `Old tabs by ${field}`,
        noun,
        columns: ['Old', 'of', 'Oldest'],
        first: 12,
        pick: (name) => this.find(field, name, { all: false }),
      });
    this.where = oldBy('route', 'Route');
    this.whose = oldBy('tag', 'Tag');
    this.versions = new List(byId('versions'), {
      label: 'Versions',
      noun: 'Version',
      columns: ['Tabs', 'Share', '5 min'],
      first: 12,
      pick: (version) => this.find('version', version, { all: true }),
    });
    this.table = new ConnectionTable(byId('connections'), {
      slot,
      sorted: (sort) => this.address.choose({ sort }, { step: false }),
      copy,
    });
    this.listen();
    this.chosen();
  }

  find(field, value, more) {
    this.address.pick(field, value, more);
    speak(plural(this.table.found, 'connection', 'connections'));
  }

  // What the reader does

  listen() {
    const { address } = this;
    byId('spans').addEventListener(
      'click',
      ({ target }) => target.dataset.span && address.choose({ span: target.dataset.span }),
    );
    byId('log').addEventListener('change', () => address.choose({ linear: !byId('log').checked }));
    byId('which-old').addEventListener('click', () => address.choose({ all: false }));
    byId('which-all').addEventListener('click', () => address.choose({ all: true }));
    byId('zone').addEventListener('click', () => address.choose({ utc: !address.utc }));
    byId('act-wall').addEventListener('click', () => address.choose({ wall: !address.wall }));
    byId('act-copy').addEventListener('click', ({ target }) => copy(`${location.origin}${address.link}`, target));
    byId('act-say').addEventListener('click', ({ target }) => copy(this.sentence, target));
    byId('act-csv').addEventListener('click', () => save('skewwatch.csv', 'text/csv', csvOf(this.table.rows)));
    byId('act-json').addEventListener('click', () => save('skewwatch.json', 'application/json', this.json()));
    byId('connections').addEventListener('click', ({ target }) => {
      if (!target.closest('.empty button')) return;
      const { chips, search } = address;
      address.choose(chips.length || search ? { chips: [], search: '' } : { all: true });
    });
    let saying;
    byId('filter').addEventListener('input', () => {
      address.choose({ search: byId('filter').value }, { step: false });
      clearTimeout(saying);
      saying = setTimeout(() => speak(plural(this.table.found, 'connection', 'connections')), 800);
    });
    byId('chips').addEventListener('click', ({ target }) => {
      const field = target.closest('button')?.dataset.field;
      if (field) address.drop(field);
    });
    addEventListener('keydown', (event) => this.key(event));
  }

  key(event) {
    // A dialog that was closed just now has the focus until the next frame.
    const typing = event.target.closest?.('input, select, textarea, dialog[open]');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.view !== 'live') return;
    const keys = {
      '/': () => byId('filter').focus(),
      o: () => this.address.choose({ all: !this.address.all }),
      a: () => this.acts.open(),
      c: () => byId('act-copy').click(),
      w: () => byId('act-wall').click(),
      '?': () => byId('keys').showModal(),
    };
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Shows what the reader has chosen. */
  chosen() {
    const { address } = this;
    showUTC(address.utc);
    setText(byId('zone'), address.utc ? 'UTC' : zoneName());
    byId('zone').title = address.utc ? 'Show times in your own zone' : 'Show times in UTC';
    document.body.classList.toggle('wall', address.wall);
    setText(byId('act-wall'), address.wall ? 'Leave wall view' : 'Wall view');
    byId('log').checked = !address.linear;
    for (const button of byId('spans').children) {
      button.setAttribute('aria-pressed', String(button.dataset.span === address.span));
    }
    if (byId('filter').value !== address.search) byId('filter').value = address.search;
    byId('chips').replaceChildren(
      ...address.chips.map(([field, value]) =>
        make(
          'button',
          { type: 'button', class: 'chip', 'data-field': field, title: 'Take this filter away' },
          `${field}:${printable(value)}`,
          make('span', { 'aria-hidden': 'true' }, ' ×'),
        ),
      ),
    );
    this.table.filter(this.address);
    this.paint();
  }

  // Painting

  /** Something is different: the title at once where nobody sees the page, the rest soon. */
  changed() {
    const wait = (this.paintedAt ?? -Infinity) + (this.slow ? 1000 : 300) - performance.now();
    if (document.hidden) {
      // Timers and frames of a hidden tab are late; its messages are not.
      if (performance.now() - (this.titledAt ?? -Infinity) < 500) this.later ??= setTimeout(() => this.title(), 500);
      else this.title();
    } else if (wait <= 0) this.frame ??= requestAnimationFrame(() => this.paint());
    else this.later ??= setTimeout(() => this.paint(), wait);
  }

  title() {
    clearTimeout(this.later);
    this.later = undefined;
    this.titledAt = performance.now();
    const known = this.know();
    const said = paintTitle(known.facts);
    this.notifier.show(known.facts, said);
  }

  know() {
    const known = this.read();
    const { stats, release, live, now } = known;
    const { timelines, releases: announcements, acts } = this.record;
    const releases = rolloutsOf(announcements);
    const counts = new Map(Object.entries(stats.versions));
    const previews = stats.previews ?? this.previews ?? [];
    this.previews = previews;
    const samples = series(timelines, now, live ? counts : undefined);
    const facts = assess({ now, live, release, releases, previews, series: samples });
    const last = lastRollout(samples, releases, release);
    return { ...known, announcements, acts, releases, counts, previews, samples, facts, last };
  }

  paint() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.later);
    this.frame = this.later = undefined;
    const started = performance.now();
    const known = this.know();
    const { stats, facts, now } = known;
    this.assignColors(known);
    const roles = rolesOf(known);
    const oldRows = stats.connections.filter(({ version }) => roles.get(version)?.old);
    const where = whereOld(oldRows, stats.routes);
    const said = this.panel.show({ ...known, where, colors: this.colors });
    this.sentence = [said.lead, ...said.rest].join(' ');
    paintTitle(facts);
    this.notifier.show(facts, said);
    this.acts.show(known);
    setText(byId('tabs'), plural(stats.total, 'open tab', 'open tabs'));
    setText(byId('printed'), `${location.host}, ${clockOn(now, 0)} ${zoneShort()}`);
    this.showNodes(stats);
    this.showChart(known);
    this.where.show({ entries: whereEntries(where, now), empty: whyNoRoutes(stats, facts) });
    const noTags = whyNoTags(stats, facts);
    byId('whose-panel').hidden = noTags === undefined;
    if (noTags) this.whose.show({ entries: whereEntries(whoseOld(oldRows, stats.connections), now), empty: noTags });
    this.versions.show({ entries: versionEntries(known, roles, this.colors), empty: 'No tab is open.' });
    const named = known.counts.size - Number(known.counts.has('(other)'));
    setText(byId('versions-count'), named > 1 ? number(named) : '');
    showEvents(byId('happened'), eventsOf(known));
    const isKnown = facts.release !== undefined;
    const all = this.address.all || !isKnown;
    this.table.show({
      rows: stats.connections,
      isOld: (version) => Boolean(roles.get(version)?.old),
      unlisted: stats.truncated ?? Math.max(0, stats.total - stats.connections.length),
      onlyOld: !all,
      now,
      why: whyNoRows(stats),
    });
    setText(byId('which-old'), isKnown ? `Old ${number(facts.old)}` : 'Old');
    byId('which-old').disabled = !isKnown;
    setText(byId('which-all'), `All ${number(stats.total)}`);
    byId('which-old').setAttribute('aria-pressed', String(!all));
    byId('which-all').setAttribute('aria-pressed', String(all));
    this.paintedAt = performance.now();
    this.slow = stats.connections.length > 2000 || this.paintedAt - started > 20;
  }

  /** What is known, with the connections that are shown. */
  json() {
    const { stats, facts } = this.know();
    const { state, old, release } = facts;
    return JSON.stringify({ ...stats, connections: this.table.rows, state, old, release }, null, 1);
  }

  assignColors({ counts, release, facts, samples, previews }) {
    const weight = new Map(counts);
    for (const { versions } of samples) {
      for (const [version, n] of versions) weight.set(version, Math.max(weight.get(version) ?? 0, n));
    }
    const first = [release, facts.former].filter((version) => version !== undefined && weight.has(version));
    const ranked = [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([version]) => version);
    this.colors.assign([...new Set([...first, ...ranked])], previews);
  }

  showNodes({ nodes, partial }) {
    const up = nodes && typeof nodes === 'object' ? nodes.up : nodes;
    byId('nodes').hidden = !Number.isFinite(up);
    if (!Number.isFinite(up)) return;
    const others = ['joining', 'leaving', 'lost']
      .filter((name) => nodes[name] > 0)
      .map((name) => `${number(nodes[name])} ${name}`);
    const missing = Array.isArray(partial) ? `; counts are not whole (${partial.map(String).join(', ')})` : '';
    setText(byId('nodes'), `${[plural(up, 'node', 'nodes'), ...others].join(', ')}${missing}`);
  }

  showChart(known) {
    const { facts, releases, now, live, last } = known;
    const { address, colors } = this;
    const { announced } = facts;
    const isSince = address.span === 'release' && announced !== undefined;
    let [from, to] = [now - (spans[address.span] ?? spans['1h']), now];
    if (address.span === 'zoom') [from, to] = [address.from, address.to];
    else if (isSince) from = announced - Math.max(minute / 2, (now - announced) * 0.08);
    // A young record gets the room: the line starts with five minutes and grows into its span.
    const first = known.samples[0]?.at ?? now;
    if (address.span !== 'zoom') from = Math.max(from, Math.min(first, now - 5 * minute));
    setText(byId('history-title'), isSince ? 'Old tabs since the release' : 'Old tabs');
    if (address.span === 'zoom') this.record.zoom(from, to);
    const samples = this.record.within(known.samples, from, to);
    this.chart.show({
      columns: columnsOf({ ...known, samples }, { from, to, isSince: address.span === 'release', colors }),
      from,
      to,
      now,
      isLive: live,
      linear: address.linear,
      colors: colors.stack,
      flags: releases,
      past: {
        version: last?.version,
        points: isSince ? (last?.points ?? []).map(([at, old]) => [announced + at, old]) : [],
      },
    });
  }
}
