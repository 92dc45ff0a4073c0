// Answers from its cache, and leaves /__skew/ to the browser: a worker that hands an event stream on keeps itself alive for it, and
// one that caches the modules serves those of an older server.
const cacheName = 'app-build-42'

addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(clients.claim()))

addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url)
  if (event.request.method !== 'GET' || pathname.includes('/__skew/')) return
  event.respondWith(answer(event.request))
})

async function answer(request) {
  const cache = await caches.open(cacheName)
  try {
    const fresh = await fetch(request)
    if (fresh.ok) await cache.put(request, fresh.clone())
    return fresh
  } catch {
    return (await cache.match(request)) ?? Response.error()
  }
}
