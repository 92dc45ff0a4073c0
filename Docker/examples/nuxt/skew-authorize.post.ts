// server/api/skew-authorize.post.ts: SkewWatch asks who may watch (--authorize-url), with the visitor's cookies; the hook that the
// module knows answers, so a server plugin that the team has already runs unchanged.
export default defineEventHandler(async (event) => {
  let authorized = false
  await useNitroApp().hooks.callHook('skew:authorize-stats', { id: (await readBody(event)).connectionId, event, authorize: () => { authorized = true } })
  if (!authorized) throw createError({ statusCode: 403 })
  return { scope: 'connections', ttl: 300 }
})
