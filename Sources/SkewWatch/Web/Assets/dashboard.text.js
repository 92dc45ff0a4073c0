// How numbers, times and strings from outside are shown.
// Nothing here, or anywhere in the dashboard, makes markup from a string.

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact' });
const share = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const extreme = new Intl.NumberFormat(undefined, { style: 'percent' });
const hourMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const withSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });

/** A count with the reader's own separators. */
export const number = (n) => whole.format(n);

/** The same where room is short: 84K. */
export const compact = (n) => short.format(n);

/** A share that never claims 100 % or 0 % for something that is not all or nothing. */
export function percent(part, all) {
  if (!all || part <= 0) return extreme.format(0);
  if (part >= all) return extreme.format(1);
  return part / all < 0.001 ? `<${share.format(0.001)}` : share.format(Math.min(part / all, 0.999));
}

export const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;
export const clock = (at) => hourMinute.format(at);
export const clockWithSeconds = (at) => withSeconds.format(at);

/** The time of day, with the weekday where it is not today's. */
export function clockOn(at, now) {
  const same = new Date(at).toDateString() === new Date(now).toDateString();
  return same ? clock(at) : `${weekday.format(at)} ${clock(at)}`;
}

/** A length of time in one or two words. */
export function duration(ms) {
  const minutes = Math.round(ms / 60000);
  if (minutes < 1) return plural(Math.max(1, Math.round(ms / 1000)), 'second', 'seconds');
  return minutes < 120 ? plural(minutes, 'minute', 'minutes') : plural(Math.round(minutes / 60), 'hour', 'hours');
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
