// A ranking (versions, routes) as a table with bars, updated in place so that focus and reading position stay.

import { foreign, make, number, percent, setText } from './dashboard.text.js';

export class Ranking {
  /** `noun` heads the first column; `first` rows are shown until somebody asks for all (up to `most`). */
  constructor(container, { noun, first, most, pick, slot = undefined }) {
    this.first = first;
    this.most = most;
    this.pick = pick;
    this.slot = slot;
    this.rows = new Map();
    this.all = false;
    this.body = make('tbody');
    this.table = make(
      'table',
      { class: 'ranking' },
      make(
        'colgroup',
        {},
        make('col'),
        make('col', { class: 'ranking-count' }),
        make('col', { class: 'ranking-share' }),
      ),
      make(
        'thead',
        { class: 'sr-only' },
        make(
          'tr',
          {},
          make('th', { scope: 'col' }, noun),
          make('th', { scope: 'col' }, 'Tabs'),
          make('th', { scope: 'col' }, 'Share'),
        ),
      ),
      this.body,
    );
    this.more = make('button', { type: 'button', class: 'quiet more', hidden: true });
    this.more.addEventListener('click', () => {
      this.all = !this.all;
      this.show(this.last);
    });
    this.empty = make('p', { class: 'muted empty', hidden: true });
    container.append(this.table, this.empty, this.more);
  }

  /** Shows `{counts, total, marked, empty}`; `marked` is the key with a mark after it and the mark's text. */
  show(data) {
    this.last = data;
    const { counts, total, marked, empty } = data;
    const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const shown = ranked.slice(0, this.all ? this.most : this.first);
    const largest = Math.max(1, ranked[0]?.[1] ?? 1);
    for (const [key, row] of this.rows) {
      if (shown.some(([other]) => other === key)) continue;
      row.element.remove();
      this.rows.delete(key);
    }
    /** @type {any} */
    const focused = document.activeElement;
    shown.forEach(([key, n], i) => {
      const row = this.rows.get(key) ?? this.add(key);
      if (this.body.children[i] !== row.element) this.body.insertBefore(row.element, this.body.children[i] ?? null);
      setText(row.count, number(n));
      setText(row.share, percent(n, total));
      row.bar.style.width = `${(n / largest) * 100}%`;
      row.bar.className = `bar back-${this.slot ? this.slot(key) : 's0'}`;
      row.mark.hidden = !marked || marked[0] !== key;
      if (!row.mark.hidden) setText(row.mark, marked[1]);
    });
    if (focused !== document.activeElement && this.body.contains(focused)) focused.focus({ preventScroll: true });

    this.table.hidden = !shown.length;
    this.empty.hidden = shown.length > 0;
    setText(this.empty, shown.length ? '' : empty);
    const left = Math.min(ranked.length, this.most) - this.first;
    this.more.hidden = left <= 0;
    setText(this.more, this.all ? 'Show fewer' : `Show ${number(left)} more`);
    this.more.setAttribute('aria-expanded', String(this.all));
  }

  add(key) {
    const row = {
      count: make('td', { class: 'ranking-count' }),
      share: make('td', { class: 'ranking-share' }),
      bar: make('span', { class: 'bar' }),
      mark: make('span', { class: 'mark', hidden: true }),
    };
    // What counts under "(other)" has no row of that name to be found.
    const name =
      key === '(other)'
        ? make('span', { class: 'foreign' }, 'others')
        : make('button', { type: 'button', class: 'name' }, foreign(key));
    if (key !== '(other)') {
      name.title = 'Show these connections';
      name.addEventListener('click', () => this.pick(key));
    }
    row.element = make(
      'tr',
      {},
      make(
        'th',
        { scope: 'row' },
        make('span', { class: 'ranking-name' }, name, row.mark),
        make('span', { class: 'track', 'aria-hidden': 'true' }, row.bar),
      ),
      row.count,
      row.share,
    );
    this.rows.set(key, row);
    return row;
  }
}
