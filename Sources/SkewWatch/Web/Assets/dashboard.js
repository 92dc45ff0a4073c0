// The operator's page: joins the link, what is known, and the parts that show it.

import { connect } from './client.js';
import { Chart } from './dashboard.chart.js';
import { Colors } from './dashboard.colors.js';
import { Timeline } from './dashboard.history.js';
import { Ranking } from './dashboard.lists.js';
import { LinkStatus, speak } from './dashboard.status.js';
import { Rollout } from './dashboard.rollout.js';
import { ConnectionTable } from './dashboard.table.js';
import { byId, number, plural, printable, setText } from './dashboard.text.js';

const tokenKey = 'skewwatch.token';
const base = new URL('.', location.href);

const colors = new Colors();
const timelines = { hour: new Timeline(10000, 3600000), day: new Timeline(300000, 86400000) };
let span = 'hour';
let view = 'connecting';
let token = sessionStorage.getItem(tokenKey) ?? undefined;
let release;
let serverTime;
let clockAhead = 0;

const slot = (version) => colors.slot(version);
const chart = new Chart(byId('chart'), byId('readout'));
const rollout = new Rollout();
const table = new ConnectionTable(byId('connections'), { slot });
const find = (text) => {
  byId('filter').value = printable(text);
  refilter();
  byId('filter').focus();
};
const versions = new Ranking(byId('versions'), { noun: 'Version', first: 8, most: 200, slot, pick: find });
const routes = new Ranking(byId('routes'), { noun: 'Route', first: 10, most: 100, pick: find });

// A stream shared with tabs of the app would be subscribed with their token.
const connection = connect({ url: base, observer: true, share: false });
const subscribe = () => connection.subscribe({ mode: 'delta', token: () => token });
// The client hurries when the network is back; somebody who presses the button says just that.
const status = new LinkStatus(() => dispatchEvent(new Event('online')));
const now = () => Date.now() + clockAhead;

connection.on('state', (state) => {
  status.show(state, connection.retryAt);
  if (state !== 'open') for (const timeline of Object.values(timelines)) timeline.interrupt();
});

connection.on('version', (version) => {
  if (release !== undefined) speak(`A new release was announced: ${printable(version)}`);
  release = version;
  changed();
});

connection.on('stats', (stats) => {
  // A delta has no time of its own; the client hands on the last whole one's.
  if (Number.isFinite(stats.timestamp) && stats.timestamp !== serverTime) clockAhead = stats.timestamp - Date.now();
  serverTime = stats.timestamp;
  const again = !status.fresh;
  status.refreshed();
  record();
  if (view === 'live') changed();
  else enter();
  if (again) loadHistory();
});

// Signing in

connection.on('unauthorized', () => {
  const had = token !== undefined;
  const wasLive = view === 'live';
  // Denied again after a reconnect: not a reason to disturb somebody who is typing.
  if (view === 'signin' && !had) return;
  forget();
  for (const timeline of Object.values(timelines)) timeline.samples = [];
  status.denied(wasLive);
  setText(
    byId('signin-error'),
    wasLive ? 'Your access has ended. Sign in again to go on.' : had ? 'The server does not accept this token.' : '',
  );
  byId('token').setAttribute('aria-invalid', String(had && !wasLive));
  show('signin');
  byId('token').focus();
  byId('token').select();
  paintAll();
});

function enter() {
  if (token !== undefined) sessionStorage.setItem(tokenKey, token);
  byId('sign-out').hidden = token === undefined;
  byId('signin-go').disabled = false;
  byId('token').value = '';
  setText(byId('signin-error'), '');
  show('live');
  paintAll();
  if (document.activeElement === document.body) byId('main').focus({ preventScroll: true });
}

function forget() {
  sessionStorage.removeItem(tokenKey);
  token = undefined;
  byId('sign-out').hidden = true;
  byId('signin-go').disabled = false;
}

byId('signin').addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = byId('token').value.trim();
  if (!typed) {
    setText(byId('signin-error'), 'Enter the stats token first.');
    return byId('token').focus();
  }
  setText(byId('signin-error'), '');
  byId('signin-go').disabled = true;
  token = typed;
  subscribe();
});

byId('sign-out').addEventListener('click', () => {
  forget();
  location.reload();
});

function show(name) {
  view = name;
  document.body.dataset.view = name;
  status.paint();
}

// The record of the last hour and day

async function loadHistory() {
  const headers = token === undefined ? {} : { 'skewwatch-token': token };
  try {
    const answer = await fetch(new URL('admin/history', base), { headers, cache: 'no-store' });
    if (answer.status !== 200) return;
    const history = await answer.json();
    for (const name of ['hour', 'day']) timelines[name].load(history[name]);
    record();
    changed();
  } catch {
    // No record: the line grows from what this page sees.
  }
}

/** Notes the present in the line, as long as it is the present. */
function record() {
  if (!status.live) return;
  const counts = new Map(Object.entries(connection.stats.versions));
  for (const timeline of Object.values(timelines)) timeline.record(now(), counts);
}

for (const name of ['hour', 'day']) {
  byId(`span-${name}`).addEventListener('click', () => {
    span = name;
    for (const other of ['hour', 'day']) byId(`span-${other}`).setAttribute('aria-pressed', String(other === name));
    paintAll();
  });
}

// Painting: the total at once, the heavy parts a few times a second

let frame;
let paintedAt = -Infinity;
let later;

function changed() {
  frame ??= requestAnimationFrame(paint);
}

function paint() {
  frame = undefined;
  if (view !== 'live') return;
  setText(byId('total'), number(connection.stats.total));
  const wait = paintedAt + 250 - performance.now();
  if (wait <= 0) paintAll();
  else later ??= setTimeout(paintAll, wait);
}

function paintAll() {
  clearTimeout(later);
  later = undefined;
  const { stats } = connection;
  const { total, connections: rows, yourId } = stats;
  const counts = new Map(Object.entries(stats.versions));
  const { samples, step, span: length } = timelines[span];
  assignColors(counts);
  setText(byId('total'), number(total));
  setText(byId('total-label'), total === 1 ? 'open tab' : 'open tabs');
  rollout.show({ stats, counts, release, colors, series: timelines.hour.oldTabs(release), now: now() });
  chart.show({ samples, step, span: length, now: now(), colors });
  versions.show({
    counts,
    total,
    marked: release === undefined ? undefined : [release, 'current'],
    empty: 'No tab is open.',
  });
  const byRoute = new Map(Object.entries(stats.routes));
  routes.show({ counts: byRoute, total, empty: 'The server does not track routes. Its setting is route-tracking.' });
  setText(byId('versions-count'), counts.size ? number(counts.size) : '');
  setText(byId('routes-count'), byRoute.size > 10 ? `of ${number(byRoute.size)}` : '');
  table.show({ rows, yourId, release, unlisted: Math.max(0, total - rows.length) });
  countRows();
  paintedAt = performance.now();
}

function assignColors(counts) {
  const weight = new Map(counts);
  for (const { versions: then } of timelines[span].samples) {
    for (const [version, n] of then) weight.set(version, Math.max(weight.get(version) ?? 0, n));
  }
  colors.assign(
    release,
    [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([version]) => version),
  );
}

function refilter() {
  table.filter(byId('filter').value, byId('only-old').checked);
  countRows();
}

function countRows() {
  const all = connection.stats.connections.length;
  setText(
    byId('rows-count'),
    !all ? '' : table.found === all ? number(all) : `${number(table.found)} of ${number(all)}`,
  );
}

let saying;
byId('filter').addEventListener('input', () => {
  refilter();
  clearTimeout(saying);
  saying = setTimeout(() => speak(plural(table.found, 'connection', 'connections')), 800);
});
byId('only-old').addEventListener('change', refilter);
byId('connections').addEventListener('click', (event) => {
  if (!(event.target instanceof Element && event.target.closest('.empty button'))) return;
  byId('filter').value = '';
  byId('only-old').checked = false;
  refilter();
  byId('filter').focus();
});

setText(byId('site'), location.host);
subscribe();
// The line and the forecast move on even when nothing changes.
setInterval(() => {
  record();
  if (!document.hidden) changed();
}, 5000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) changed();
});
