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
  const found = new Map();
  for (const { route, since } of rows) {
    const key = name(route);
    const sum = found.get(key) ?? { name: key, old: 0, all: 0, oldest: undefined };
    sum.old++;
    if (since !== undefined && !(sum.oldest < since)) sum.oldest = since;
    found.set(key, sum);
  }
  for (const [route, n] of routes) {
    const sum = found.get(name(route));
    if (sum) sum.all += n;
  }
  return [...found.values()].sort((a, b) => b.old - a.old || (a.name < b.name ? -1 : 1));
}
