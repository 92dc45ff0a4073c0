// The first thing an operator wants to know: how far the rollout is, and when the last old tab will be gone.

import { forecast } from './dashboard.history.js';
import { byId, clockOn, draw, duration, foreign, number, percent, plural, setText } from './dashboard.text.js';
import { speak } from './dashboard.status.js';

export class Rollout {
  show({ stats, counts, release, colors, series, now }) {
    const { total } = stats;
    const current = counts.get(release) ?? 0;
    const old = total - current;
    this.line(total, current, release);
    this.bar(total, counts, colors);
    const [first, rest = ''] =
      release === undefined ? this.unknownRelease(counts) : this.outlook(stats, old, series, now);
    setText(byId('rollout-forecast'), first);
    setText(byId('rollout-basis'), rest);
    this.nodes(stats.nodes);
    document.title = release === undefined || !total ? 'SkewWatch' : `${percent(current, total)} current · SkewWatch`;
    this.milestone(current, old, total, release);
  }

  line(total, current, release) {
    const key = `${total} ${current} ${release}`;
    if (key === this.lineKey) return;
    this.lineKey = key;
    const line = byId('rollout-line');
    if (release === undefined) line.replaceChildren('Which version is current is not known');
    else if (!total) line.replaceChildren('Nobody is here. The current release is ', foreign(release, 'mono'));
    else {
      line.replaceChildren(
        `${number(current)} of ${number(total)} on the current release `,
        foreign(release, 'mono'),
      );
    }
    setText(byId('rollout-share'), release === undefined || !total ? '' : percent(current, total));
  }

  bar(total, counts, colors) {
    const bySlot = new Map(colors.stack.map(([slot]) => [slot, 0]));
    for (const [version, n] of counts) bySlot.set(colors.slot(version), bySlot.get(colors.slot(version)) + n);
    let from = 0;
    const parts = [draw('rect', { class: 'bar-empty', width: '100%', height: '100%' })];
    for (const [slot, n] of bySlot) {
      if (!n || !total) continue;
      // Even one tab of a thousand has to be seen.
      parts.push(
        draw('rect', {
          class: `fill-${slot}`,
          x: `${(from / total) * 100}%`,
          width: `${Math.max((n / total) * 100, 0.3)}%`,
          height: '100%',
        }),
      );
      if (from) {
        parts.push(draw('rect', { class: 'bar-gap', x: `${(from / total) * 100}%`, width: 2, height: '100%' }));
      }
      from += n;
    }
    byId('rollout-bar').replaceChildren(...parts);
  }

  unknownRelease(counts) {
    const open = counts.size ? ` ${plural(counts.size, 'version is', 'versions are')} open.` : '';
    return ['', `The server has not been told a release.${open}`];
  }

  /** What comes next, and on what that rests. */
  outlook({ total, connections, yourId }, old, series, now) {
    if (!total) return ['', 'Tabs appear here as they open.'];
    if (total === 1 && connections[0]?.id === yourId) {
      return ['Only this page is open.', 'The tabs of your app appear here as they connect.'];
    }
    if (!old) return this.since(series, now);
    const tabs = plural(old, 'old tab is open.', 'old tabs are open.');
    const guess = forecast(series, now);
    switch (guess.kind) {
      case 'at':
        return [
          `The last old tab closes about ${clockOn(guess.at, now)}`,
          `if they go on as in the last ${duration(now - guess.since)}: ` +
            `${number(guess.from)} then, ${number(old)} now.`,
        ];
      case 'far':
        return [tabs, 'At the pace of the last minutes the last one stays for more than a day.'];
      case 'short':
        return [tabs, 'Watching how fast they close before guessing when the last one goes.'];
      default:
        return [tabs, `Hardly fewer than ${duration(guess.span)} ago, so there is no guess when the last one goes.`];
    }
  }

  /** Nobody is on an old version: since when, where the record shows the change. */
  since(series, now) {
    let last = -1;
    series.forEach(({ old }, i) => {
      if (old > 0) last = i;
    });
    const after = series[last + 1];
    return ['No old tab is open.', last < 0 || !after ? '' : `The last one closed about ${clockOn(after.at, now)}.`];
  }

  /** `nodes` is a number, a list of names or objects, or a map of counts by name. */
  nodes(value) {
    const known =
      typeof value === 'number'
        ? [[plural(value, 'node', 'nodes')]]
        : Array.isArray(value)
          ? value.map((node) =>
              node && typeof node === 'object'
                ? [node.id ?? node.name ?? '?', node.total ?? node.connections]
                : [node],
            )
          : value && typeof value === 'object'
            ? Object.entries(value).map(([name, node]) => [
                name,
                node && typeof node === 'object' ? (node.total ?? node.connections) : node,
              ])
            : [];
    byId('nodes').hidden = !known.length;
    const key = JSON.stringify(known);
    if (key === this.nodesKey) return;
    this.nodesKey = key;
    byId('nodes-list').replaceChildren(
      ...known.slice(0, 50).map(([name, n]) => {
        const item = document.createElement('li');
        item.append(foreign(String(name), 'mono'));
        if (Number.isFinite(n)) item.append(` ${number(n)}`);
        return item;
      }),
    );
  }

  /** Says every tenth of the way, and the end, but not more than once in half a minute. */
  milestone(current, old, total, release) {
    if (release === undefined || !total) return;
    const tenth = old ? Math.floor((current / total) * 10) : 10;
    const key = `${release} ${tenth}`;
    if (key === this.said || performance.now() - (this.saidAt ?? -Infinity) < 30000) return;
    const first = this.said === undefined;
    this.said = key;
    this.saidAt = performance.now();
    if (!first) speak(old ? `${percent(current, total)} on the current release.` : 'No old tab is open.');
  }
}
