// A list of names with figures (routes, versions) as a table with bars, updated in place so that focus and place stay.

import { foreign, make, number, setText } from './dashboard.text.js';

export class List {
  /** `columns` are the figures' titles; `label` names the table; `pick` is called with the name that is clicked. */
  constructor(container, { label, noun, columns, pick, first }) {
    this.pick = pick;
    this.columns = columns;
    this.first = first;
    this.rows = new Map();
    this.wanted = '';
    const titles = [noun, ...columns].map((title) => make('th', { scope: 'col' }, title));
    this.body = make('tbody');
    this.table = make(
      'table',
      { class: 'list', 'aria-label': label },
      make('thead', {}, make('tr', {}, ...titles)),
      this.body,
    );
    this.scroller = make('div', { class: 'list-scroller' }, this.table);
    this.search = make('input', {
      type: 'search',
      class: 'list-search',
      'aria-label': `Search: ${label}`,
      placeholder: 'Search',
      hidden: true,
    });
    this.search.addEventListener('input', () => this.show(this.last));
    this.empty = make('p', { class: 'muted empty', hidden: true });
    container.append(this.search, this.scroller, this.empty);
  }

  /**
   * Shows `{entries, empty}`. An entry is `{name, key, cells, share, slot, mark, tone}`; without a key it's no button.
   */
  show(data) {
    this.last = data;
    this.search.hidden = data.entries.length <= this.first;
    const wanted = this.search.hidden ? '' : this.search.value.trim().toLowerCase();
    const shown = data.entries.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 500);
    const names = new Set(shown.map(({ name }) => name));
    for (const [name, row] of this.rows) {
      if (names.has(name)) continue;
      row.element.remove();
      this.rows.delete(name);
    }
    /** @type {any} */
    const focused = document.activeElement;
    shown.forEach((entry, i) => {
      const row = this.rows.get(entry.name) ?? this.add(entry);
      if (this.body.children[i] !== row.element) this.body.insertBefore(row.element, this.body.children[i] ?? null);
      entry.cells.forEach((cell, j) => setText(row.cells[j], typeof cell === 'number' ? number(cell) : cell));
      const { share, slot, swatch, mark = '', tone = '' } = entry;
      const key = [share, slot, mark, tone].join();
      if (row.key === key) return;
      row.key = key;
      row.bar.style.width = `${share * 100}%`;
      row.bar.className = `bar back-${slot}`;
      row.swatch.className = `swatch back-${slot}`;
      row.swatch.hidden = !swatch;
      row.mark.hidden = !mark;
      row.mark.dataset.tone = tone;
      setText(row.mark, mark);
    });
    if (focused !== document.activeElement && this.body.contains(focused)) focused.focus({ preventScroll: true });
    this.table.hidden = !shown.length;
    this.empty.hidden = shown.length > 0;
    setText(this.empty, shown.length ? '' : wanted ? 'No name matches the search.' : data.empty);
  }

  add({ name, key }) {
    const row = {
      cells: this.columns.map(() => make('td')),
      bar: make('span', { class: 'bar' }),
      swatch: make('span', { class: 'swatch', 'aria-hidden': 'true' }),
      mark: make('span', { class: 'mark', hidden: true }),
    };
    const label =
      key === undefined ? make('span', {}, name) : make('button', { type: 'button', class: 'name' }, foreign(name));
    if (key !== undefined) {
      label.title = 'Show these connections';
      label.addEventListener('click', () => this.pick(key));
    }
    const head = make('span', { class: 'list-name' }, row.swatch, label, row.mark);
    const track = make('span', { class: 'track', 'aria-hidden': 'true' }, row.bar);
    row.element = make('tr', {}, make('th', { scope: 'row' }, head, track), ...row.cells);
    this.rows.set(name, row);
    return row;
  }
}

/** What happened, the newest first: `[{at, time, text}]`. */
export function showEvents(list, events) {
  const key = events.map(({ time, text }) => `${time} ${text}`).join('\n');
  if (key === list.dataset.key) return;
  list.dataset.key = key;
  list.replaceChildren(
    ...(events.length
      ? events.map(({ at, time, text }) =>
          make('li', {}, make('time', { datetime: new Date(at).toISOString() }, time), make('span', {}, text)),
        )
      : [make('li', { class: 'muted' }, 'Nothing yet: announcements, milestones and drops are listed here.')]),
  );
}
