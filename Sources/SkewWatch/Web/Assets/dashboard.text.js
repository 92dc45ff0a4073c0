// How numbers, times and strings from outside are shown.
// Nothing here, or anywhere in the dashboard, makes markup from a string.

import { day } from './dashboard.times.js';

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact' });
const share = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const extreme = new Intl.NumberFormat(undefined, { style: 'percent' });
/** A count with the reader's own separators. */
export const number = (n) => whole.format(n);

/** The same where room is short: 84K. */
export const compact = (n) => (n < 10000 ? number(n) : short.format(n));

/** A share that never claims 100 % or 0 % for something that is not all or nothing. */
export function percent(part, all) {
  if (!all || part <= 0) return extreme.format(0);
  if (part >= all) return extreme.format(1);
  return part / all < 0.001 ? `<${share.format(0.001)}` : share.format(Math.min(part / all, 0.999));
}

/** What is left of a share as `percent` shows it, so that both together are 100 %. */
export function restOf(part, all) {
  if (!all || part <= 0 || part >= all) return percent(all - part, all);
  return share.format(1 - Math.min(0.999, Math.max(0.001, Math.round((part / all) * 1000) / 1000)));
}

/** A change with its sign; nothing where there is none. */
export const signed = (n) => (n > 0 ? `+${number(n)}` : n < 0 ? `−${number(-n)}` : '');

export const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;

// Times of day: 24 hours, in the reader's zone or in UTC; the page always says in which.

let zone;
let formats;

/** Shows times in UTC from now on, or in the reader's own zone. */
export function showUTC(wanted) {
  zone = wanted ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const make = (options) => new Intl.DateTimeFormat(undefined, { hourCycle: 'h23', timeZone: zone, ...options });
  const time = { hour: '2-digit', minute: '2-digit' };
  formats = {
    short: make(time),
    long: make({ ...time, second: '2-digit' }),
    day: make({ weekday: 'short' }),
    date: make({ year: 'numeric', month: '2-digit', day: '2-digit' }),
    name: make({ timeZoneName: 'short' }),
  };
}
showUTC(false);

/** The zone of all times on the page: its name, and what its clocks are called. */
export const zoneName = () => zone;
export const zoneShort = () =>
  formats.name.formatToParts(0).find(({ type }) => type === 'timeZoneName')?.value ?? zone;

/** The time of day, with seconds if wanted. */
export const clock = (at, seconds) => formats[seconds ? 'long' : 'short'].format(at);

/** The same, with the weekday where it is not today's, and the date where the week is another. */
export function clockOn(at, now, seconds) {
  const [then, today] = [formats.date.format(at), formats.date.format(now)];
  if (then === today) return clock(at, seconds);
  return `${Math.abs(now - at) < 6 * day ? formats.day.format(at) : then} ${clock(at, seconds)}`;
}

// Controls, bidi and zero-width characters, lone surrogates, private and unassigned code points: all that could
// hide, reorder or forge what stands next to it.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** A string from outside, with what cannot be seen made visible as its code point. */
export function printable(text) {
  if (text === '') return '(empty)';
  return String(text).replace(unseen, (c) => `\\u{${c.codePointAt(0).toString(16).toUpperCase()}}`);
}

/**
 * The element of the page with this id.
 * @returns {any}
 */
export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a string child becomes a text node. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** The same for SVG. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A foreign string in an element that isolates its direction, with the whole of it as the tooltip. */
export function foreign(text, className = '') {
  const shown = printable(text);
  return make('bdi', { class: `foreign ${className}`.trim(), title: shown }, shown);
}

/** Writes text only where it differs, so that an unchanged part of the page costs no layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
