// plugins/skewwatch.client.ts in a Nuxt app with nuxt-skew-protection (updateStrategy 'ws' or 'sse', connectionTracking on).
//
// $skewConnection, useActiveConnections() and the rest of the module stay as they are; their connection goes to SkewWatch as
// soon as the proxy in front of the app hands it the module's base path. For nginx, with SkewWatch at skewwatch:8080:
//
//     location /__skew/ {
//         proxy_pass http://skewwatch:8080;
//         proxy_http_version 1.1;
//         proxy_set_header Host $host;
//         proxy_set_header Upgrade $http_upgrade;
//         proxy_set_header Connection $connection_upgrade;  # map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
//         proxy_buffering off;
//     }
//
// This plugin adds what the module leaves to a cookie: the build that this very tab runs. A browser's tabs share the cookie,
// so without it a tab that has been open since yesterday counts as today's build once another one has loaded.

const withBuild = (url = '') => `${url}${url.includes('?') ? '&' : '?'}v=${encodeURIComponent(useRuntimeConfig().app.buildId)}`

export default defineNuxtPlugin({
  enforce: 'pre', // the module asks for the addresses while its own plugin is set up
  hooks: {
    'skew:ws:config': (config) => { config.url = withBuild(config.url) },
    'skew:sse:config': (config) => { config.url = withBuild(config.url) },
  },
})
