// Who may look: the form for a token, and what is said when an access ends.

import { byId, setText } from './dashboard.text.js';
import { speak } from './dashboard.status.js';

const key = 'skewwatch.token';

/** The token of a link that somebody shared, `dashboard#token=…`; it is taken out of the address at once. */
function linked() {
  const params = new URLSearchParams(location.hash.slice(1));
  const token = params.get('token');
  if (token === null) return undefined;
  params.delete('token');
  const rest = params.toString();
  history.replaceState(null, '', `${location.pathname}${location.search}${rest && `#${rest}`}`);
  return token.trim() || undefined;
}

export class SignIn {
  /** `subscribe` asks the server again; `show` shows one of the views. */
  constructor(subscribe, show) {
    this.subscribe = subscribe;
    this.show = show;
    this.token = linked() ?? sessionStorage.getItem(key) ?? undefined;
    // A link that is opened in this tab changes only what is behind the #.
    addEventListener('hashchange', () => {
      const token = linked();
      if (token === undefined) return;
      this.token = token;
      subscribe();
    });
    byId('signin').addEventListener('submit', (event) => {
      event.preventDefault();
      const typed = byId('token').value.trim();
      if (!typed) {
        setText(byId('signin-error'), 'Enter the stats token first.');
        return byId('token').focus();
      }
      setText(byId('signin-error'), '');
      byId('signin-go').disabled = true;
      this.token = typed;
      subscribe();
    });
    byId('sign-out').addEventListener('click', () => {
      this.forget();
      location.reload();
    });
    byId('ended-again').addEventListener('click', subscribe);
    byId('ended-token').addEventListener('click', () => this.ask());
  }

  /** The server let this page in. */
  enter(view) {
    if (this.token !== undefined) sessionStorage.setItem(key, this.token);
    byId('sign-out').hidden = this.token === undefined;
    byId('signin-go').disabled = false;
    byId('token').value = '';
    setText(byId('signin-error'), '');
    clearInterval(this.looking);
    this.show('live');
    if (view === 'signin') speak('Signed in.');
    if (view === 'ended') speak('The session goes on.');
    if (document.activeElement === document.body) byId('main').focus({ preventScroll: true });
  }

  /** The server said no. `view` is what was shown. Answers whether that is new. */
  denied(view) {
    const had = this.token !== undefined;
    const wasLive = view === 'live';
    // Denied again after a reconnect: not a reason to disturb somebody who is typing.
    if (!had && (view === 'signin' || view === 'ended')) return false;
    this.forget();
    if (wasLive && !had) {
      // Who came by a session has no token to type: the page waits for the session.
      this.show('ended');
      this.looking = setInterval(this.subscribe, 5000);
      return true;
    }
    const why = had ? 'The server does not accept this token.' : '';
    setText(byId('signin-error'), wasLive ? 'Your access has ended. Sign in again to go on.' : why);
    byId('token').setAttribute('aria-invalid', String(had && !wasLive));
    this.ask();
    return true;
  }

  ask() {
    clearInterval(this.looking);
    this.show('signin');
    byId('token').focus();
    byId('token').select();
  }

  forget() {
    sessionStorage.removeItem(key);
    this.token = undefined;
    byId('sign-out').hidden = true;
    byId('signin-go').disabled = false;
  }
}
