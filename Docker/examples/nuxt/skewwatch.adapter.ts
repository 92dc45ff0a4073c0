// An adapter in the shape of nuxt-skew-protection's: a build announces itself when it ends. Where SkewWatch asks for the app's
// latest.json (--release-url) it is not needed. In nuxt.config.ts:
//
//     hooks: { close: (nuxt) => skewWatchAdapter({ url: process.env.SKEWWATCH_URL, token: process.env.SKEWWATCH_ADMIN_TOKEN })
//       .broadcast(nuxt.options.runtimeConfig.app.buildId || nuxt.options.buildId) }

export const skewWatchAdapter = (config) => ({
  name: 'skewwatch',
  config,
  // The admin token never gets into a browser.
  toPublicConfig: ({ url }) => ({ url }),
  /** Announces a version to every open tab. Throws where the server does not take it. */
  broadcast: async (version) => {
    const answer = await fetch(`${config.url}/admin/release`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${config.token}` },
      body: JSON.stringify({ version }),
    })
    if (!answer.ok) throw new Error(`SkewWatch did not take the release: ${answer.status} ${await answer.text()}`)
  },
  /** Calls `tell` with each version that is announced; returns the function that ends it. */
  subscribe: (tell) => {
    const stream = new EventSource(`${config.url}/sse?observer=1`)
    stream.onmessage = ({ data }) => {
      const { type, version } = JSON.parse(data)
      if ((type === 'connected' || type === 'version') && version) tell({ version })
    }
    return () => stream.close()
  },
})
