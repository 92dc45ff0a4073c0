// What an operator can do: announce a release, tell old tabs again, stop that.
// The admin token stays in this module's memory.

import { matches, nearest } from './dashboard.state.js';
import { byId, foreign, make, number, plural, printable, setText } from './dashboard.text.js';
import { speak } from './dashboard.status.js';

export class Acts {
  /**
   * `base` is the server's address; `viewer` answers the token that the page watches with, if there is one; `acted` is
   * called when the server has more to tell of what was done.
   */
  constructor(base, viewer, acted) {
    this.base = base;
    this.viewer = viewer;
    this.acted = acted;
    this.facts = undefined;
    this.counts = new Map();
    this.previews = [];
    this.routes = {};
    this.running = '';
    /** @type {Map<number, any>} */
    this.lines = new Map();
    this.dialog = byId('announce');
    byId('act-announce').addEventListener('click', () => this.open());
    byId('act-again').addEventListener('click', () => this.open({ version: this.facts?.release, again: true }));
    byId('announce-cancel').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('close', () => (byId('admin-token').value = ''));
    byId('announce-form').addEventListener('input', () => this.explain());
    byId('announce-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
  }

  /** Takes what is known now: `facts`, `counts` by version, `stats` with the tabs by route. */
  show({ facts, counts, previews, stats }) {
    Object.assign(this, { facts, counts, previews, routes: stats.routes });
    const { state, release, old, rising } = facts;
    const wanted = state === 'not-announced' ? rising.version : state === 'nobody' ? facts.nearest : undefined;
    this.wanted = wanted;
    byId('act-again').hidden = release === undefined || !old || state === 'nobody';
    setText(byId('act-announce'), wanted === undefined ? 'Announce a release…' : `Announce ${printable(wanted)}…`);
    byId('act-announce').classList.toggle('primary', wanted !== undefined || state === 'no-release');
    byId('act-again').classList.toggle('primary', ['stalled', 'slowing'].includes(state));
  }

  open({ version = this.wanted ?? '', again = false } = {}) {
    if (this.dialog.open) return;
    this.again = again;
    const names = [...this.counts]
      .sort((a, b) => b[1] - a[1])
      .map(([name]) => name)
      .filter((name) => name !== '(other)');
    setText(byId('announce-title'), again ? 'Tell old tabs again' : 'Announce a release');
    setText(byId('announce-go'), again ? 'Tell them' : 'Announce');
    byId('announce-version').value = version;
    byId('announce-version').readOnly = again;
    byId('announce-seen').replaceChildren(...names.map((name) => make('option', { value: name })));
    const only = names.filter((name) => name !== version);
    byId('announce-only').replaceChildren(
      make('option', { value: '' }, again ? 'every old version' : 'every other version'),
      ...only.map((name) => make('option', { value: name }, `${printable(name)} (${number(this.counts.get(name))})`)),
    );
    const places = Object.entries(this.routes).sort((a, b) => b[1] - a[1]);
    byId('announce-places').replaceChildren(
      ...places.slice(0, 50).map(([route]) => make('option', { value: route })),
    );
    for (const id of ['announce-routes', 'announce-percent', 'announce-rate']) byId(id).value = '';
    byId('announce-set').checked = true;
    byId('announce-set').disabled = again;
    byId('announce-urgent').checked = false;
    byId('admin-token').value = this.token ?? '';
    setText(byId('announce-error'), '');
    this.explain();
    this.dialog.showModal();
    byId(version ? (this.token ? 'announce-go' : 'admin-token') : 'announce-version').focus();
  }

  /** Says how many will be told, and warns of a version that nobody runs. */
  explain() {
    const version = byId('announce-version').value.trim();
    const only = byId('announce-only').value;
    const percents = Number(byId('announce-percent').value) || 100;
    const isPlaced = byId('announce-routes').value.trim() !== '';
    if (!version) return setText(byId('announce-says'), '');
    let told = 0;
    for (const [name, n] of this.counts) if (name !== version && (!only || name === only)) told += n;
    // Which tabs are on a route the server knows, and says in its answer.
    const most = Math.ceil((told * percents) / 100);
    const about = isPlaced ? 'At most ' : percents < 100 ? 'About ' : '';
    const said = [`${about}${plural(most, 'tab', 'tabs')} will be told.`];
    const there = this.counts.get(version) ?? 0;
    if (!there) {
      const like = nearest(version, [...this.counts.keys()]);
      said.push(
        `Nobody runs ${printable(version)} yet.${like === undefined ? '' : ` Did you mean ${printable(like)}?`}`,
      );
    } else said.push(`${plural(there, 'tab runs', 'tabs run')} it already.`);
    if (matches(version, this.previews)) said.push('It is a preview by the settings of the server.');
    const former = this.facts?.release;
    if (!byId('announce-set').checked) said.push('The release stays what it is, so new tabs do not hear of it.');
    else if (!this.again && former !== undefined && former !== version) {
      said.push(`To undo it, announce ${printable(former)} again.`);
    }
    setText(byId('announce-says'), said.join(' '));
  }

  async send() {
    const version = byId('announce-version').value.trim();
    const token = byId('admin-token').value.trim();
    const missing = !version
      ? ['announce-version', 'Enter the version.']
      : !token && ['admin-token', 'Enter the admin token.'];
    if (missing) {
      setText(byId('announce-error'), missing[1]);
      return byId(missing[0]).focus();
    }
    const body = { version };
    const only = byId('announce-only').value;
    const routes = byId('announce-routes').value.trim();
    const [percent, rate] = [byId('announce-percent').value, byId('announce-rate').value];
    if (only) body.only = [only];
    if (routes) body.routes = routes.split(/[\s,]+/).filter(Boolean);
    if (percent) body.percent = Number(percent);
    if (rate) body.rate = Number(rate);
    if (byId('announce-urgent').checked) body.urgent = true;
    if (!byId('announce-set').checked) body.set = false;
    if (this.again) body.again = true;
    byId('announce-go').disabled = true;
    const { status, answer } = await this.ask('POST', '', body, token);
    byId('announce-go').disabled = false;
    if (status < 200 || status > 299) {
      if (status !== 401) this.token = token;
      setText(byId('announce-error'), refused(status, answer));
      return byId('admin-token').focus();
    }
    this.token = token;
    this.dialog.close();
    speak(`Announced ${printable(version)}.`);
    const warning = typeof answer?.warning === 'string' ? ` The server warns: ${printable(answer.warning)}.` : '';
    this.say(foreign(version, 'mono'), ` is announced to ${plural(answer?.matching ?? 0, 'tab', 'tabs')}.${warning}`);
    this.own = answer?.id;
    this.acted();
    this.watch();
  }

  /** Says what became of an announcement, for a while. */
  say(...parts) {
    this.running = '';
    byId('running').hidden = false;
    byId('running').replaceChildren(...parts);
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (byId('running').hidden = true), 20000);
  }

  /** Shows the announcements that run, each with a way to stop it, until none runs; then how the own one ended. */
  async watch() {
    const token = this.token ?? this.viewer();
    if (token === undefined) return;
    clearTimeout(this.looking);
    const { status, answer } = await this.ask('GET', '', undefined, token);
    const all = status === 200 && Array.isArray(answer?.announcements) ? answer.announcements : [];
    const running = all.filter(({ state }) => state === 'running');
    const ended = all.find(({ id, state }) => id === this.own && state !== 'running');
    if (running.length) {
      this.progress(running);
      this.looking = setTimeout(() => this.watch(), 1000);
    } else if (ended?.matching) {
      this.own = undefined;
      this.say(foreign(ended.version, 'mono'), `: ${toldOf(ended)}, ${ended.state}.`);
      this.acted();
    } else if (this.running) {
      byId('running').hidden = true;
      this.acted();
    }
  }

  /** One line for each; what has the focus stays while its figures move. */
  progress(running) {
    const key = running.map(({ id }) => id).join();
    if (key !== this.running) {
      this.lines = new Map(running.map(({ id }) => [id, make('span')]));
      this.say(
        ...running.flatMap(({ id, version }) => [foreign(version, 'mono'), this.lines.get(id), this.stopper(id)]),
      );
      this.running = key;
    }
    clearTimeout(this.fading);
    for (const one of running) {
      setText(this.lines.get(one.id), `: ${toldOf(one)}${one.rate ? `, ${number(one.rate)} a second` : ''} `);
    }
  }

  /** The button that stops an announcement; nothing for who only watches. */
  stopper(id) {
    if (this.token === undefined) return '';
    const stop = make('button', { type: 'button', class: 'quiet', title: 'Tell no more tabs' }, 'Stop');
    stop.addEventListener('click', async () => {
      stop.disabled = true;
      this.own = id;
      const { status, answer } = await this.ask('DELETE', `/${id}`, undefined, this.token);
      if (status === 200) speak('Stopped.');
      else this.say(refused(status, answer));
      this.watch();
    });
    return stop;
  }

  async ask(method, path, body, token) {
    /** @type {any} */
    const options = { method, cache: 'no-store', headers: { 'skewwatch-token': token ?? '' } };
    if (body) {
      options.headers['content-type'] = 'application/json';
      options.body = JSON.stringify(body);
    }
    try {
      const answer = await fetch(new URL(`admin/release${path}`, this.base), options);
      return { status: answer.status, answer: await answer.json().catch(() => undefined) };
    } catch {
      return { status: 0 };
    }
  }
}

const toldOf = ({ told, matching }) => `${number(told)} of ${plural(matching, 'tab', 'tabs')} told`;

function refused(status, answer) {
  if (status === 401) return 'The server does not accept this admin token.';
  if (status === 503) return 'The server has no admin token; its setting is admin-token.';
  if (status === 429) return 'There were too many wrong tokens. Wait a minute.';
  if (!status) return 'The server cannot be reached.';
  return typeof answer?.error === 'string' ? printable(answer.error) : `The server answered ${status}.`;
}
