// Where the old tabs are: rows summed up by route, or by the pattern of routes where there are many.

/** More routes than that are summed up by pattern. */
const most = 8;

// A part of a route with a number, or one that looks like an id, stands for any: `/product/8412` is `/product/*`.
export function patternOf(route) {
  const [path] = route.split(/[?#]/);
  return path
    .split('/')
    .map((part) => (/\d/.test(part) || part.length > 24 ? '*' : part))
    .join('/');
}

/** Whether a route is meant by a pattern, or by its own name. */
export const isRoute = (route, wanted) => route === wanted || (wanted.includes('*') && patternOf(route) === wanted);

/**
 * Sums up `rows` of old tabs: `[{name, old, all, oldest}]`, the most first. `routes` has all tabs by route; `oldest`
 * is when the longest open of them was opened.
 */
export function whereOld(rows, routes) {
  const names = new Set(rows.map(({ route }) => route));
  const name = names.size > most ? patternOf : (route) => route;
  return sumUp(rows, ({ route }) => name(route), Object.entries(routes), name);
}

/** The same by tag: whose they are. `all` are the rows of all tabs; those without a tag are nobody's. */
export function whoseOld(rows, all) {
  const counts = new Map();
  for (const { tag } of all) if (tag !== undefined) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return sumUp(
    rows.filter(({ tag }) => tag !== undefined),
    ({ tag }) => tag,
    counts,
  );
}

function sumUp(rows, keyOf, all, nameOf = (name) => name) {
  const found = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    const sum = found.get(key) ?? { name: key, old: 0, all: 0, oldest: undefined };
    sum.old++;
    if (row.since !== undefined && !(sum.oldest < row.since)) sum.oldest = row.since;
    found.set(key, sum);
  }
  if (found.size) {
    for (const [name, n] of all) {
      const sum = found.get(nameOf(name));
      if (sum) sum.all += n;
    }
  }
  return [...found.values()].sort((a, b) => b.old - a.old || (a.name < b.name ? -1 : 1));
}
