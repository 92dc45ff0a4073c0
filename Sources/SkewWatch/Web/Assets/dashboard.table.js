// The connections: thousands of rows of which only those in sight exist in the page.

import { foreign, make, number, plural, printable, setText } from './dashboard.text.js';
import { isRoute } from './dashboard.where.js';
import { glance } from './dashboard.words.js';

const spare = 8;
// Those with `when` are shown where the rows have such a field.
const columns = [
  { key: 'route', title: 'Route' },
  { key: 'version', title: 'Version' },
  { key: 'tag', title: 'Tag', when: 'tag' },
  { key: 'age', title: 'Open for', when: 'since' },
  { key: 'moved', title: 'Last moved', when: 'moved' },
  { key: 'ip', title: 'Address', when: 'ip' },
  { key: 'id', title: 'Connection' },
];

export class ConnectionTable {
  /** `sorted` is called with the order that the reader has chosen, `copy` with what to copy. */
  constructor(container, { slot, sorted, copy }) {
    this.slot = slot;
    this.sorted = sorted;
    this.copy = copy;
    this.entries = new Map();
    this.view = [];
    this.sort = { key: 'age', down: true };
    this.wanted = { chips: [], words: [], onlyOld: false };
    /** @type {(version: string) => boolean} */
    this.isOld = () => false;
    this.now = 0;
    this.unlisted = 0;
    this.why = '';
    this.head = make('tr', { 'aria-rowindex': '1' }, ...columns.map((column) => this.header(column)));
    this.above = make('tr', { class: 'spacer', role: 'presentation' }, make('td', { role: 'presentation' }));
    this.below = make('tr', { class: 'spacer', role: 'presentation' }, make('td', { role: 'presentation' }));
    this.body = make('tbody', {}, this.above, this.below);
    this.table = make(
      'table',
      {
        class: 'grid',
        role: 'grid',
        tabindex: '0',
        'aria-labelledby': 'connections-title',
        'aria-describedby': 'grid-help',
      },
      make('thead', {}, this.head),
      this.body,
    );
    this.scroller = make('div', { class: 'scroller', tabindex: '-1' }, this.table);
    this.empty = make(
      'div',
      { class: 'empty' },
      make('p'),
      make('button', { type: 'button', class: 'quiet', hidden: true }),
    );
    this.detail = make('dl', { class: 'detail', hidden: true });
    const help = make(
      'p',
      { class: 'sr-only', id: 'grid-help' },
      'Up and down arrows choose a row; the whole of it is below the table.',
    );
    this.cut = make('p', { class: 'muted cut', hidden: true });
    container.append(this.scroller, this.empty, this.detail, this.cut, help);

    // Read when the browser tells of a change: to ask while painting would lay the page out each time.
    [this.top, this.height, this.rowHeight] = [0, 0, 34];
    const scrolled = () => {
      this.top = this.scroller.scrollTop;
      this.paintSoon();
    };
    this.scroller.addEventListener('scroll', scrolled, { passive: true });
    this.body.addEventListener('click', (event) => this.clicked(event));
    this.table.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => {
      this.height = this.scroller.clientHeight;
      this.rowHeight = parseFloat(getComputedStyle(this.scroller).getPropertyValue('--row')) || 34;
      scrolled();
    }).observe(this.scroller);
  }

  header(column) {
    const button = make(
      'button',
      { type: 'button', class: 'sort' },
      column.title,
      make('span', { class: 'sort-mark', 'aria-hidden': 'true' }),
    );
    button.addEventListener('click', () => {
      const again = this.sort.key === column.key;
      this.sort = { key: column.key, down: again ? !this.sort.down : column.key === 'age' };
      this.arrange();
      this.scrollTo(0);
      this.paint();
      this.sorted(this.sort);
    });
    return make('th', { scope: 'col', role: 'columnheader', class: `col-${column.key}` }, button);
  }

  /**
   * Takes the rows as they are now. `isOld` judges a version; `unlisted` are counted but not sent; `why` says what it
   * means that there are no rows; with `onlyOld` only old ones are shown.
   */
  show({ rows, isOld, unlisted, now, why, onlyOld }) {
    this.wanted.onlyOld = onlyOld;
    Object.assign(this, { isOld, unlisted, now, why });
    const entries = new Map();
    for (const row of rows) {
      const known = this.entries.get(row.id);
      entries.set(row.id, known?.row === row ? known : entry(row));
    }
    this.entries = entries;
    for (const { when } of columns) {
      // A tab that is where it opened has not moved.
      const has = when && rows.some((row) => row[when] !== undefined);
      if (when) this.table.classList.toggle(`with-${when}`, has);
    }
    const anchor = this.anchor();
    this.arrange();
    this.restore(anchor);
    this.paint();
  }

  /** Shows only what matches: exact `chips`, and the words of `search`, also as `route:/help`. */
  filter({ chips, search, sort }) {
    const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
    this.wanted = {
      ...this.wanted,
      chips,
      words: words.map((word) => /^(route|version|tag|id|ip):(.+)$/.exec(word)?.slice(1) ?? [undefined, word]),
    };
    this.sort = sort;
    this.arrange();
    this.scrollTo(0);
    this.paint();
  }

  matches({ row, text }) {
    const { chips, words, onlyOld } = this.wanted;
    if (onlyOld && !this.isOld(row.version)) return false;
    for (const [field, value] of chips) {
      if (field === 'route' ? !isRoute(row.route, value) : row[field] !== value) return false;
    }
    return words.every(([field, word]) =>
      field
        ? printable(row[field] ?? '')
            .toLowerCase()
            .includes(word)
        : text.includes(word),
    );
  }

  get found() {
    return this.view.length;
  }

  /** What is shown, in its order. */
  get rows() {
    return this.view.map(({ row }) => row);
  }

  arrange() {
    const view = [];
    for (const entry of this.entries.values()) if (this.matches(entry)) view.push(entry);
    const { key, down } = this.sort;
    const sign = down ? -1 : 1;
    const name = `by_${key}`;
    view.sort((a, b) => (a[name] < b[name] ? -sign : a[name] > b[name] ? sign : a.row.id < b.row.id ? -1 : 1));
    this.view = view;
    this.table.setAttribute('aria-rowcount', String(view.length + 1));
    for (const [i, column] of columns.entries()) {
      const sorted = column.key === key;
      this.head.children[i].setAttribute('aria-sort', sorted ? (down ? 'descending' : 'ascending') : 'none');
    }
    this.explain();
  }

  explain() {
    const none = !this.view.length;
    this.scroller.hidden = none;
    this.empty.hidden = !none;
    const [text, clear] = this.empty.children;
    const { chips, words, onlyOld } = this.wanted;
    const filtered = chips.length + words.length > 0;
    clear.hidden = !(none && this.entries.size && (filtered || onlyOld));
    if (none) {
      const nothing = filtered ? 'No connection matches the filter.' : 'No old tab is open.';
      setText(text, this.entries.size ? nothing : this.why);
      setText(clear, filtered ? 'Clear the filter' : 'Show all');
    }
    this.cut.hidden = !this.unlisted || !this.entries.size;
    if (!this.cut.hidden) {
      const listed = number(this.entries.size);
      const more = plural(this.unlisted, 'more is', 'more are');
      setText(
        this.cut,
        `The server lists ${listed} connections, old ones first; ${more} counted but not listed, and not searched.`,
      );
    }
  }

  scrollTo(top) {
    if (top === 0 && this.top === 0) return;
    this.scroller.scrollTop = top;
    this.top = this.scroller.scrollTop;
  }

  /** The row at the top of the view, to stay there whatever opens and closes above it. */
  anchor() {
    if (this.top < this.rowHeight) return undefined;
    const first = Math.floor(this.top / this.rowHeight);
    return {
      candidates: this.view.slice(first, first + 50).map(({ row }) => row.id),
      offset: this.top - first * this.rowHeight,
    };
  }

  restore(anchor) {
    if (!anchor) return;
    const places = new Map(this.view.map((entry, i) => [entry.row.id, i]));
    const step = anchor.candidates.findIndex((id) => places.has(id));
    if (step < 0) return;
    const wanted = (places.get(anchor.candidates[step]) - step) * this.rowHeight + anchor.offset;
    if (Math.abs(wanted - this.top) >= 1) {
      this.stretch(0, 0);
      this.scrollTo(wanted);
    }
  }

  /** Gives the body its whole height, of which rows [first, last) are real. */
  stretch(first, last) {
    for (const [spacer, rows] of [
      [this.above, first],
      [this.below, this.view.length - last],
    ]) {
      if (spacer.rows === rows) continue;
      spacer.rows = rows;
      spacer.hidden = rows <= 0;
      spacer.firstChild.style.height = `${rows * this.rowHeight}px`;
    }
  }

  paintSoon() {
    this.frame ??= requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    const { rowHeight, view } = this;
    const visible = Math.ceil(this.height / rowHeight);
    const first = Math.max(0, Math.min(Math.floor(this.top / rowHeight) - spare, view.length - visible - spare));
    const last = Math.min(view.length, first + visible + 2 * spare);
    const existing = new Map();
    for (const element of this.body.children) if (element.entry) existing.set(element.entry, element);
    const wanted = new Set();
    let before = this.above;
    for (let i = first; i < last; i++) {
      const entry = view[i];
      const element = existing.get(entry) ?? this.build(entry);
      wanted.add(element);
      if (before.nextSibling !== element) before.after(element);
      before = element;
      this.dress(element, entry, i);
    }
    for (const element of existing.values()) if (!wanted.has(element)) element.remove();
    this.stretch(first, last);
    this.showDetail();
  }

  build(entry) {
    const { row } = entry;
    const swatch = make('span', { class: 'swatch', 'aria-hidden': 'true' });
    const copy = make('button', { type: 'button', class: 'copy', tabindex: '-1', title: 'Copy the id' }, 'Copy');
    const cell = (key, ...children) => make('td', { role: 'gridcell', class: `col-${key}` }, ...children);
    const element = make(
      'tr',
      { role: 'row' },
      cell('route', foreign(row.route)),
      cell('version', make('span', { class: 'cell' }, swatch, foreign(row.version))),
      cell('tag', foreign(row.tag ?? '–')),
      cell('age'),
      cell('moved'),
      cell('ip', foreign(row.ip ?? '–', 'mono')),
      cell('id', make('span', { class: 'cell' }, foreign(row.id, 'mono'), copy)),
    );
    element.entry = entry;
    return element;
  }

  dress(element, entry, i) {
    const { id, version, since, moved } = entry.row;
    const chosen = id === this.chosen;
    const key = `${i} ${chosen} ${this.slot(version)}`;
    if (element.key !== key) {
      element.key = key;
      element.id = `row-${i}`;
      element.setAttribute('aria-rowindex', String(i + 2));
      element.setAttribute('aria-selected', String(chosen));
      element.className = `${i % 2 ? 'odd' : ''} ${chosen ? 'chosen' : ''}`;
      element.cells[1].firstChild.firstChild.className = `swatch back-${this.slot(version)}`;
    }
    setText(element.cells[3], since === undefined ? '–' : glance(this.now - since));
    setText(element.cells[4], moved === undefined ? '–' : `${glance(this.now - moved)} ago`);
    if (chosen) this.table.setAttribute('aria-activedescendant', element.id);
  }

  clicked(event) {
    const row = event.target.closest('tr');
    if (row?.entry && event.target.closest('.copy')) return this.copy(row.entry.row.id, event.target);
    if (!row?.entry || String(getSelection())) return;
    this.choose(row.entry.row.id === this.chosen ? undefined : row.entry);
  }

  key(event) {
    if (event.target !== this.table || !this.view.length) return;
    const here = this.view.findIndex(({ row }) => row.id === this.chosen);
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 2);
    const far = this.view.length - 1;
    const moves = {
      ArrowDown: here + 1,
      ArrowUp: here < 0 ? far : here - 1,
      PageDown: Math.max(0, here) + page,
      PageUp: here - page,
      Home: 0,
      End: far,
    };
    if (event.key === 'Escape') return this.choose(undefined);
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const i = Math.min(far, Math.max(0, moves[event.key]));
    const header = this.head.offsetHeight;
    const y = i * this.rowHeight;
    const room = this.scroller.clientHeight - header - this.rowHeight;
    if (y < this.scroller.scrollTop) this.scroller.scrollTop = y;
    else if (y > this.scroller.scrollTop + room) this.scroller.scrollTop = y - room;
    this.choose(this.view[i]);
  }

  choose(entry) {
    this.chosen = entry?.row.id;
    this.table.removeAttribute('aria-activedescendant');
    this.paint();
  }

  showDetail() {
    const row = this.chosen === undefined ? undefined : this.entries.get(this.chosen)?.row;
    this.detail.hidden = !row;
    if (!row || this.detailed === row) return;
    this.detailed = row;
    this.detail.replaceChildren(
      ...columns
        .filter(({ key }) => typeof row[key] === 'string')
        .map(({ key, title }) =>
          make('div', {}, make('dt', {}, title), make('dd', {}, make('bdi', {}, printable(row[key])))),
        ),
    );
  }
}

/** A row with what filtering and sorting need, worked out once. */
function entry(row) {
  const text = [row.route, row.version, row.tag ?? '', row.ip ?? '', row.id]
    .map((part) => printable(part))
    .join('\n')
    .toLowerCase();
  return {
    row,
    text,
    by_route: natural(row.route),
    by_version: natural(row.version),
    by_tag: natural(row.tag ?? ''),
    by_ip: natural(row.ip ?? ''),
    by_age: -(row.since ?? Infinity),
    by_moved: -(row.moved ?? Infinity),
    by_id: row.id,
  };
}

/** A key that sorts 1.10 behind 1.9 by comparing plain strings. */
const natural = (text) => text.toLowerCase().replace(/\d{1,12}/g, (digits) => digits.padStart(12, '0'));
