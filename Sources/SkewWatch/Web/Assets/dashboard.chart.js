// The line over time: tabs stacked by version, with a crosshair for pointer and arrow keys.

import { clock, compact, draw, foreign, make, number, plural, printable, setText } from './dashboard.text.js';

const height = 220;
const top = 10;
const bottom = 24;
const left = 46;

export class Chart {
  constructor(container, readout) {
    this.readout = readout;
    this.items = new Map();
    this.svg = draw('svg', { height, width: '100%', 'aria-hidden': 'true' });
    this.grid = draw('g', { class: 'chart-grid' });
    this.bands = draw('g', { class: 'chart-bands' });
    this.cross = draw('line', { class: 'chart-cross', y1: top, y2: height - bottom, visibility: 'hidden' });
    this.svg.append(this.grid, this.bands, this.cross);
    this.hint = make('p', { class: 'chart-hint muted' });
    this.slider = make(
      'div',
      {
        class: 'chart-face',
        role: 'slider',
        tabindex: '0',
        'aria-label': 'Open tabs at a time',
        'aria-orientation': 'horizontal',
      },
      this.svg,
    );
    container.append(this.slider, this.hint);
    this.when = make('span', { class: 'readout-when' });
    readout.append(this.when);

    this.slider.addEventListener('pointermove', (event) =>
      this.point(event.clientX - this.slider.getBoundingClientRect().left),
    );
    this.slider.addEventListener('pointerleave', () => this.pick(undefined));
    this.slider.addEventListener('focus', () => this.pick(this.picked));
    this.slider.addEventListener('blur', () => this.pick(undefined));
    this.slider.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.data && this.show(this.data)).observe(container);
  }

  /** Draws `{samples, step, span, now, colors}`. */
  show(data) {
    this.data = data;
    const { samples, step, now, colors } = data;
    const width = Math.max(200, this.slider.clientWidth);
    // A young record gets the room: the line starts with 30 steps and grows into its span.
    const span = Math.min(data.span, Math.max(step * 30, samples.length ? now - samples[0].at : 0));
    const from = now - span;
    this.x = (at) => left + ((at - from) / span) * (width - left - 1);
    this.columns = samples.filter(({ at }) => at >= from - step).map((sample) => column(sample, colors));
    const highest = nice(Math.max(4, ...this.columns.map(({ total }) => total)));
    const y = (n) => height - bottom - (n / highest) * (height - top - bottom);

    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.drawGrid(width, highest, y, from, now, span);
    this.drawBands(y, step, colors, now);
    this.drawReadoutItems(colors);
    this.place();

    const first = this.columns[0];
    const missing = first ? this.x(first.at) - left : width;
    setText(
      this.hint,
      !first
        ? 'The line begins with the first statistics.'
        : missing > width * 0.3
          ? `No record before ${clock(first.at)}`
          : '',
    );
    this.hint.style.left = `${left + 12}px`;
  }

  drawGrid(width, highest, y, from, now, span) {
    const parts = [];
    for (let i = 0; i <= 2; i++) {
      const value = (highest / 2) * i;
      parts.push(draw('line', { x1: left, x2: width, y1: y(value), y2: y(value) }));
      parts.push(
        draw(
          'text',
          { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' },
          value < 10000 ? number(value) : compact(value),
        ),
      );
    }
    const room = (width - left) / 76;
    const minutes = [1, 2, 5, 10, 20, 30, 60, 180, 360].find((m) => span / 60000 / m <= room) ?? 720;
    for (const at of ticks(from, now, minutes)) {
      const x = this.x(at);
      parts.push(draw('line', { class: 'tick', x1: x, x2: x, y1: height - bottom, y2: height - bottom + 4 }));
      if (x > left + 16 && x < width - 30) {
        parts.push(draw('text', { x, y: height - 6, 'text-anchor': 'middle' }, clock(at)));
      }
    }
    this.grid.replaceChildren(...parts);
  }

  drawBands(y, step, colors, now) {
    const runs = [];
    for (const point of this.columns) {
      const run = runs.at(-1);
      if (run && point.at - run.at(-1).at <= step * 1.5) run.push(point);
      else runs.push([point]);
    }
    const paths = [];
    const base = new Map(this.columns.map((point) => [point, 0]));
    for (const [slot] of colors.stack) {
      let shape = '';
      for (const run of runs) {
        // A sample stands for its whole step, so a run ends where its last step does.
        const edge = Math.min(now, run.at(-1).at + step);
        const upper = run.map((point) => [
          Math.max(left, this.x(point.at)),
          y(base.get(point) + point.bySlot.get(slot)),
        ]);
        const lower = run.map((point) => [Math.max(left, this.x(point.at)), y(base.get(point))]);
        upper.push([this.x(edge), upper.at(-1)[1]]);
        lower.push([this.x(edge), lower.at(-1)[1]]);
        if (run.some((point) => point.bySlot.get(slot) > 0)) {
          const points = [...upper, ...lower.reverse()].map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`);
          shape += `M${points.join('L')}Z`;
        }
      }
      for (const point of this.columns) base.set(point, base.get(point) + point.bySlot.get(slot));
      if (shape) paths.push(draw('path', { class: `fill-${slot}`, d: shape }));
    }
    this.bands.replaceChildren(...paths);
  }

  drawReadoutItems(colors) {
    const shown = colors.stack.filter(([slot]) => this.columns.some((point) => point.bySlot.get(slot) > 0));
    const key = shown.map(([slot, version]) => `${slot}${version}`).join('\n');
    if (key === this.itemsKey) return;
    this.itemsKey = key;
    this.items = new Map(
      shown.map(([slot, version]) => {
        const value = make('span', { class: 'readout-value' });
        const name = version === undefined ? make('span', {}, 'others') : foreign(version);
        return [
          slot,
          {
            version,
            value,
            element: make(
              'span',
              { class: 'readout-item' },
              make('span', { class: `swatch back-${slot}` }),
              name,
              value,
            ),
          },
        ];
      }),
    );
    this.readout.replaceChildren(this.when, ...[...this.items.values()].map(({ element }) => element));
  }

  point(x) {
    if (!this.columns?.length) return;
    let best = 0;
    this.columns.forEach(({ at }, i) => {
      if (Math.abs(this.x(at) - x) < Math.abs(this.x(this.columns[best].at) - x)) best = i;
    });
    this.pick(this.columns[best].at);
  }

  key(event) {
    if (!this.columns?.length) return;
    const here =
      this.picked === undefined ? this.columns.length - 1 : this.columns.findIndex(({ at }) => at >= this.picked);
    const far = this.columns.length - 1;
    const moves = {
      ArrowLeft: here - 1,
      ArrowDown: here - 1,
      ArrowRight: here + 1,
      ArrowUp: here + 1,
      PageDown: here - 10,
      PageUp: here + 10,
      Home: 0,
      End: far,
    };
    if (event.key === 'Escape') return this.pick(undefined);
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.pick(this.columns[Math.min(far, Math.max(0, moves[event.key]))].at);
  }

  pick(at) {
    this.picked = at;
    if (this.data) this.place();
  }

  /** Puts the crosshair and the figures where they belong: at the picked time, else at the newest. */
  place() {
    const columns = this.columns;
    const found = this.picked === undefined ? undefined : columns.find(({ at }) => at >= this.picked);
    const point = found ?? columns.at(-1);
    this.cross.setAttribute('visibility', found ? 'visible' : 'hidden');
    if (found) {
      const x = Math.max(left, this.x(found.at)).toFixed(1);
      this.cross.setAttribute('x1', x);
      this.cross.setAttribute('x2', x);
    }
    setText(this.when, !point ? '' : found ? `${clock(found.at)} · ${number(found.total)}` : 'Now');
    for (const [slot, { value }] of this.items) setText(value, number(point?.bySlot.get(slot) ?? 0));
    this.describe(point);
  }

  describe(point) {
    const { slider, columns } = this;
    const said = !point
      ? 'nothing recorded yet'
      : [
          `${clock(point.at)}, ${plural(point.total, 'tab', 'tabs')}`,
          ...[...this.items].map(
            ([slot, { version }]) =>
              `${version === undefined ? 'others' : printable(version)}: ${number(point.bySlot.get(slot))}`,
          ),
        ].join('; ');
    slider.setAttribute('aria-valuemin', '0');
    slider.setAttribute('aria-valuemax', String(Math.max(0, columns.length - 1)));
    slider.setAttribute('aria-valuenow', String(Math.max(0, columns.indexOf(point))));
    // Said only while somebody is there: a value that changes under no focus is noise.
    if (document.activeElement === slider || !slider.hasAttribute('aria-valuetext')) {
      slider.setAttribute('aria-valuetext', said);
    }
  }
}

function column({ at, versions }, colors) {
  const bySlot = new Map(colors.stack.map(([slot]) => [slot, 0]));
  let total = 0;
  for (const [version, n] of versions) {
    const slot = colors.slot(version);
    bySlot.set(slot, bySlot.get(slot) + n);
    total += n;
  }
  return { at, bySlot, total };
}

/** The next even number of the 1, 2, 5 family (and what lies between) that holds `n`. */
function nice(n) {
  const unit = 10 ** Math.floor(Math.log10(n));
  return (
    [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].map((f) => Math.round(f * unit)).find((v) => v >= n && v % 2 === 0) ??
    Math.ceil(n / 2) * 2
  );
}

/** Round local times between two moments, every so many minutes. */
function ticks(from, to, minutes) {
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  const found = [];
  for (let at = day.getTime(); at <= to; at += minutes * 60000) if (at >= from) found.push(at);
  return found;
}
