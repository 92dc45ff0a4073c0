// The operator's page: joins the link, what is known, and the parts that show it.

import { connect } from './client.js';
import { Board } from './dashboard.board.js';
import { ServerRecord } from './dashboard.record.js';
import { SignIn } from './dashboard.signin.js';
import { LinkStatus, speak } from './dashboard.status.js';
import { byId, clock, printable, setText } from './dashboard.text.js';

const base = new URL('.', location.href);
let view = 'connecting';
let remembered;
let fromHello = false;
let serverTime;
let clockAhead = 0;
let entering;

// A stream shared with tabs of the app would be subscribed with their token.
const connection = connect({ url: base, observer: true, share: false });
const subscribe = () => connection.subscribe({ mode: 'delta', token: () => signIn.token });
// The client hurries when the network is back; somebody who presses the button says just that.
const status = new LinkStatus(() => dispatchEvent(new Event('online')));
const signIn = new SignIn(subscribe, show);
const now = () => Date.now() + clockAhead;

const past = new ServerRecord(
  base,
  () => signIn.token,
  () => {
    record();
    board.changed();
  },
);
const board = new Board(base, past, () => {
  const { stats } = connection;
  return { stats, release: remembered ?? connection.release, live: status.live, now: now() };
});

connection.on('state', (state) => {
  status.show(state, connection.retryAt);
  if (state !== 'open') past.interrupt();
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
  const wasOut = past.releases.some((release) => release.version === version);
  const announced = past.releases.findLast((release) => release.version === before)?.at;
  // A server that was started anew and says a release of the past: it has forgotten what was announced.
  if (fromHello && wasOut) return cameBack(version, before, announced);
  past.announced(version, now());
  speak(`A new release was announced: ${printable(version)}`);
  board.acts.watch();
  // Who it was, the server says.
  past.load();
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
  past.announced(connection.release, now());
  cameBack(undefined);
  board.changed();
});

connection.on('stats', (stats) => {
  // A delta has no time of its own; the client hands on the last whole one's.
  if (Number.isFinite(stats.timestamp) && stats.timestamp !== serverTime) clockAhead = stats.timestamp - Date.now();
  serverTime = stats.timestamp;
  const loaded = status.fresh ? undefined : past.load();
  status.refreshed();
  record();
  if (view === 'live') return board.changed();
  // Without what was before, the first words could be wrong ones; but nobody waits for long.
  entering ??= Promise.race([loaded, new Promise((late) => setTimeout(late, 1000))]).then(enter);
});

function enter() {
  entering = undefined;
  if (!status.fresh) return;
  signIn.enter(view);
  board.paint();
}

connection.on('unauthorized', () => {
  const wasLive = view === 'live';
  if (!signIn.denied(view)) return;
  past.forget();
  status.denied(wasLive);
  board.paint();
  document.title = 'SkewWatch';
});

function show(name) {
  view = name;
  document.body.dataset.view = name;
  status.paint();
}

/** Notes the present in the lines, as long as it is the present. */
function record() {
  if (!status.live) return;
  past.note(now(), new Map(Object.entries(connection.stats.versions)));
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
