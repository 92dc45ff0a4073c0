// app/plugins/skewwatch.client.ts in a Nuxt 4 app, plugins/skewwatch.client.ts in Nuxt 3, with nuxt-skew-protection
// (updateStrategy 'ws' or 'sse', connectionTracking on). What it is for, and the proxy's lines: Docker/docs/nuxt.md
//
// $skewConnection, useActiveConnections() and the rest of the module stay as they are. This adds what the module leaves out.

export default defineNuxtPlugin({
  name: 'skewwatch',
  enforce: 'pre', // the module asks for its address while its own plugin is set up
  setup(nuxtApp) {
    // Drawn by each load of the page and kept in memory only: a tab that reconnects takes its own place again.
    const load = crypto.getRandomValues(new Uint32Array(4)).join('-')
    let links = 0
    const { app, public: { skewProtection } } = useRuntimeConfig()
    // Kept here and not read from the router, which is reactive: VueUse opens a new link when what an address is made of changes.
    let route

    const tell = (config) => {
      const [path, query] = config.url.split('?')
      // A function, because the address of the page's load is not the one of a reconnect an hour later.
      const url = () => {
        const fields = new URLSearchParams(query)
        if (route && fields.has('route')) fields.set('route', route)
        // The build that this very tab runs: the module's cookie is shared by all tabs of a browser.
        fields.set('v', app.buildId)
        fields.set('t', load)
        if (links) fields.set('r', String(links))
        return `${path}?${fields}`.replaceAll('+', '%20')
      }
      Object.assign(config, { url: Object.assign(url, { toString: url }) })
      // The module gives up after 50 s, and all tabs come in the same fifth second.
      config.options.autoReconnect = { retries: -1, delay: 1000 + Math.random() * 8000 }
    }
    nuxtApp.hook('skew:ws:config', tell)
    nuxtApp.hook('skew:sse:config', tell)

    // Before any component: else the link belongs to the page that asked first, and ends with it.
    nuxtApp.hook('app:created', () => {
      route = nuxtApp.$router.currentRoute.value.path
      nuxtApp.$router.afterEach((to) => { route = to.path })
      nuxtApp.$skewConnection?.connect()
    })

    // The module closes for the back/forward cache and does not open again.
    addEventListener('pageshow', (event) => {
      if (event.persisted) nuxtApp.$skewConnection?.connect()
    })

    // An event stream is opened again by the browser, with the address that it had.
    nuxtApp.hook('skew:message', (message) => {
      if (message.type !== 'connected') return
      links += 1
      if (links > 1 && skewProtection.routeTracking) nuxtApp.$skewConnection?.sendRoute(route)
    })
  },
})
