"""The rules behind the line over time: pure values, run in the browser's engine."""

import browser
import dashboard_stage
import pytest


@pytest.fixture(scope="module")
def run(chromium):
    """Evaluates an expression with what the module exports in scope."""
    with dashboard_stage.fake_server() as server:
        page = browser.new_context(chromium, bypass_csp=True).new_page()
        page.goto(f"{server}/alone/__skew/dashboard.css")
        scope = "const { Timeline, series, lastRollout } = await import('./dashboard.history.js')"
        yield lambda body, value=None: page.evaluate(f"async given => {{ {scope}; {body} }}", value)
        page.context.close()


def test_the_record_of_the_server_is_taken_with_its_gaps(run):
    samples = run("""
        const line = new Timeline(10, 100)
        const taken = line.load({ step: 10, start: 1005, versions: { a: [1, null, 3], __proto__x: [4, null, 0] } })
        return [taken, line.samples.map(s => [s.at, [...s.versions]])]""")
    assert samples == [True, [[1005, [["a", 1], ["__proto__x", 4]]], [1025, [["a", 3]]]]]


def test_junk_for_a_record_changes_nothing(run):
    assert run("""
        const line = new Timeline(10, 100)
        line.record(500, new Map([['a', 1]]))
        return [[undefined, null, {}, { step: 0 }, { step: 1, start: 1 }, 'x'].map(junk => line.load(junk)), line.samples.length]
    """) == [[False] * 6, 1]


def test_steps_between_notes_repeat_the_last_as_long_as_the_link_held(run):
    assert run("""
        const line = new Timeline(10, 1000)
        line.record(100, new Map([['a', 1]]))
        line.record(134, new Map([['a', 2]]))
        line.interrupt()
        line.record(171, new Map([['a', 3]]))
        line.record(175, new Map([['a', 4]]))
        return line.samples.map(s => [s.at, s.versions.get('a')])
    """) == [[100, 1], [110, 1], [120, 1], [130, 2], [170, 4]]


def test_what_is_older_than_the_span_is_dropped(run):
    assert run("""
        const line = new Timeline(10, 50)
        for (let t = 0; t <= 500; t += 10) line.record(t, new Map([['a', t]]))
        return line.samples.map(s => s.at)
    """) == [440, 450, 460, 470, 480, 490, 500]


def test_a_shorter_record_of_a_server_that_was_started_anew_takes_nothing_away(run):
    assert run("""
        const line = new Timeline(10, 1000)
        for (let t = 100; t < 200; t += 10) line.record(t, new Map([['a', t]]))
        line.load({ step: 10, start: 173, versions: { a: [1, 2, 3] } })
        return line.samples.map(s => [s.at, s.versions.get('a')])
    """) == [[100, 100], [110, 110], [120, 120], [130, 130], [140, 140], [150, 150], [160, 160], [173, 1], [183, 2], [193, 3]]


def test_the_finer_timeline_counts_where_there_are_two(run):
    assert run("""
        const [fine, coarse] = [new Timeline(10, 100), new Timeline(50, 500)]
        for (let t = 0; t <= 400; t += 10) for (const line of [fine, coarse]) line.record(t, new Map([['a', t]]))
        return series([fine, coarse], 405, new Map([['a', 9]])).map(s => [s.at, s.versions.get('a')])
    """) == [[50, 40], [100, 90], [150, 140], [200, 190], [250, 240], [300, 290], *[[t + 10, t] for t in range(300, 400, 10)], [405, 9]]


def test_the_last_rollout_is_said_by_how_long_it_took(run):
    found = run("""
        const samples = [0, 10, 20, 30, 40].map((at, i) => ({ at, versions: new Map([['a', 100 - 33 * Math.min(i, 3)], ['b', 33 * i]]) }))
        const releases = [['a', -100], ['b', 0], ['c', 50]].map(([version, at]) => ({ version, at }))
        const { version, percent, after, points } = lastRollout(samples, releases, 'c')
        return [version, percent, after, points.length, lastRollout(samples, releases.slice(0, 2), 'b')]
    """)
    assert found == ["b", 99, 30, 5, None]


def test_the_curve_of_the_last_rollout_begins_at_its_announcement(run):
    """Its samples are five minutes apart, the announcement lies between two of them."""
    assert run("""
        const samples = [0, 10, 20, 30].map((at) => ({ at, step: 10, versions: new Map([['a', 100 - at], ['b', at]]) }))
        const releases = [['a', -100], ['b', 13], ['c', 40]].map(([version, at]) => ({ version, at }))
        return lastRollout(samples, releases, 'c').points
    """) == [[0, 90], [7, 80], [17, 70]]
