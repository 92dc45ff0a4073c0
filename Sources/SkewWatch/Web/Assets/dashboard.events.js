// What happened, as a list: what was announced, paced and stopped, milestones, drops, a stall.
// Made from the record, so that a reload has it, too.

import { clockOn, number, plural, printable } from './dashboard.text.js';
import { span } from './dashboard.words.js';

/** The newest first, at most `most`: `[{at, time, text}]`. */
export function eventsOf({ facts, announcements, acts, last }, most = 8) {
  const { now, announced, milestones, release, state } = facts;
  const found = [];
  const add = (at, text) => found.push({ at, time: clockOn(at, now), text });
  const name = (word, value) => (value ? ` ${word} ${printable(value)}` : '');
  const done = ({ at, version, target, by, told, matching }, verb, kept = '') => {
    const most = matching ? ` of ${number(matching)}` : '';
    const count = Number.isFinite(told) ? `, ${number(told)}${most} told` : '';
    add(at, `${printable(version)} ${verb}${name('to', target)}${name('by', by)}${kept}${count}`);
  };
  announcements.forEach((one, i) => {
    done(one, announcements[i - 1]?.version === one.version ? 'announced again' : 'announced');
  });
  for (const one of acts) {
    const { kind, rate } = one;
    if (kind === 'paced') done(one, rate ? `set to ${number(rate)} a second` : 'set to full speed');
    else done(one, kind, kind === 'announced' ? ', release kept' : '');
  }
  for (const [percent, after] of Object.entries(milestones)) {
    add(announced + after, `${percent} % of the old tabs are gone`);
  }
  for (const { at, lost, from } of facts.drops) add(at, `${number(lost)} of ${plural(from, 'tab', 'tabs')} vanished`);
  if (state === 'done' && facts.since !== undefined) add(facts.since, 'No old tab is open any more');
  if (state === 'stalled') add(now - facts.quiet, 'No old tab has closed since');
  if (state === 'not-announced') {
    const { version, span: time } = facts.rising;
    add(now - time, `${printable(version)} began to replace ${printable(release)}`);
  }
  if (last?.after !== undefined) {
    add(last.at + last.after, `${printable(last.version)}: ${last.percent} % after ${span(last.after)}`);
  }
  return found.sort((a, b) => b.at - a.at).slice(0, most);
}
