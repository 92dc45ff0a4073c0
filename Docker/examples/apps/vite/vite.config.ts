// The development server hands /__skew/ to a SkewWatch on this machine, sockets included. The host stays as the browser sent it
// (changeOrigin: false): SkewWatch compares it with the page's origin.
import { defineConfig } from 'vite'

export default defineConfig({
  define: { BUILD: JSON.stringify(process.env.BUILD ?? 'dev') },
  server: { proxy: { '/__skew': { target: 'http://127.0.0.1:8080', ws: true, changeOrigin: false } } },
})
