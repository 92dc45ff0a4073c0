// The fallback transport of client.js, loaded only where a WebSocket does not come through.
// Each function is (base, query, receive, lost) => ({ send, close }) and calls lost(code, retry) at most once,
// and nothing once it is closed.

/** The server says something every 15 s. */
const patience = 45e3;

/** The transport to use; `share` is the option of connect(). */
export function stream(share = performance.getEntriesByType('navigation')[0]?.nextHopProtocol === 'http/1.1') {
  return share && navigator.locks ? sharedStream : ownStream;
}

/**
 * One event stream for this tab.
 * Not an EventSource: that hides the status and `retry`, and after some errors never tries again.
 */
function ownStream(base, query, receive, lost) {
  const abort = new AbortController();
  const { signal } = abort;
  let handle; // `<id>.<secret>`: allows to speak for this stream, so it stays in here
  let retry;
  let posts = Promise.resolve();

  function hear(line) {
    if (signal.aborted) return;
    if (line.startsWith('retry:')) retry = Number(line.slice(6));
    if (!line.startsWith('data:')) return;
    const message = JSON.parse(line.slice(5));
    if (message.type === 'connected') {
      handle = message.connectionId;
      message.connectionId = handle.split('.')[0];
    }
    receive(message);
  }

  async function read() {
    const answer = await fetch(`${base}sse?${query}`, { signal, cache: 'no-store', credentials: 'include' });
    retry = Number(answer.headers.get('retry-after')) * 1000;
    if (!answer.ok) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let begun = [];
    for (let part; !(part = await reader.read()).done;) {
      const lines = part.value.split('\n');
      begun.push(lines[0]);
      if (lines.length === 1) continue;
      lines[0] = begun.join('');
      begun = [lines.pop()];
      lines.forEach(hear);
    }
  }

  async function post({ type, ...fields }) {
    const answer = await fetch(base + (type === 'route-update' ? 'route' : type), {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ connectionId: handle, ...fields }),
      signal,
    });
    if (!answer.ok && type === 'subscribe-stats') receive({ type: 'stats-unauthorized' });
  }

  /** `broke`: it was there, and nobody ended it. */
  function ended(broke) {
    if (!signal.aborted) lost(1006, retry, broke);
  }

  read().then(
    () => ended(false),
    () => ended(!!handle),
  );
  return {
    patience,
    /** False where it takes a new stream to do it. */
    send(message) {
      if (message.type === 'unsubscribe-stats') return false;
      if (message.type === 'ping') return true;
      // One after the other, so that the last route sent is the last to arrive.
      posts = posts.then(() => post(message)).catch(() => {});
      return true;
    },
    close: () => abort.abort(),
  };
}

/**
 * One stream for all tabs of this browser that run the same version: with HTTP/1.1 a browser opens six connections
 * to a host, and the seventh tab could load nothing at all. One tab leads and tells the server which others the stream
 * stands for, so that each is counted; when it goes, the next in line takes over.
 */
function sharedStream(base, query, receive, lost) {
  const said = new URLSearchParams(query);
  const name = `skewwatch ${base} ${said.get('v')}`;
  /** This tab, as the one that leads is told; `n` tells it from what the same page was before. */
  const tab = { t: said.get('t'), n: performance.now(), v: said.get('v'), route: said.get('route') };
  const lockOf = ({ t, n }) => `${name} ${t} ${n}`;
  const channel = new BroadcastChannel(name);
  const ended = new AbortController();
  const { signal } = ended;
  /** The tabs that the stream stands for besides the one that leads. */
  const others = new Map();
  let stream;
  let hello;
  let telling;
  let isHeld = false;
  /** The stream of the one that led before broke. */
  let isBroken = false;

  function hear(message) {
    if (message.type === 'connected') {
      if (!stream) isBroken = false;
      if (hello?.connectionId === message.connectionId) return; // said again for a tab that has just come
      hello = message;
      if (stream) tell();
      else announce();
    }
    receive(message);
  }

  /** Tells the one that leads where this tab is. Not before its lock is held: it would seem to be gone. */
  function announce(isNew = false) {
    if (isHeld && !stream) channel.postMessage({ tab, isNew });
  }

  /** Tells the server the others; those that come or move together in one request. */
  function tell() {
    telling ??= setTimeout(() => {
      telling = undefined;
      const tabs = [...others.values()]
        .slice(0, 50)
        .map(({ t, v, route }) => ({ t, v: v ?? undefined, route: route ?? undefined }));
      // What is too long is refused as a whole: with long routes fewer than fifty have room.
      while (new TextEncoder().encode(JSON.stringify(tabs)).length > 12e3) tabs.pop();
      if (hello) stream?.send({ type: 'tabs', tabs });
    }, 100);
  }

  /** A tab holds a lock for as long as it is there: so it is missed even where it crashed or was thrown out. */
  function take(other) {
    if (others.get(other.t)?.n !== other.n) {
      const leave = () => {
        if (signal.aborted || others.get(other.t)?.n !== other.n) return;
        others.delete(other.t);
        tell();
      };
      hold(lockOf(other), leave);
    }
    others.set(other.t, other);
    tell();
  }

  const untilEnd = () => new Promise((resolve) => signal.addEventListener('abort', resolve));
  const hold = (lock, held) => navigator.locks.request(lock, { signal }, held).catch(() => {});

  async function lead() {
    // The place of one that left is taken at once; of one whose stream broke at this tab's time: it may be the server.
    const wait = hello?.retry ?? 1e3 * Math.random();
    if (isBroken) await new Promise((resolve) => setTimeout(resolve, wait));
    if (signal.aborted) return;
    hello = undefined;
    const began = performance.now();
    const patient = setTimeout(() => hello || signal.aborted || (stream.close(), gone(1006)), 1e4);
    // Firefox breaks the stream of a page as soon as it begins to load another one, seconds before it tells the page:
    // the server is still there for the next in line. One that breaks again soon after is the server's doing.
    const gone = (code, retry, broke) => {
      clearTimeout(patient);
      const isHandedOn = broke && !(isBroken && performance.now() - began < 1e4);
      channel.postMessage(isHandedOn ? { broke } : { gone: [code, retry] });
      lost(code, retry);
    };
    // It may have moved since it asked to lead.
    if (tab.route) said.set('route', tab.route);
    stream = ownStream(
      base,
      `${said}`.replaceAll('+', '%20'),
      (message) => {
        channel.postMessage({ message });
        hear(message);
      },
      gone,
    );
    await untilEnd();
  }

  const ask = (message) => (stream ? stream.send(message) : channel.postMessage({ ask: message }));

  channel.onmessage = ({ data }) => {
    // One that leads by now, and is there, has no use for what the former one says late.
    if (data.gone && stream && hello) return;
    if (data.message) hear(data.message);
    else if (data.gone) lost(...data.gone);
    else if (data.broke) isBroken = true;
    else if (!stream) return;
    else if (data.ask) ask(data.ask);
    else if (data.tab) {
      take(data.tab);
      if (hello && data.isNew) channel.postMessage({ message: hello });
    }
  };
  hold(lockOf(tab), () => {
    isHeld = true;
    announce(true);
    return untilEnd();
  });
  hold(name, lead);

  return {
    patience,
    send(message) {
      // Deltas are what any tab can use; and one tab's leaving must not end the others' statistics.
      if (message.type === 'subscribe-stats') ask({ ...message, mode: 'delta' });
      if (message.type !== 'route-update') return true;
      tab.route = message.route;
      if (stream) stream.send(message);
      else announce();
      return true;
    },
    close() {
      stream?.close();
      channel.close();
      clearTimeout(telling);
      ended.abort();
    },
  };
}
