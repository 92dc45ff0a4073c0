// The states of a rollout, by the cases that hold the Swift rule, too; and the range of the forecast, by simulation.
// style.sh runs it, beside copies of the modules and of the cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assess } from './dashboard.state.js';
import { glance, say } from './dashboard.words.js';

const base = 1_800_000_000_000;
const number = (n) => new Intl.NumberFormat('en').format(n);
const clock = (at, seconds) => new Date(at).toISOString().slice(11, seconds ? 19 : 16);

function judge(given) {
  const columns = Object.entries(given.versions);
  const steps = Math.max(0, ...columns.map(([, counts]) => counts.length));
  const series = Array.from({ length: steps }, (_, i) => ({
    at: base + given.start + i * given.step,
    versions: new Map(columns.map(([version, counts]) => [version, counts[i]]).filter(([, n]) => n > 0)),
  }));
  const releases = given.releases.map(([version, at]) => ({ version, at: base + at }));
  const { live, previews } = given;
  const release = given.release ?? undefined;
  const facts = assess({ now: base + given.now, live, release, releases, previews, series });
  const { state, total, current, old, preview, newer, former = null, closing = null, quiet } = facts;
  const { lead, rest } = say(facts, { number, clock });
  return { state, total, current, old, preview, newer, former, closing, quiet, lead, rest: rest.join(' ') };
}

for (const given of JSON.parse(readFileSync(new URL('rollout-states.json', import.meta.url), 'utf8'))) {
  test(given.name, () => assert.deepEqual(judge(given), given.expect));
}

// Six kinds of lifetimes of 2,000 old tabs: how often half of the rest was gone within the range that was said.

const [step, minute, hour] = [10_000, 60_000, 3_600_000];

function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const roll = dice(7);
const lasting = (half) => (-Math.log(1 - roll()) * half) / Math.LN2;
const mixed = (draw) => lasting(draw < 0.5 ? 5 * minute : draw < 0.85 ? hour : 8 * hour);
const lifetimes = {
  'half of them a minute': () => lasting(minute),
  'half of them ten minutes': () => lasting(10 * minute),
  'half of them an hour': () => lasting(hour),
  'half of them ten minutes, and 1 % stay': () => (roll() < 0.01 ? 1e12 : lasting(10 * minute)),
  'half of the tabs 5 min, a third 1 h, the rest 8 h': () => mixed(roll()),
  '70 % heed the prompt in two minutes, the rest stay for two hours': () =>
    lasting(roll() < 0.7 ? 2 * minute : 2 * hour),
};

function trial(life) {
  const tabs = 2000;
  const ends = Array.from({ length: tabs }, life).sort((a, b) => a - b);
  const verdicts = [];
  for (const gone of [200, 500, 1000, 1500, 1800, 1900, 1980]) {
    const now = ends[gone - 1] + 5000;
    if (now > 1e11) continue;
    const series = [];
    let i = 0;
    const add = (at) => {
      while (i < tabs && ends[i] <= at) i++;
      series.push({
        at,
        versions: new Map([
          ['old', tabs - i],
          ['new', i],
        ]),
      });
    };
    // As the page has it: steps of five minutes, the last hour in steps of ten seconds.
    for (let at = 0; at < now; at += at < now - hour ? 30 * step : step) add(at);
    add(now);
    const releases = [{ version: 'new', at: 0 }];
    const { half } = assess({ now, live: true, release: 'new', releases, previews: [], series });
    const truth = ends[gone + Math.ceil((tabs - gone) / 2) - 1] - now;
    if (half) verdicts.push({ gone: gone / tabs, truth, ...half });
  }
  return verdicts;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** A row of the table in rollouts.md: after how long half was gone, and the range that was said. */
function row(name, verdicts, held) {
  const cells = [0.25, 0.75, 0.95].map((share) => {
    const then = verdicts.filter(({ gone }) => gone === share);
    const of = (field) => glance(median(then.map((verdict) => verdict[field])));
    return then.length ? `${of('truth')} (${of('low')} to ${of('high')})` : '';
  });
  return `| ${[name, ...cells, `${Math.round(held * 100)} %`].join(' | ')} |`;
}

const table = readFileSync(new URL('rollouts.md', import.meta.url), 'utf8');

for (const [name, life] of Object.entries(lifetimes)) {
  test(`the range holds in 80 %: ${name}`, () => {
    const verdicts = Array.from({ length: 100 }, () => trial(life)).flat();
    const held = verdicts.filter(({ truth, low, high }) => truth >= low && truth <= high).length / verdicts.length;
    assert(held >= 0.8, `${held}`);
    const wanted = row(name, verdicts, held);
    assert(table.includes(wanted), `rollouts.md has no such line:\n${wanted}`);
  });
}

/** The states at samples every ten seconds from `start` on, after all those before. */
function* states(versionsAt, start, end, { release, releases }) {
  const series = [];
  for (let at = 0; at <= end; at += step) {
    series.push({ at, versions: new Map(Object.entries(versionsAt(at)).filter(([, n]) => n > 0)) });
    if (at >= start) yield [at, assess({ now: at, live: true, release, releases, previews: [], series }).state];
  }
}

test('twenty stragglers of 2,000 tabs are stalled 2.5 minutes after the last closing, and stay so', () => {
  for (let run = 0; run < 20; run++) {
    const announced = 5 * minute;
    const ends = Array.from({ length: 1980 }, () => announced + lasting(minute));
    const last = Math.max(...ends);
    const open = (now) => {
      const gone = ends.filter((end) => end <= now).length;
      return { old: 2000 - gone, new: gone };
    };
    const releases = [
      { version: 'old', at: -hour },
      { version: 'new', at: announced },
    ];
    for (const [, state] of states(open, last + 2.5 * minute, last + hour, { release: 'new', releases })) {
      assert.equal(state, 'stalled');
    }
  }
});

test('a deploy that nobody announced is said within a minute', () => {
  const deployed = 10 * minute;
  const open = (now) => {
    const moved = Math.max(0, Math.min(200, Math.round((now - deployed) / 1000)));
    return { 'build-41': 200 - moved, 'build-42': moved };
  };
  const releases = [{ version: 'build-41', at: -hour }];
  const found = [...states(open, 0, deployed + 10 * minute, { release: 'build-41', releases })];
  const [at] = found.find(([, state]) => state === 'not-announced');
  assert(at > deployed && at <= deployed + minute, `${(at - deployed) / 1000} s`);
});
