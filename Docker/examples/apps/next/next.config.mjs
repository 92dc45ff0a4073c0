// Hands /__skew/ to SkewWatch. In production let the proxy in front of Next do it: a rewrite holds a socket of Node for each tab.
export default {
  async rewrites() {
    return [{ source: '/__skew/:path*', destination: `${process.env.SKEWWATCH_URL ?? 'http://127.0.0.1:8080'}/__skew/:path*` }]
  },
}
