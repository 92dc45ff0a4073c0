// What leaves the page: the clipboard, files, and a notification.

import { number, setText } from './dashboard.text.js';
import { speak } from './dashboard.status.js';

/** Copies a text; the button says so for a moment. */
export async function copy(text, button) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  try {
    await navigator.clipboard.writeText(text);
    setText(button, 'Copied');
    speak('Copied.');
  } catch {
    setText(button, 'The browser does not allow it');
  }
  setTimeout(() => setText(button, label), 1500);
}

// A cell that a spreadsheet could take for a formula gets an apostrophe first.
const field = (value) => {
  const text = String(value ?? '').replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows of the table as CSV (RFC 4180). */
export function csvOf(rows) {
  const columns = ['id', 'version', 'route', 'since', 'moved', 'tag', 'ip'].filter((name) =>
    rows.some((row) => row[name] !== undefined),
  );
  const isTime = (row, name) => row[name] !== undefined && (name === 'since' || name === 'moved');
  const value = (row, name) => (isTime(row, name) ? new Date(row[name]).toISOString() : row[name]);
  return [columns, ...rows.map((row) => columns.map((name) => value(row, name)))]
    .map((cells) => cells.map(field).join(','))
    .join('\r\n');
}

/** Hands a file to the reader. */
export function save(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Tells once, outside the page, when no old tab is left, when none closes any more, or when many vanish. */
export class Notifier {
  constructor(button) {
    this.button = button;
    this.button.hidden = !('Notification' in globalThis);
    this.button.addEventListener('click', () => this.toggle());
    this.paint();
  }

  async toggle() {
    this.on = !this.on && (await Notification.requestPermission()) === 'granted';
    this.denied = !this.on && Notification.permission === 'denied';
    this.told = this.state;
    this.paint();
  }

  paint() {
    const label = this.on ? 'You will be notified' : this.denied ? 'Notifications are off here' : 'Notify me at 0';
    setText(this.button, label);
    this.button.setAttribute('aria-pressed', String(Boolean(this.on)));
    this.button.title = 'When no old tab is left, when they stop closing, or when many vanish at once';
  }

  /** A state, with its words. */
  show({ state, old }, { word, lead }) {
    const before = this.state;
    this.state = state;
    if (!this.on || before === state || this.told === state) return;
    this.told = state;
    if (!['done', 'stalled', 'dropped', 'growing', 'nobody'].includes(state)) return;
    const notice = new Notification(`${word}: ${number(old)} old`, { body: lead, tag: 'skewwatch' });
    notice.addEventListener('click', () => window.focus());
  }
}
