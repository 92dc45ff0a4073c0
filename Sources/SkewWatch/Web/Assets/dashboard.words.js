// How a state of a rollout is said: a word, a mark, a bold sentence, and what stands behind it.
// `skewwatch watch` says the same (RolloutSentence); rollout-states.json holds both to it.

import { day, hour, minute, second } from './dashboard.times.js';

/** Word, mark, and tone of each state. */
export const states = {
  'not-announced': ['Not announced', '◇', 'info'],
  'rolling-out': ['Rolling out', '▶', 'info'],
  slowing: ['Slowing', '◗', 'info'],
  stalled: ['Stalled', '▲', 'warn'],
  growing: ['Growing', '▲', 'warn'],
  'rolling-back': ['Rolling back', '◀', 'warn'],
  dropped: ['Dropped', '✕', 'bad'],
  nobody: ['Nobody', '✕', 'bad'],
  done: ['Done', '●', 'good'],
  'no-release': ['No release', '○', 'none'],
  'nobody-here': ['Nobody here', '○', 'none'],
  stale: ['Stale', '◌', 'none'],
};

/** A length of time in one or two units: 40 s, 3 min 40 s, 28 min, 4 h 12 min, 3 d 2 h. */
export function span(ms) {
  const [large, small, name, more] =
    ms < minute
      ? [second, 0, 's', '']
      : ms < 10 * minute
        ? [minute, second, 'min', 's']
        : ms < 2 * hour
          ? [minute, 0, 'min', '']
          : ms < 2 * day
            ? [hour, minute, 'h', 'min']
            : [day, hour, 'd', 'h'];
  const whole = Math.floor(ms / large);
  const rest = small ? Math.floor((ms % large) / small) : 0;
  return `${whole} ${name}${rest ? ` ${rest} ${more}` : ''}`;
}

/** The same at a glance, in one unit: 3 min, 4 h, 3 d. */
export const glance = (ms) => span(Math.max(0, ms)).split(' ').slice(0, 2).join(' ');

/** When half will be gone, from `low` to `high`: in 2 to 5 min (20:18 to 20:21). */
function within({ low, high }, now, clock) {
  const [unit, name] =
    high < 2 * minute
      ? [10 * second, 's']
      : high < 2 * hour
        ? [minute, 'min']
        : high < 2 * day
          ? [hour, 'h']
          : [day, 'd'];
  const times = name === 's' ? 10 : 1;
  const from = Math.floor(low / unit) * times;
  const to = Math.ceil(high / unit) * times;
  const text = from ? `in ${from} to ${to} ${name}` : `within ${to} ${name}`;
  if (name === 's' || high > day) return text;
  const grain = high < hour / 2 ? minute : high < 4 * hour ? 5 * minute : 15 * minute;
  const first = clock(Math.floor((now + low) / grain) * grain);
  const last = clock(Math.ceil((now + high) / grain) * grain);
  return `${text} (${first} to ${last})`;
}

/**
 * Says what `assess` found. `number` and `clock` write a count and a time of day; `clock(at, true)` with seconds.
 * Answers `{word, mark, tone, lead, rest}`, the last a list of sentences.
 */
export function say(facts, { number, clock, name = (version) => version }) {
  const [word, mark, tone] = states[facts.state];
  const [lead, ...rest] = sentences(facts, { number, clock, name });
  return { word, mark, tone, lead, rest: rest.filter(Boolean) };
}

function sentences(facts, { number, clock, name }) {
  const { state, old, total, release, announced, now } = facts;
  const tabs = `${number(old)} old ${old === 1 ? 'tab' : 'tabs'}`;
  const half = facts.half && within(facts.half, now, clock);
  const [after90, after99] = [facts.milestones[90], facts.milestones[99]];
  const milestone =
    after99 !== undefined
      ? `99 % were gone after ${span(after99)}.`
      : after90 !== undefined && `90 % were gone after ${span(after90)}.`;
  switch (state) {
    case 'stale':
      return ['The server cannot be reached.'];
    case 'nobody-here':
      return [
        'No tab is open.',
        release !== undefined && `The release is ${name(release)}.`,
        'Tabs appear here as they open.',
      ];
    case 'no-release':
      return ['The server has not been told a release.', 'Once it is announced, this says how many tabs are old.'];
    case 'dropped': {
      const { lost, from, at } = facts.drop;
      return [
        `${number(lost)} of ${number(from)} tabs vanished at ${clock(at, true)}.`,
        `${number(total)} are open. That many at once is the network or a proxy, not people.`,
      ];
    }
    case 'nobody':
      return [
        `No tab runs ${name(release)}.`,
        announced !== undefined && `It was announced ${span(now - announced)} ago.`,
        facts.nearest !== undefined && `Mistyped? Nearest: ${name(facts.nearest)}.`,
      ];
    case 'not-announced': {
      const { version, gained, span: time } = facts.rising;
      return [
        `${name(version)} is replacing ${name(release)}, but is not announced.`,
        `${number(gained)} ${gained === 1 ? 'tab' : 'tabs'} in ${span(time)}.`,
      ];
    }
    case 'done':
      return [
        `No old tab is open${facts.since === undefined ? '' : `, since ${clock(facts.since)}`}.`,
        facts.took !== undefined && `It took ${span(facts.took)}.`,
        milestone,
        facts.newer > 0 && `${number(facts.newer)} tabs run a version that is not announced.`,
      ];
    case 'rolling-back':
      return [
        `Back to ${name(release)}: ${number(old)} ${old === 1 ? 'tab is' : 'tabs are'} ` +
          `still on ${name(facts.former)}.`,
        half && `Half of them are gone ${half}.`,
        milestone,
      ];
    case 'growing':
      return [
        `The old build gains tabs: ${number(facts.gained)} in 2 min.`,
        'Does a cache or a node still serve it?',
      ];
    case 'stalled': {
      const quiet = span(facts.quiet - (facts.quiet % minute));
      return [
        old === 1 ? `1 old tab is left, for ${quiet}.` : `${tabs} are left and none has closed for ${quiet}.`,
        milestone,
      ];
    }
    case 'slowing':
      return [`${tabs}, and they close ever more slowly.`, half && `Half of them are gone ${half}.`, milestone];
    default:
      return [
        half ? `${tabs}, half of them gone ${half}.` : `${tabs} ${old === 1 ? 'is' : 'are'} left.`,
        !half && old >= 4 && 'Too few have closed to say when half of them are gone.',
        half && `At this pace half close every ${span(facts.half.about)}.`,
        milestone,
      ];
  }
}
