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

  function ended() {
    if (!signal.aborted) lost(1006, retry);
  }

  read().then(ended, ended);
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
 * to a host, and the seventh tab could load nothing at all. One tab leads; when it goes, the next in line takes over.
 */
function sharedStream(base, query, receive, lost) {
  const name = `skewwatch ${base} ${new URLSearchParams(query).get('v')}`;
  const channel = new BroadcastChannel(name);
  const waiting = new AbortController();
  let stream;
  let hello;
  let resign;

  function hear(message) {
    if (message.type === 'connected') {
      if (hello?.connectionId === message.connectionId) return; // said again for a tab that has just come
      hello = message;
    }
    receive(message);
  }

  const lead = () =>
    new Promise((resolve) => {
      if (waiting.signal.aborted) return resolve();
      resign = resolve;
      stream = ownStream(
        base,
        query,
        (message) => {
          channel.postMessage({ message });
          hear(message);
        },
        (...gone) => {
          channel.postMessage({ gone });
          lost(...gone);
        },
      );
    });

  const ask = (message) => (stream ? stream.send(message) : channel.postMessage({ ask: message }));

  channel.onmessage = ({ data }) => {
    if (data.message) hear(data.message);
    else if (data.gone) lost(...data.gone);
    else if (stream && data.ask) ask(data.ask);
    else if (stream && hello && data.come) channel.postMessage({ message: hello });
  };
  channel.postMessage({ come: true });
  navigator.locks.request(name, { signal: waiting.signal }, lead).catch(() => {});

  return {
    patience,
    send(message) {
      // Deltas are what any tab can use; and one tab's leaving must not end the others' statistics.
      if (message.type === 'subscribe-stats') ask({ ...message, mode: 'delta' });
      else if (message.type === 'route-update') ask(message);
      return true;
    },
    close() {
      stream?.close();
      channel.close();
      waiting.abort();
      resign?.();
    },
  };
}
