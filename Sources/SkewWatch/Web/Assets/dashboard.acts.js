// What an operator can do: announce a release, tell old tabs again, stop that.
// The admin token stays in this module's memory.

import { matches, nearest } from './dashboard.state.js';
import { byId, foreign, make, number, plural, printable, setText } from './dashboard.text.js';
import { speak } from './dashboard.status.js';

export class Acts {
  /** `base` is the server's address. */
  constructor(base) {
    this.base = base;
    this.facts = undefined;
    this.counts = new Map();
    this.previews = [];
    this.dialog = byId('announce');
    byId('act-announce').addEventListener('click', () => this.open());
    byId('act-again').addEventListener('click', () => this.open({ version: this.facts?.release, again: true }));
    byId('announce-cancel').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('close', () => (byId('admin-token').value = ''));
    for (const id of ['announce-version', 'announce-only']) byId(id).addEventListener('input', () => this.explain());
    byId('announce-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
  }

  /** Takes what is known now: `facts`, `counts` by version, the releases before. */
  show({ facts, counts, previews, releases }) {
    Object.assign(this, { facts, counts, previews, releases });
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
    if (!version) return setText(byId('announce-says'), '');
    let told = 0;
    for (const [name, n] of this.counts) if (name !== version && (!only || name === only)) told += n;
    const said = [`${plural(told, 'tab', 'tabs')} will be told.`];
    const there = this.counts.get(version) ?? 0;
    if (!there) {
      const like = nearest(version, [...this.counts.keys()]);
      said.push(
        `Nobody runs ${printable(version)} yet.${like === undefined ? '' : ` Did you mean ${printable(like)}?`}`,
      );
    } else said.push(`${plural(there, 'tab runs', 'tabs run')} it already.`);
    if (matches(version, this.previews)) said.push('It is a preview by the settings of the server.');
    const former = this.facts?.release;
    if (!this.again && former !== undefined && former !== version) {
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
    const rate = byId('announce-rate').value;
    if (only) body.only = [only];
    if (rate) body.rate = Number(rate);
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
    const told = answer?.matching ?? answer?.sockets;
    this.said(version, told);
    this.watch();
  }

  said(version, told) {
    const line = byId('running');
    line.hidden = false;
    const count = Number.isFinite(told) ? `: ${plural(told, 'tab is', 'tabs are')} told` : '';
    line.replaceChildren('Announced ', foreign(version, 'mono'), `${count}.`);
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (line.hidden = true), 15000);
  }

  /** Shows the announcements that run, each with a way to stop it, until none runs. */
  async watch() {
    const { status, answer } = await this.ask('GET', '', undefined, this.token);
    const all = status === 200 ? (answer?.announcements ?? []) : [];
    const running = all.filter(({ state }) => state === 'running');
    if (!running.length) return;
    clearTimeout(this.fading);
    const line = byId('running');
    line.hidden = false;
    line.replaceChildren(
      ...running.flatMap(({ id, version, told, matching, rate }) => {
        const stop = make('button', { type: 'button', class: 'quiet' }, 'Stop');
        stop.addEventListener('click', async () => {
          await this.ask('DELETE', `/${id}`, undefined, this.token);
          this.watch();
        });
        const pace = rate ? `, ${number(rate)} a second` : '';
        return [foreign(version, 'mono'), `: ${number(told)} of ${number(matching)} told${pace} `, stop];
      }),
    );
    this.fading = setTimeout(() => ((line.hidden = true), this.watch()), 1000);
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

function refused(status, answer) {
  if (status === 401) return 'The server does not accept this admin token.';
  if (status === 503) return 'The server has no admin token; its setting is admin-token.';
  if (status === 429) return 'There were too many wrong tokens. Wait a minute.';
  if (!status) return 'The server cannot be reached.';
  return typeof answer?.error === 'string' ? printable(answer.error) : `The server answered ${status}.`;
}
