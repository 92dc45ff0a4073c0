// The operator's page: joins the link, what is known, and the parts that show it.

import { Chart } from './dashboard.chart.js'
import { Colors } from './dashboard.colors.js'
import { Timeline } from './dashboard.history.js'
import { Link } from './dashboard.link.js'
import { Ranking } from './dashboard.lists.js'
import { LinkStatus, speak } from './dashboard.status.js'
import { Presence } from './dashboard.presence.js'
import { Rollout } from './dashboard.rollout.js'
import { ConnectionTable } from './dashboard.table.js'
import { number, plural, printable, setText } from './dashboard.text.js'

const tokenKey = 'skewwatch.token'
const base = new URL('.', location.href)
const $ = id => document.getElementById(id)

const presence = new Presence()
const colors = new Colors()
const timelines = { hour: new Timeline(10000, 3600000), day: new Timeline(300000, 86400000) }
let span = 'hour'
let release
let clockAhead = 0
let view = 'connecting'
let tried

const slot = version => colors.slot(version)
const chart = new Chart($('chart'), $('readout'))
const rollout = new Rollout()
const table = new ConnectionTable($('connections'), { slot })
const find = text => {
  $('filter').value = printable(text)
  refilter()
  $('filter').focus()
}
const versions = new Ranking($('versions'), { noun: 'Version', first: 8, most: 200, slot, pick: find })
const routes = new Ranking($('routes'), { noun: 'Route', first: 10, most: 100, pick: find })

const link = new Link(socketAddress(), {
  state(state) {
    status.show(state)
    if (state.name !== 'live') for (const timeline of Object.values(timelines)) timeline.interrupt()
  },
  connected(version) {
    if (version !== undefined && version !== release) {
      if (release !== undefined) speak(`A new release was announced: ${printable(version)}`)
      release = version
    }
    changed()
  },
  stats(message) {
    presence.apply(message)
    if (Number.isFinite(message.timestamp)) clockAhead = message.timestamp - Date.now()
    if (view !== 'live' || !status.fresh) loadHistory()
    status.refreshed()
    entered()
    changed()
  },
  delta(message) {
    if (!presence.follow(message)) return link.subscribe(link.token)
    changed()
  },
  denied,
})
const status = new LinkStatus(() => link.open())
const now = () => Date.now() + clockAhead

function socketAddress() {
  const address = new URL('ws', base)
  address.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  address.searchParams.set('route', location.pathname)
  return address
}

// Signing in

function denied() {
  const had = link.token ?? tried
  const wasLive = view === 'live'
  forget()
  presence.clear()
  for (const timeline of Object.values(timelines)) timeline.samples = []
  paint()
  setText($('signin-error'), wasLive ? 'Your access has ended. Sign in again to go on.' : had ? 'The server does not accept this token.' : '')
  $('token').setAttribute('aria-invalid', String(Boolean(had && !wasLive)))
  show('signin')
  $('token').select()
}

function entered() {
  if (link.token) sessionStorage.setItem(tokenKey, link.token)
  $('sign-out').hidden = !link.token
  tried = undefined
  if (view === 'live') return
  $('token').value = ''
  setText($('signin-error'), '')
  show('live')
}

function forget() {
  sessionStorage.removeItem(tokenKey)
  link.token = undefined
  $('sign-out').hidden = true
  $('signin-go').disabled = false
}

$('signin').addEventListener('submit', event => {
  event.preventDefault()
  const token = $('token').value.trim()
  if (!token) {
    setText($('signin-error'), 'Enter the stats token first.')
    return $('token').focus()
  }
  setText($('signin-error'), '')
  $('signin-go').disabled = true
  tried = token
  link.subscribe(token)
  link.hurry()
})

$('sign-out').addEventListener('click', () => {
  forget()
  location.reload()
})

function show(name) {
  const moved = view !== name
  view = name
  document.body.dataset.view = name
  status.paint()
  if (name === 'signin') $('token').focus()
  else if (moved && document.activeElement === document.body) $('main').focus({ preventScroll: true })
}

// The record of the last hour and day

async function loadHistory() {
  const headers = link.token ? { authorization: `Bearer ${link.token}` } : {}
  try {
    const answer = await fetch(new URL('admin/history', base), { headers, cache: 'no-store' })
    if (answer.status !== 200) return
    const record = await answer.json()
    for (const name of ['hour', 'day']) timelines[name].load(record[name])
    changed()
  } catch {
    // No record: the line grows from what this page sees.
  }
}

for (const name of ['hour', 'day']) {
  $(`span-${name}`).addEventListener('click', () => {
    span = name
    for (const other of ['hour', 'day']) $(`span-${other}`).setAttribute('aria-pressed', String(other === name))
    paint()
  })
}

// Painting: at most once per frame, and the heavy parts a few times a second

let frame
let heavyAt = 0
let heavyTimer

function changed() {
  if (presence.seq !== undefined || presence.total) for (const timeline of Object.values(timelines)) if (status.live) timeline.record(now(), presence.versions)
  frame ??= requestAnimationFrame(paint)
}

function paint() {
  cancelAnimationFrame(frame)
  frame = undefined
  setText($('total'), number(presence.total))
  setText($('total-label'), presence.total === 1 ? 'open tab' : 'open tabs')
  const wait = heavyAt + 250 - performance.now()
  if (wait > 0) {
    heavyTimer ??= setTimeout(paintHeavy, wait)
    return
  }
  paintHeavy()
}

function paintHeavy() {
  clearTimeout(heavyTimer)
  heavyTimer = undefined
  const { total, rows, yourId, unlisted } = presence
  const samples = timelines[span].samples
  assignColors()
  rollout.show({ presence, release, colors, series: timelines.hour.oldTabs(release), now: now() })
  chart.show({ samples, step: timelines[span].step, span: timelines[span].span, now: now(), colors })
  versions.show({ counts: presence.versions, total, marked: release === undefined ? undefined : [release, 'current'], empty: 'No tab is open.' })
  routes.show({ counts: presence.routes, total, empty: 'The server does not track routes. Its setting is route-tracking.' })
  setText($('versions-count'), presence.versions.size ? number(presence.versions.size) : '')
  setText($('routes-count'), presence.routes.size > 10 ? `of ${number(presence.routes.size)}` : '')
  table.show({ rows, yourId, release, unlisted })
  countRows()
  heavyAt = performance.now()
}

function assignColors() {
  const weight = new Map(presence.versions)
  for (const { versions: then } of timelines[span].samples) for (const [version, n] of then) weight.set(version, Math.max(weight.get(version) ?? 0, n))
  colors.assign(release, [...weight].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([version]) => version))
}

function refilter() {
  table.filter($('filter').value, $('only-old').checked)
  countRows()
}

function countRows() {
  const all = presence.rows.size
  setText($('rows-count'), !all ? '' : table.found === all ? number(all) : `${number(table.found)} of ${number(all)}`)
}

let saying
$('filter').addEventListener('input', () => {
  refilter()
  clearTimeout(saying)
  saying = setTimeout(() => speak(plural(table.found, 'connection', 'connections')), 800)
})
$('only-old').addEventListener('change', refilter)
$('connections').addEventListener('click', event => {
  if (!event.target.closest('.empty button')) return
  $('filter').value = ''
  $('only-old').checked = false
  refilter()
  $('filter').focus()
})

setText($('site'), location.host)
link.token = sessionStorage.getItem(tokenKey) ?? undefined
link.open()
// The line and the forecast move on even when nothing changes.
setInterval(() => view === 'live' && !document.hidden && changed(), 5000)
document.addEventListener('visibilitychange', () => document.hidden || changed())
