// What the reader has chosen, in the address: it can be copied, it outlives a reload, and Back undoes it.

const fields = ['route', 'version', 'tag'];

export class Address {
  /** `changed` is called after each choice, and when the reader goes back. */
  constructor(changed) {
    this.changed = changed;
    this.read();
    addEventListener('popstate', () => {
      this.read();
      changed();
    });
  }

  read() {
    const params = new URLSearchParams(location.hash.slice(1));
    const time = (name) => Number(params.get(name)) || undefined;
    this.chips = fields.flatMap((field) => params.getAll(field).map((value) => [field, value]));
    this.all = params.has('all');
    this.search = params.get('search') ?? '';
    this.span = params.get('span') ?? 'release';
    this.from = time('from');
    this.to = time('to');
    this.linear = params.has('linear');
    this.utc = params.get('zone') === 'utc';
    this.wall = params.get('view') === 'wall';
    const [, down, key] = /^(-?)(\w+)$/.exec(params.get('sort') ?? '-age') ?? [];
    this.sort = { key: key ?? 'age', down: down === '-' };
  }

  /** The address of what is chosen now, whole. */
  get link() {
    const params = new URLSearchParams(this.chips);
    const set = (name, value, usual) => value !== usual && params.set(name, value);
    set('all', this.all ? '' : undefined, undefined);
    set('search', this.search, '');
    set('span', this.span, 'release');
    if (this.span === 'zoom') {
      params.set('from', String(Math.round(this.from)));
      params.set('to', String(Math.round(this.to)));
    }
    set('linear', this.linear ? '' : undefined, undefined);
    set('zone', this.utc ? 'utc' : undefined, undefined);
    set('view', this.wall ? 'wall' : undefined, undefined);
    set('sort', `${this.sort.down ? '-' : ''}${this.sort.key}`, '-age');
    const hash = params
      .toString()
      .replace(/=(?=&|$)/g, '')
      .replaceAll('%2F', '/');
    return `${location.pathname}${hash && `#${hash}`}`;
  }

  /** Takes a choice. What is typed or sorted is no step of its own for Back. */
  choose(choice, { step = true } = {}) {
    Object.assign(this, choice);
    const link = this.link;
    if (link !== `${location.pathname}${location.hash}`) history[step ? 'pushState' : 'replaceState'](null, '', link);
    this.changed();
  }

  /** Adds an exact filter, in the place of one for the same field. */
  pick(field, value, more) {
    this.choose({ chips: [...this.chips.filter(([other]) => other !== field), [field, value]], ...more });
  }

  drop(field) {
    this.choose({ chips: this.chips.filter(([other]) => other !== field) });
  }
}
