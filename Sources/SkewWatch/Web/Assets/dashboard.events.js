// What happened, as a list: announcements, milestones, drops, a stall.
// Made from the record, so that a reload has it, too.

import { clockOn, number, plural, printable } from './dashboard.text.js';
import { span } from './dashboard.words.js';

/** The newest first, at most `most`: `[{at, time, text}]`. */
export function eventsOf({ facts, announcements, last }, most = 8) {
  const { now, announced, milestones, release, state } = facts;
  const found = [];
  const add = (at, text) => found.push({ at, time: clockOn(at, now), text });
  announcements.forEach(({ at, version, by, told }, i) => {
    const again = announcements[i - 1]?.version === version ? ' again' : '';
    const who = by ? ` by ${printable(by)}` : '';
    add(at, `${printable(version)} announced${again}${who}${Number.isFinite(told) ? `, ${number(told)} told` : ''}`);
  });
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
