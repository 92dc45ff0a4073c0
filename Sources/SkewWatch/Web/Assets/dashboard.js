// The operator's page: joins the link, what is known, and the parts that show it.

import { connect } from './client.js';
import { Board } from './dashboard.board.js';
import { Timeline } from './dashboard.history.js';
import { SignIn } from './dashboard.signin.js';
import { LinkStatus, speak } from './dashboard.status.js';
import { byId, clock, printable, setText } from './dashboard.text.js';

const base = new URL('.', location.href);
const hour = 3600000;
const timelines = [new Timeline(10000, hour), new Timeline(300000, 24 * hour), new Timeline(1800000, 168 * hour)];
const names = ['hour', 'day', 'week'];
let view = 'connecting';
let releases = [];
let remembered;
let fromHello = false;
let serverTime;
let clockAhead = 0;

// A stream shared with tabs of the app would be subscribed with their token.
const connection = connect({ url: base, observer: true, share: false });
const subscribe = () => connection.subscribe({ mode: 'delta', token: () => signIn.token });
// The client hurries when the network is back; somebody who presses the button says just that.
const status = new LinkStatus(() => dispatchEvent(new Event('online')));
const signIn = new SignIn(subscribe, show);
const now = () => Date.now() + clockAhead;

const board = new Board(base, () => {
  const { stats } = connection;
  return { stats, timelines, releases, release: remembered ?? connection.release, live: status.live, now: now() };
});

connection.on('state', (state) => {
  status.show(state, connection.retryAt);
  if (state !== 'open') for (const timeline of timelines) timeline.interrupt();
  if (view === 'live') board.changed();
});

connection.on('connected', () => {
  fromHello = true;
  queueMicrotask(() => (fromHello = false));
});

let known;
connection.on('version', (version) => {
  const before = known;
  known = version;
  cameBack(undefined);
  if (before === undefined) return;
  const wasOut = releases.some((past) => past.version === version);
  const announced = releases.findLast((past) => past.version === before)?.at;
  // A server that was started anew and says a release of the past: it has forgotten what was announced.
  if (fromHello && wasOut) return cameBack(version, before, announced);
  releases = [...releases, { version, at: now() }];
  speak(`A new release was announced: ${printable(version)}`);
  if (view === 'live') board.changed();
});

/** Asks which release is right, and goes by the remembered one until that is answered. */
function cameBack(version, before, announced) {
  remembered = before;
  byId('came-back').hidden = before === undefined;
  if (before === undefined) return;
  const time = announced === undefined ? '' : ` at ${clock(announced)}`;
  const [is, was] = [printable(version), printable(before)];
  setText(byId('came-back-text'), `The server came back with ${is}; ${was} was announced${time}.`);
  setText(byId('came-back-again'), `Announce ${was} again…`);
  setText(byId('came-back-right'), `${is} is right`);
}

byId('came-back-again').addEventListener('click', () => board.acts.open({ version: remembered }));
byId('came-back-right').addEventListener('click', () => {
  releases = [...releases, { version: connection.release, at: now() }];
  cameBack(undefined);
  board.changed();
});

connection.on('stats', (stats) => {
  // A delta has no time of its own; the client hands on the last whole one's.
  if (Number.isFinite(stats.timestamp) && stats.timestamp !== serverTime) clockAhead = stats.timestamp - Date.now();
  serverTime = stats.timestamp;
  const again = !status.fresh;
  status.refreshed();
  record();
  if (view === 'live') board.changed();
  else {
    signIn.enter(view);
    board.paint();
  }
  if (again) loadHistory();
});

connection.on('unauthorized', () => {
  const wasLive = view === 'live';
  if (!signIn.denied(view)) return;
  for (const timeline of timelines) timeline.samples = [];
  releases = [];
  status.denied(wasLive);
  board.paint();
  document.title = 'SkewWatch';
});

function show(name) {
  view = name;
  document.body.dataset.view = name;
  status.paint();
}

// The server's record

async function loadHistory() {
  const headers = signIn.token === undefined ? {} : { 'skewwatch-token': signIn.token };
  try {
    const answer = await fetch(new URL('admin/history', base), { headers, cache: 'no-store' });
    if (answer.status !== 200) return;
    const history = await answer.json();
    names.forEach((name, i) => timelines[i].load(history[name]));
    if (Array.isArray(history.releases)) take(history.releases);
    record();
    board.changed();
  } catch {
    // No record: the line grows from what this page sees.
  }
}

/** Releases as the server knows them, and those that it has forgotten. */
function take(told) {
  const valid = told.filter(({ version, at }) => typeof version === 'string' && Number.isFinite(at));
  const missing = releases.filter(
    (own) => !valid.some((past) => past.version === own.version && Math.abs(past.at - own.at) < 60000),
  );
  releases = [...missing, ...valid].sort((a, b) => a.at - b.at);
}

/** Notes the present in the lines, as long as it is the present. */
function record() {
  if (!status.live) return;
  const counts = new Map(Object.entries(connection.stats.versions));
  for (const timeline of timelines) timeline.record(now(), counts);
}

setText(byId('site'), location.host);
subscribe();
// The line and the pace move on even when nothing changes.
setInterval(() => {
  record();
  if (view === 'live') board.changed();
}, 2000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && view === 'live') board.changed();
});
