"""The rules behind the line over time and the forecast: pure values, run in the browser's engine."""

import browser
import dashboard_stage
import pytest


@pytest.fixture(scope="module")
def run(chromium):
    """Evaluates an expression with the module's `Timeline` and `forecast` in scope."""
    with dashboard_stage.fake_server() as server:
        page = browser.new_context(chromium, bypass_csp=True).new_page()
        page.goto(f"{server}/alone/__skew/dashboard.css")
        scope = "const { Timeline, forecast } = await import('./dashboard.history.js')"
        yield lambda body, value=None: page.evaluate(f"async given => {{ {scope}; {body} }}", value)
        page.context.close()


MINUTE = 60000
NOW = 1_800_000_000_000


def guess(run, old, every=10000):
    series = [{"at": NOW - (len(old) - 1 - i) * every, "old": n} for i, n in enumerate(old)]
    return run(f"return forecast(given, {NOW})", series)


def test_a_decay_ends_when_half_a_tab_is_left(run):
    # 1,000 tabs that halve every 3 minutes are 62.5 after 12; half of one is left 20.9 minutes later.
    answer = guess(run, [round(1000 * 0.5 ** (i / 18)) for i in range(73)])
    assert answer["kind"] == "at"
    assert 19.5 * MINUTE < answer["at"] - NOW < 24 * MINUTE
    assert (answer["from"], answer["to"]) == (1000, 62)


def test_a_straight_decline_ends_where_the_line_does(run):
    answer = guess(run, [600 - 6 * i for i in range(61)])
    assert answer["kind"] == "at"
    assert 6 * MINUTE < answer["at"] - NOW < 8 * MINUTE


def test_only_the_decline_after_the_peak_counts(run):
    answer = guess(run, [10 * i for i in range(40)] + [400 - 8 * i for i in range(40)])
    assert answer["from"] == 400


def test_there_is_no_guess_from_little_or_from_no_decline(run):
    assert guess(run, [50, 49, 48])["kind"] == "short"
    assert guess(run, [])["kind"] == "short"
    assert guess(run, [50] * 90)["kind"] == "steady"
    assert guess(run, list(range(90)))["kind"] == "steady"
    assert guess(run, [1000] * 40 + [999] * 50)["kind"] == "steady"


def test_what_takes_longer_than_a_day_is_said_to(run):
    assert guess(run, [round(100000 * 0.9997 ** i) for i in range(91)])["kind"] == "far"


def test_a_forecast_is_rounded_by_its_distance(run):
    answer = guess(run, [round(20000 * 0.985 ** i) for i in range(60)])
    assert answer["kind"] == "at"
    assert answer["at"] % (5 * MINUTE if answer["at"] - NOW > 30 * MINUTE else MINUTE) == 0


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


def test_old_is_every_version_but_the_release(run):
    assert run("""
        const line = new Timeline(10, 50)
        line.record(10, new Map([['new', 5], ['old', 2], ['older', 1]]))
        return [line.oldTabs('new')[0].old, line.oldTabs(undefined)[0].old]
    """) == [3, 8]
