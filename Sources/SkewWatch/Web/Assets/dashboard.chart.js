// Old tabs over time above a thin strip of all tabs by version, with one crosshair for both.

import {
  clock,
  clockOn,
  compact,
  draw,
  foreign,
  make,
  number,
  plural,
  printable,
  setText,
  signed,
  zoneShort,
} from './dashboard.text.js';
import { minute } from './dashboard.times.js';

const top = 12;
const lowest = 200;
const left = 46;
const right = 14;
/** What the colours are called that are no version's. */
const shared = { sx: 'others', preview: 'previews' };

export class Chart {
  /** `zoom` is called with two times when somebody has dragged over the chart. */
  constructor(container, readout, zoom) {
    this.readout = readout;
    this.items = new Map();
    this.width = 800;
    this.svg = draw('svg', { width: '100%', 'aria-hidden': 'true' });
    this.grid = draw('g', { class: 'chart-grid' });
    this.curve = draw('g', { class: 'chart-curve' });
    this.bands = draw('g', { class: 'chart-bands' });
    this.flags = draw('g', { class: 'chart-flags' });
    this.cross = draw('line', { class: 'chart-cross', y1: top, visibility: 'hidden' });
    this.drag = draw('rect', { class: 'chart-drag', y: top, visibility: 'hidden' });
    this.svg.append(this.grid, this.curve, this.bands, this.flags, this.cross, this.drag);
    this.stretch(lowest);
    this.hint = make('p', { class: 'chart-hint muted' });
    const name = { 'aria-label': 'Old tabs at a time', 'aria-orientation': 'horizontal' };
    this.slider = make('div', { class: 'chart-face', role: 'slider', tabindex: '0', ...name }, this.svg);
    container.append(this.slider, this.hint);
    this.when = make('span', { class: 'readout-when' });
    this.old = make('span', { class: 'readout-value' });
    this.fixed = [this.when, make('span', { class: 'readout-item' }, 'old', this.old)];
    readout.append(...this.fixed);

    this.slider.addEventListener('pointermove', (event) => this.pointed(event));
    this.slider.addEventListener('pointerleave', () => this.pick(undefined));
    this.slider.addEventListener('pointerdown', (event) => {
      if (event.button || event.pointerType === 'touch') return;
      this.dragFrom = this.place(event);
      this.slider.setPointerCapture(event.pointerId);
    });
    this.slider.addEventListener('pointerup', (event) => {
      const [from, to] = [this.dragFrom, this.place(event)].sort((a, b) => a - b);
      this.dragFrom = undefined;
      this.drag.setAttribute('visibility', 'hidden');
      if (to - from > 8) zoom(this.time(from), this.time(to));
    });
    this.slider.addEventListener('focus', () => this.pick(this.picked));
    this.slider.addEventListener('blur', () => this.pick(undefined));
    this.slider.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => {
      this.width = Math.max(200, this.slider.clientWidth);
      this.stretch(Math.max(lowest, container.clientHeight));
      if (this.data) this.show(this.data);
    }).observe(container);
  }

  /** Where the line ends, and where the strip begins and ends, in a chart of this height. */
  stretch(height) {
    this.height = height;
    this.low = height - 84;
    this.stripTop = height - 48;
    this.stripLow = height - 4;
    this.svg.setAttribute('height', String(height));
    this.cross.setAttribute('y2', String(this.stripLow));
    this.drag.setAttribute('height', String(this.stripLow - top));
  }

  /**
   * Draws `{columns, from, to, now, colors, linear, flags, past}`; columns are `[{at, step, old, total, bySlot}]`,
   * `past` is the curve of the last rollout, `{version, points: [[at, old]…]}`.
   */
  show(data) {
    this.data = data;
    const { columns, from, to } = data;
    const { width, height, low, stripTop, stripLow } = this;
    // The browser paints a chart anew as a whole, so it is drawn only where it would look different.
    const sum = (of) => columns.reduce((all, column, i) => all + of(column) * (i + 1), 0);
    const look = JSON.stringify([
      Math.floor(to / Math.max(1, (to - from) / width)),
      Math.round((to - from) / 1000),
      columns.length,
      columns[0]?.at,
      sum(({ old }) => old),
      sum(({ total }) => total),
      [...(columns.at(-1)?.bySlot ?? [])],
      [data.colors, data.flags.length, data.past?.points.length, data.linear, width, height, zoneShort()],
    ]);
    if (look === this.look) return this.settle();
    this.look = look;
    this.x = (at) => left + ((at - from) / Math.max(1, to - from)) * (width - left - right);
    this.time = (x) => from + ((x - left) / (width - left - right)) * (to - from);
    this.columns = columns;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const past = (data.past?.points ?? []).filter(([at]) => at <= to);
    const highest = nice(Math.max(4, ...columns.map(({ old }) => old), ...past.map(([, old]) => old)));
    const all = Math.max(4, ...columns.map(({ total }) => total));
    const floor = Math.log10(0.7);
    const log = (n) => (n <= 0 ? 0 : (Math.log10(n) - floor) / (Math.log10(highest) - floor));
    const y = (n) => low - (data.linear ? n / highest : log(n)) * (low - top);
    const runs = this.runs();
    this.drawGrid(data, highest, all, y);
    this.drawCurve(runs, y, past, data.past?.version);
    this.drawBands(runs, (n) => stripLow - (n / all) * (stripLow - stripTop));
    this.drawFlags(data.flags);
    this.drawReadoutItems();
    this.settle();
    this.explain();
  }

  explain() {
    const [first] = this.columns;
    const missing = first ? this.x(first.at) - left : this.width;
    const none = 'The line begins with the first statistics.';
    setText(this.hint, !first ? none : missing > this.width * 0.3 ? `No record before ${clock(first.at)}` : '');
    this.hint.style.left = `${left + 12}px`;
  }

  /** Columns without a gap between them. */
  runs() {
    const runs = [];
    for (const point of this.columns) {
      const run = runs.at(-1);
      if (run && point.at - run.at(-1).at <= Math.max(point.step, run.at(-1).step) * 1.6) run.push(point);
      else runs.push([point]);
    }
    return runs;
  }

  drawGrid({ from, to, linear }, highest, all, y) {
    const { low, stripTop, stripLow } = this;
    const values = [];
    if (linear) values.push(0, highest / 2, highest);
    else for (let value = 1; value <= highest; value *= 10) values.push(value);
    if (!linear && y(values.at(-1)) - top > 13) values.push(highest);
    const parts = [];
    const text = (x, at, label, more) => draw('text', { x, y: at, ...more }, label);
    for (const value of values) {
      parts.push(draw('line', { x1: left, x2: this.width - right, y1: y(value), y2: y(value) }));
      parts.push(text(left - 8, y(value) + 4, compact(value), { 'text-anchor': 'end' }));
    }
    parts.push(text(left - 8, stripTop + 8, compact(all), { 'text-anchor': 'end' }));
    parts.push(text(left - 8, stripLow, '0', { 'text-anchor': 'end' }));
    const room = (this.width - left) / 76;
    const spans = [1, 2, 5, 10, 20, 30, 60, 180, 360, 720, 1440];
    const minutes = spans.find((m) => (to - from) / minute / m <= room) ?? 2880;
    for (const at of ticks(from, to, minutes)) {
      const x = this.x(at);
      parts.push(draw('line', { class: 'tick', x1: x, x2: x, y1: low, y2: low + 4 }));
      const label = minutes >= 1440 ? clockOn(at, to).split(' ')[0] : clock(at);
      if (x > left + 16 && x < this.width - 30) parts.push(text(x, low + 18, label, { 'text-anchor': 'middle' }));
    }
    this.grid.replaceChildren(...parts);
  }

  drawCurve(runs, y, past, version) {
    const point = (at, n) => `${Math.max(left, this.x(at)).toFixed(1)} ${y(n).toFixed(1)}`;
    const parts = [];
    for (const run of runs) {
      const line = run.map(({ at, old }) => point(at, old)).join('L');
      const [first, last] = [run[0].at, run.at(-1).at];
      parts.push(draw('path', { class: 'curve-area', d: `M${line}L${point(last, 0)}L${point(first, 0)}Z` }));
      parts.push(draw('path', { class: 'curve-line', d: `M${line}` }));
    }
    if (past.length > 1) {
      parts.push(draw('path', { class: 'curve-past', d: `M${past.map(([at, old]) => point(at, old)).join('L')}` }));
      const [at, old] = past[Math.floor(past.length * 0.6)];
      const x = Math.max(left + 80, Math.min(this.x(at), this.width - right - 80));
      const place = { class: 'past-name', x, y: y(old) + 16, 'text-anchor': 'middle' };
      parts.push(draw('text', place, `${shortened(printable(version))}, last time`));
    }
    const last = this.columns.at(-1);
    if (last) {
      const x = this.x(last.at);
      const right = x > this.width - 60;
      const place = {
        class: 'curve-now',
        x: right ? x - 8 : x + 6,
        y: y(last.old) < top + 20 ? y(last.old) + 18 : y(last.old) - 8,
      };
      parts.push(draw('circle', { class: 'curve-dot', cx: x, cy: y(last.old), r: 3.5 }));
      parts.push(draw('text', { ...place, 'text-anchor': right ? 'end' : 'start' }, number(last.old)));
    }
    this.curve.replaceChildren(...parts);
  }

  drawBands(runs, y) {
    const paths = [];
    const base = new Map(this.columns.map((point) => [point, 0]));
    for (const [slot] of this.data.colors) {
      let shape = '';
      for (const run of runs) {
        if (!run.some(({ bySlot }) => bySlot.get(slot) > 0)) continue;
        const edge = (point, more) => [Math.max(left, this.x(point.at)), y(base.get(point) + more)];
        const upper = run.map((point) => edge(point, point.bySlot.get(slot) ?? 0));
        const lower = run.map((point) => edge(point, 0)).reverse();
        shape += `M${[...upper, ...lower].map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L')}Z`;
      }
      for (const point of this.columns) base.set(point, base.get(point) + (point.bySlot.get(slot) ?? 0));
      if (shape) paths.push(draw('path', { class: `fill-${slot}`, d: shape }));
    }
    this.bands.replaceChildren(...paths);
  }

  drawFlags(flags) {
    const { low, stripLow } = this;
    const parts = [];
    let free = -Infinity;
    for (const { at, version } of flags) {
      const x = this.x(at);
      if (x < left || x > this.width - right) continue;
      parts.push(draw('line', { x1: x, x2: x, y1: top, y2: stripLow }));
      if (x < free) continue;
      const name = `⚑ ${shortened(printable(version))} ${clock(at)}`;
      const end = x > this.width - 150;
      parts.push(draw('text', { x: end ? x - 5 : x + 5, y: low - 6, 'text-anchor': end ? 'end' : 'start' }, name));
      free = x + 8 * name.length;
    }
    this.flags.replaceChildren(...parts);
  }

  drawReadoutItems() {
    const shown = this.data.colors.filter(([slot]) => this.columns.some(({ bySlot }) => bySlot.get(slot) > 0));
    const key = shown.map(([slot, version]) => `${slot}${version}`).join('\n');
    if (key === this.itemsKey) return;
    this.itemsKey = key;
    this.items = new Map(
      shown.map(([slot, version]) => {
        const value = make('span', { class: 'readout-value' });
        const name = version === undefined ? make('span', {}, shared[slot]) : foreign(version);
        const swatch = make('span', { class: `swatch back-${slot}` });
        return [slot, { version, value, element: make('span', { class: 'readout-item' }, swatch, name, value) }];
      }),
    );
    this.readout.replaceChildren(...this.fixed, ...[...this.items.values()].map(({ element }) => element));
  }

  place(event) {
    return Math.max(left, event.clientX - this.slider.getBoundingClientRect().left);
  }

  pointed(event) {
    if (!this.columns?.length) return;
    const x = this.place(event);
    if (this.dragFrom !== undefined) {
      this.drag.setAttribute('visibility', 'visible');
      this.drag.setAttribute('x', String(Math.min(x, this.dragFrom)));
      this.drag.setAttribute('width', String(Math.abs(x - this.dragFrom)));
    }
    let best = this.columns[0];
    const far = ({ at }) => Math.abs(this.x(at) - x);
    for (const point of this.columns) if (far(point) < far(best)) best = point;
    this.pick(best.at);
  }

  key(event) {
    if (!this.columns?.length) return;
    const far = this.columns.length - 1;
    const here = this.picked === undefined ? far : this.columns.findIndex(({ at }) => at >= this.picked);
    const steps = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -10,
      PageUp: 10,
      Home: -far,
      End: far,
    };
    if (event.key === 'Escape') return this.pick(undefined);
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.pick(this.columns[Math.min(far, Math.max(0, here + steps[event.key]))].at);
  }

  pick(at) {
    this.picked = at;
    if (this.data) this.settle();
  }

  /** Puts the crosshair and the figures where they belong: at the picked time, else at the newest. */
  settle() {
    const { columns } = this;
    const found = this.picked === undefined ? undefined : columns.find(({ at }) => at >= this.picked);
    const point = found ?? columns.at(-1);
    this.cross.setAttribute('visibility', found ? 'visible' : 'hidden');
    if (found) {
      const x = Math.max(left, this.x(found.at)).toFixed(1);
      this.cross.setAttribute('x1', x);
      this.cross.setAttribute('x2', x);
    }
    const { now, isLive } = this.data;
    const time = found && `${clockOn(found.at, now, found.step < minute)} ${zoneShort()}`;
    setText(this.when, !point ? '' : (time ?? (isLive ? 'Now' : `As of ${clock(point.at, true)}`)));
    setText(this.old, point ? number(point.old) : '');
    const then = found && columns.findLast(({ at }) => at <= found.at - 5 * minute);
    for (const [slot, { value }] of this.items) {
      const n = point?.bySlot.get(slot) ?? 0;
      const change = then ? signed(n - (then.bySlot.get(slot) ?? 0)) : '';
      setText(value, `${number(n)}${change && ` (${change})`}`);
    }
    this.describe(point);
  }

  describe(point) {
    const { slider, columns } = this;
    const each = [...this.items].map(
      ([slot, { version }]) =>
        `${version === undefined ? shared[slot] : printable(version)}: ${number(point?.bySlot.get(slot) ?? 0)}`,
    );
    const said = point
      ? [`${clock(point.at)}, ${plural(point.old, 'old tab', 'old tabs')} of ${number(point.total)}`, ...each].join(
          '; ',
        )
      : 'nothing recorded yet';
    slider.setAttribute('aria-valuemin', '0');
    slider.setAttribute('aria-valuemax', String(Math.max(0, columns.length - 1)));
    slider.setAttribute('aria-valuenow', String(Math.max(0, columns.indexOf(point))));
    // Said only while somebody is there: a value that changes under no focus is noise.
    if (document.activeElement === slider || !slider.hasAttribute('aria-valuetext')) {
      slider.setAttribute('aria-valuetext', said);
    }
  }
}

const shortened = (text) => (text.length > 20 ? `${text.slice(0, 19)}…` : text);

/** The next even number of the 1, 2, 5 family (and what lies between) that holds `n`. */
function nice(n) {
  const unit = 10 ** Math.floor(Math.log10(n));
  const steps = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].map((f) => Math.round(f * unit));
  return steps.find((v) => v >= n && v % 2 === 0) ?? Math.ceil(n / 2) * 2;
}

/** Round local times between two moments, every so many minutes. */
function ticks(from, to, minutes) {
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  const found = [];
  for (let at = day.getTime(); at <= to; at += minutes * minute) if (at >= from) found.push(at);
  return found;
}
