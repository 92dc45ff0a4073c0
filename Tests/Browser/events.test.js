// The list of what happened: each act with who and to whom. style.sh runs it, beside copies of the modules.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf } from './dashboard.events.js';
import { ServerRecord } from './dashboard.record.js';

const at = 1_800_000_000_000;
const facts = { now: at + 60_000, milestones: {}, drops: [] };
const list = (announcements, acts) => eventsOf({ facts, announcements, acts }).map(({ text }) => text);

test('every act is one line, the newest first, with who and to whom', () => {
  const releases = [
    { at, version: 'build-41', by: 'ci', told: 120 },
    { at: at + 3000, version: 'build-41', by: null, told: null, target: '10 % of build-40' },
  ];
  const acts = [
    { at: at + 1000, kind: 'announced', version: 'build-42', by: 'ann', told: 12, target: 'build-40' },
    { at: at + 2000, kind: 'announced', version: 'build-43', by: null, told: null },
    { at: at + 4000, kind: 'paced', version: 'build-41', by: 'ann', told: 20, rate: 100 },
    { at: at + 5000, kind: 'paced', version: 'build-41', by: null, told: 30, rate: 0 },
    { at: at + 6000, kind: 'stopped', version: 'build-41', by: 'ann', told: 40, matching: 200 },
    { at: at + 7000, kind: 'stopped', version: 'build-42', by: null, told: 0, matching: 3 },
  ];
  assert.deepEqual(list(releases, acts), [
    'build-42 stopped, 0 of 3 told',
    'build-41 stopped by ann, 40 of 200 told',
    'build-41 set to full speed, 30 told',
    'build-41 set to 100 a second by ann, 20 told',
    'build-41 announced again to 10 % of build-40',
    'build-43 announced, release kept',
    'build-42 announced to build-40 by ann, release kept, 12 told',
    'build-41 announced by ci, 120 told',
  ]);
});

test('a name that hides something shows it', () => {
  const acts = [{ at, kind: 'stopped', version: 'a\u202E', by: 'b\u200B', told: 1, matching: 2 }];
  assert.deepEqual(list([], acts), ['a\\u{202E} stopped by b\\u{200B}, 1 of 2 told']);
  assert.deepEqual(list([], [{ at, kind: 'announced', version: 'a', by: null, told: 1, target: 'x\u202E' }]), [
    'a announced to x\\u{202E}, release kept, 1 told',
  ]);
});

test('acts are told by every answer and listed once, as the newest one says; a server of before has none', () => {
  const record = new ServerRecord(
    '',
    () => undefined,
    () => {},
  );
  const act = { at, kind: 'announced', version: 'build-42', by: 'ann', told: null };
  const stop = { at: at + 1000, kind: 'stopped', version: 'build-42', by: 'ann', told: 5, matching: 9 };
  record.take({ releases: [], acts: [act] });
  record.take({ releases: [], acts: [{ ...act, told: 5 }, stop] });
  // Of a span that one looks at: what is not in it stays, such as another act on the same version.
  record.take({ releases: [], acts: [stop] });
  record.take({ releases: [] });
  record.take(undefined);
  assert.deepEqual(
    record.acts.map(({ at, kind, told }) => [at, kind, told]),
    [
      [at, 'announced', 5],
      [at + 1000, 'stopped', 5],
    ],
  );
  record.take({
    acts: [
      { at: 'x', version: 'a' },
      { at, version: 3 },
    ],
  });
  assert.equal(record.acts.length, 2);
  record.forget();
  assert.deepEqual(record.acts, []);
});
