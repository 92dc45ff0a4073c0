// Who is here, for those who may see it: the statistics are the server's, and end when the component does.
import { createElement as h } from 'react'
import { createRoot } from 'react-dom/client'
import { useActiveConnections } from 'skewwatch/react'

// Another function at each render would be another token.
const token = () => sessionStorage.getItem('skewwatch.token') ?? undefined

function Who() {
  const { total, versions, state } = useActiveConnections({ version: 'build-42', fields: ['total', 'versions'], token })
  if (state === 'denied') return h('p', null, 'You may not see who is here.')
  return h(
    'section',
    null,
    h('p', { role: 'status' }, state === 'live' ? `${total} tabs are open` : state === 'away' ? 'The server cannot be reached' : 'Asking…'),
    h('ul', null, Object.entries(versions).map(([version, tabs]) => h('li', { key: version }, `${version}: ${tabs}`))),
  )
}

createRoot(document.getElementById('app')!).render(h(Who))
