// The end of client.js as the server sends it: the tag that is all a page needs.
import { connect } from './client.js';

// The tag lies in the server's folder. A version may hold a plus, and no blank.
for (const { searchParams } of [new URL(import.meta.url.replaceAll('+', '%2B'))]) {
  const version = searchParams.get('v') ?? undefined;
  const url = new URL('.', import.meta.url);
  if (searchParams.has('connect')) connect({ url, version }).trackHistory();
}
