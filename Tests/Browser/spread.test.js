// Ten thousand clients that lose their server at once: when does each come back? The client's own code, on a clock
// that stands still, with dice that fall the same way each time. style.sh runs it, beside a copy of the modules.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';

const clients = 10_000;
const second = 1000;

// What a browser has, as far as the client asks for it.
let now = 0;
let timers = [];
let serves = true;
let greeting = {};
const open = new Set();
// Node 18, which Debian 12 has, keeps it in a module.
globalThis.crypto ??= webcrypto;
Object.assign(globalThis, {
  document: { hidden: false, prerendering: false, scripts: [] },
  location: { href: 'http://app.test/' },
  addEventListener: () => {},
  setTimeout: (act, delay = 0) => timers.push({ at: now + delay, act }),
  clearTimeout: (number) => number && (timers[number - 1].act = undefined),
  WebSocket: class {
    constructor() {
      queueMicrotask(() => {
        if (!serves) return this.onclose({ code: 1006, reason: '' });
        open.add(this);
        this.onmessage({
          data: JSON.stringify({ type: 'connected', version: 'r1', connectionId: 'x', ...greeting }),
        });
      });
    }
    send(text) {
      if (text.includes('ping')) queueMicrotask(() => this.onmessage({ data: '{"type":"pong"}' }));
    }
    close() {
      open.delete(this);
    }
  },
});
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Firefox', onLine: true }, configurable: true });
Object.defineProperty(globalThis, 'performance', { value: { now: () => now }, configurable: true });
Date.now = () => now;
let dice = 1;
Math.random = () => {
  dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0;
  return dice / 2 ** 32;
};
const microtasks = () => new Promise((done) => setImmediate(done));
const { connect } = await import('./client.js');

async function connected() {
  now = 0;
  timers = [];
  serves = true;
  const all = Array.from({ length: clients }, (_, i) => connect({ url: `http://app.test/${i}`, transport: 'ws' }));
  await microtasks();
  assert.equal(open.size, clients);
  return all;
}

/** Lets time pass until `end`, a tenth of a second at a time; answers how many came back in each second. */
async function pass(all, end) {
  const arrivals = [];
  for (; now < end; now += second / 10) {
    const due = timers.filter(({ at, act }) => act && at <= now);
    const before = open.size;
    for (const timer of due) {
      timer.act?.();
      timer.act = undefined;
    }
    await microtasks();
    arrivals[Math.floor(now / second)] = (arrivals[Math.floor(now / second)] ?? 0) + open.size - before;
  }
  return arrivals;
}

function end(all) {
  for (const connection of all) connection.close();
  open.clear();
}

const waits = (all) => all.map(({ retryAt }) => retryAt - now);

test('clients of a server that asks for four seconds come back evenly over the four seconds after that', async () => {
  const all = await connected();
  for (const socket of open) socket.onclose({ code: 1012, reason: 'retry=4000' });
  const buckets = Array(40).fill(0);
  for (const wait of waits(all)) buckets[Math.floor((wait - 4000) / 100)]++;
  assert.equal(buckets.length, 40);
  // 250 each; a deviation of a hundred has odds of one in a thousand million.
  for (const n of buckets) assert.ok(Math.abs(n - 250) < 100, String(buckets));
  end(all);
});

test('hidden tabs come back after the last visible one', async () => {
  const all = await connected();
  const sockets = [...open];
  for (const socket of sockets.slice(0, 5000)) socket.onclose({ code: 1012, reason: 'retry=4000' });
  document.hidden = true;
  for (const socket of sockets.slice(5000)) socket.onclose({ code: 1012, reason: 'retry=4000' });
  document.hidden = false;
  const [visible, hidden] = [waits(all).slice(0, 5000), waits(all).slice(5000)];
  assert.ok(Math.max(...visible) <= 8000 && Math.min(...hidden) >= 8000);
  end(all);
});

test('clients of a server that crashed come back over the time that it had said, a thousand in a second', async () => {
  // As Tracking/ReturnTime.swift draws it for as many tabs.
  Object.defineProperty(greeting, 'retry', { get: () => 1 + Math.floor(Math.random() * clients), enumerable: true });
  const all = await connected();
  greeting = {};
  const sockets = [...open];
  open.clear();
  for (const socket of sockets) socket.onclose({ code: 1006, reason: '' });
  const arrivals = await pass(all, 15 * second);
  assert.equal(open.size, clients);
  // The first second is thinner, by the client's own dice. A deviation of 200 has odds of one in a thousand million.
  assert.ok(Math.max(...arrivals) < 1200, String(arrivals));
  assert.ok(Math.min(...arrivals.slice(1, 10)) > 800, String(arrivals));
  end(all);
});

test('after half a minute without a server no second sees a tenth of all clients, and nobody is lost', async () => {
  const all = await connected();
  const sockets = [...open];
  open.clear();
  serves = false;
  for (const socket of sockets) socket.onclose({ code: 1006, reason: '' });
  await pass(all, 30 * second);
  assert.equal(open.size, 0);
  serves = true;
  const arrivals = await pass(all, 180 * second);
  assert.equal(open.size, clients);
  console.log('came back in each second', arrivals.slice(30, 100).join(' '));
  assert.ok(Math.max(...arrivals.slice(30)) < clients / 10, String(arrivals.slice(30)));
  end(all);
});
