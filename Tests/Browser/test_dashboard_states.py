"""What the page says of a rollout, state by state, and what an operator does about it."""

import json
import re

import pytest
from test_dashboard import ROWS, stage, text, until  # noqa: F401 (stage is a fixture)

# Scene, word, what the bold sentence begins with, and what the headline counts.
STATES = [
    ("rolling-out", "Rolling out", r"\d+ old tabs, half of them gone in 1 to \d+ min \(\d\d:\d\d to \d\d:\d\d\)\.", r"8\d"),
    ("stalled", "Stalled", r"20 old tabs are left and none has closed for \d min\.", "20"),
    ("slowing", "Slowing", r"\d+ old tabs, and they close ever more slowly\.", r"30\d"),
    ("growing", "Growing", r"The old build gains tabs: \d+ in 2 min\.", "88"),
    ("not-announced", "Not announced", r"build-42 is replacing build-41, but is not announced\.", "180"),
    ("dropped", "Dropped", r"\d+ of 6\d\d tabs vanished at \d\d:\d\d:\d\d\.", r"\d+"),
    ("rolling-back", "Rolling back", r"Back to build-41: \d+ tabs are still on build-42\.", r"\d+"),
    ("nobody", "Nobody", r"No tab runs biuld-44\.", "128"),
    ("finished", "Done", r"No old tab is open, since \d\d:\d\d\.", "0"),
    ("nobody-here", "Nobody here", r"No tab is open\.", "0"),
    ("no-release", "No release", r"The server has not been told a release\.", "29"),
]


@pytest.mark.parametrize("scene, word, lead, count", STATES, ids=[state[0] for state in STATES])
def test_a_state_has_its_word_its_sentence_and_its_count(stage, scene, word, lead, count):
    page = stage(scene).open()
    until(page, f"document.getElementById('state-word').textContent === {json.dumps(word)}")
    until(page, f"/^{lead}$/.test(document.getElementById('lead').textContent)")
    assert re.fullmatch(count, text(page, "#old"))


@pytest.mark.parametrize("seconds, first", [(0.5, "Stalled"), (3, "Rolling out")])
def test_the_first_words_know_what_was_before_and_are_not_waited_for_long(stage, seconds, first):
    scene = stage("stalled")
    scene.tell(f"slow?seconds={seconds}")
    scene.page.add_init_script("""addEventListener('DOMContentLoaded', () => {
        window.words = [];
        const word = document.getElementById('state-word');
        const shown = () => document.body.dataset.view === 'live' && word.textContent !== words.at(-1) && words.push(word.textContent);
        new MutationObserver(shown).observe(document.body, { attributes: true, childList: true, subtree: true, characterData: true });
    })""")
    page = scene.open()
    until(page, "words.at(-1) === 'Stalled'")
    assert page.evaluate("words[0]") == first


def test_of_stragglers_no_time_of_day_is_said_and_where_they_are_is(stage):
    page = stage("stalled").open()
    until(page, "document.getElementById('state-word').textContent === 'Stalled'")
    assert not re.search(r"\d\d:\d\d", text(page, "#lead") + text(page, "#rest"))
    assert re.search(r"They are on /(help|account/orders) \(\d+\) and /(help|account/orders) \(\d+\); the oldest has been open for", text(page, "#rest"))
    assert "99 % after 4 h" in text(page, "#pace") and "last time (build-41)" in text(page, "#pace")
    assert page.get_attribute("#act-again", "class") == "primary"
    assert page.is_visible(".curve-past")


def test_previews_are_out_of_the_count_and_of_the_share(stage):
    page = stage("previews").open()
    until(page, "document.getElementById('state-word').textContent === 'Done'")
    assert text(page, "#old-label") == "old tabs, 0% of 301"
    assert text(page, "#share") == "100%"
    assert page.eval_on_selector_all("#versions tbody tr", "rows => rows.map((row) => row.cells[2].textContent)") == ["100%", "", ""]
    # Grey wherever they are seen, and none has the colour of a version.
    assert page.is_visible("#rollout-bar .fill-preview") and page.is_visible(".chart-bands .fill-preview")
    assert page.locator(".chart-bands path").count() == 2 and re.search(r"build-42\s*301.*previews\s*667", text(page, "#readout"), re.S)
    page.click("#which-all")
    page.wait_for_selector(".grid tbody .back-preview")
    assert page.locator(".grid tbody tr[role=row] .swatch:not(.back-preview):not(.back-s0)").count() == 0
    assert text(page, "#versions").count("preview\n") == 2


def test_many_routes_are_summed_up_by_pattern_and_the_pattern_is_a_filter(stage):
    page = stage("many-routes").open()
    page.click("#where tr:has(bdi:text-is('/product/*/details')) button")
    until(page, "document.querySelector('.chip').textContent === 'route:/product/*/details ×'")
    shown = set(page.eval_on_selector_all(".grid tbody tr[role=row] .col-route .foreign", "all => all.map(e => e.textContent)"))
    assert len(shown) > 1 and all(re.fullmatch(r"/product/\d+/details", route) for route in shown)


def test_many_versions_are_searched_and_what_has_no_name_is_last(stage):
    page = stage("many-versions").open()
    until(page, "document.querySelectorAll('#versions tbody tr').length === 202")
    assert page.evaluate("document.documentElement.scrollHeight") < 2600
    assert "beyond the limit" in page.inner_text("#versions tbody tr:last-child")
    page.fill("#versions input", "0042")
    until(page, "document.querySelectorAll('#versions tbody tr').length === 1")


def test_the_bar_says_each_version_in_words(stage):
    page = stage("stalled").open()
    assert page.get_attribute("#rollout-bar", "aria-label") == "Tabs by version: build-42 1,980, build-41 20"


def test_a_hidden_tab_has_the_right_title_and_icon(stage):
    """Hidden tabs get no frames, and their timers are late."""
    scene = stage("stalled")
    page = scene.open()
    until(page, "document.title.startsWith('20 old · ▲')")
    warning = page.get_attribute("#icon", "href")
    page.evaluate("""() => {
        Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
        window.requestAnimationFrame = () => 0;
    }""")
    scene.tell("leave")
    until(page, "document.title.startsWith('0 old · ●')")
    assert page.get_attribute("#icon", "href") != warning


def test_dragging_over_the_chart_zooms_and_back_undoes_it(stage):
    page = stage("stalled").open()
    face = page.locator(".chart-face").bounding_box()
    page.mouse.move(face["x"] + 200, face["y"] + 60)
    page.mouse.down()
    page.mouse.move(face["x"] + 320, face["y"] + 60, steps=4)
    page.mouse.up()
    until(page, "location.hash.startsWith('#span=zoom&from=')")
    page.go_back()
    until(page, "document.querySelector('[data-span=release]').getAttribute('aria-pressed') === 'true'")


def test_a_span_that_is_zoomed_into_is_asked_for_and_shown_densely(stage):
    scene = stage("stalled", width=1400)
    page = scene.open()
    points = "document.querySelector('.curve-line')?.getAttribute('d').split('L').length"
    until(page, "document.querySelector('.chart-flags text')")
    # Two hours of twelve hours ago, of which the page has a sample in each five minutes.
    end = scene.tell("truth")["now"] // 1000 * 1000 - 43_200_000
    page.evaluate(f"location.hash = '#span=zoom&from={end - 7_200_000}&to={end}'")
    until(page, f"{points} > 200")
    spans = scene.tell("truth")["spans"]
    assert {"from": end - 7_200_000, "to": end} in spans
    asked = len(spans)
    page.go_back()
    until(page, "document.querySelector('[data-span=release]').getAttribute('aria-pressed') === 'true'")
    assert len(scene.tell("truth")["spans"]) == asked


def test_a_week_shows_the_releases_in_it(stage):
    page = stage("stalled", width=1400).open()
    page.click("[data-span='7d']")
    until(page, "document.querySelectorAll('.chart-flags line').length === 3")
    first = "Number(/^M([\\d.]+)/.exec(document.querySelector('.curve-line').getAttribute('d'))[1])"
    until(page, f"{first} < 60")


def test_the_pointer_reads_every_version_with_its_time_and_zone(stage):
    page = stage("stalled", width=1400).open()
    face = page.locator(".chart-face").bounding_box()
    page.mouse.move(face["x"] + 300, face["y"] + 60)
    until(page, "/^\\d\\d:\\d\\d:\\d\\d \\S+$/.test(document.querySelector('.readout-when').textContent)")
    assert re.search(r"old\s*\d+", text(page, "#readout"))


def test_the_zone_is_named_and_can_be_utc(stage):
    page = stage("stalled").open()
    page.evaluate("location.hash = '#zone=utc'")
    until(page, "document.getElementById('zone').textContent === 'UTC'")
    page.click("#zone")
    until(page, "location.hash === ''")


# Acts


def test_announcing_asks_for_the_admin_token_and_keeps_it_in_memory_only(stage):
    scene = stage("not-announced")
    page = scene.open()
    page.click("#act-announce >> text=Announce build-42…")
    assert page.input_value("#announce-version") == "build-42"
    assert "20 tabs will be told. 180 tabs run it already." in text(page, "#announce-says")
    page.fill("#admin-token", "open sesame")
    page.click("#announce-go")
    page.wait_for_selector("#announce", state="hidden")
    until(page, "document.getElementById('state-word').textContent === 'Rolling out'")
    assert scene.tell("truth")["announced"] == [{"version": "build-42"}]
    assert page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])") == '[{},{},""]'
    assert "open sesame" not in page.content() and page.input_value("#admin-token") == ""
    page.keyboard.press("a")
    assert page.input_value("#admin-token") == "open sesame"
    page.reload()
    page.wait_for_selector("body[data-view=live]")
    page.keyboard.press("a")
    assert page.input_value("#admin-token") == ""


@pytest.mark.console("401")
def test_a_wrong_admin_token_is_told(stage):
    scene = stage("stalled")
    page = scene.open()
    page.click("#act-again")
    page.fill("#admin-token", "nonsense")
    page.press("#admin-token", "Enter")
    until(page, "document.getElementById('announce-error').textContent.includes('does not accept')")
    assert scene.tell("truth")["announced"] == []


def test_old_tabs_of_one_build_are_told_again(stage):
    scene = stage("stalled")
    page = scene.open()
    page.click("#act-again")
    page.select_option("#announce-only", "build-41")
    page.select_option("#announce-rate", "100")
    page.fill("#admin-token", "open sesame")
    page.click("#announce-go")
    page.wait_for_selector("#announce", state="hidden")
    assert scene.tell("truth")["announced"] == [{"version": "build-42", "only": ["build-41"], "rate": 100, "again": True}]


def test_a_version_that_nobody_runs_is_warned_of(stage):
    page = stage("stalled").open()
    page.keyboard.press("a")
    page.fill("#announce-version", "biuld-42")
    until(page, "document.getElementById('announce-says').textContent.includes('Nobody runs biuld-42 yet. Did you mean build-42?')")


def test_the_keys_do_what_they_say(stage):
    page = stage("stalled").open()
    page.keyboard.press("o")
    until(page, f"{ROWS} === 2000")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "filter"
    page.keyboard.press("o")
    assert page.input_value("#filter") == "o"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    page.wait_for_selector("body[data-view=live]")
    page.keyboard.press("w")
    until(page, "location.hash.includes('view=wall')")
    assert page.is_hidden("#connections") and page.is_visible(".curve-line")


def test_what_is_shown_can_be_taken_away(stage):
    page = stage("stalled").open()
    until(page, "document.getElementById('state-word').textContent === 'Stalled'")
    with page.expect_download() as download:
        page.click("#act-csv")
    lines = open(download.value.path()).read().split("\n")
    assert lines[0].strip() == "id,version,route,since" and len(lines) == 21
    with page.expect_download() as download:
        page.click("#act-json")
    taken = json.load(open(download.value.path()))
    assert (taken["state"], taken["old"], taken["total"]) == ("stalled", 20, 2000)


def test_whose_old_tabs_are_is_listed_and_a_click_shows_exactly_those(stage):
    scene = stage("tagged")
    page = scene.open()
    until(page, "document.querySelectorAll('#whose tbody tr').length === 4")
    counts = {}
    for row in (row for row in scene.tell("truth")["rows"] if row["version"] != "build-42" and "tag" in row):
        counts[row["tag"]] = counts.get(row["tag"], 0) + 1
    assert text(page, "#whose").count("Oldest") == 1 and page.locator("#whose b, #whose img").count() == 0
    page.click("#whose button.name >> text=acme")
    until(page, "document.querySelector('.chip').textContent === 'tag:acme ×'")
    until(page, f"{ROWS} === {counts['acme']}")
    shown = page.eval_on_selector_all(".grid tbody tr[role=row] .col-tag .foreign", "all => all.map(e => e.textContent)")
    assert set(shown) == {"acme"} and page.is_visible("th.col-tag")
    with page.expect_download() as download:
        page.click("#act-csv")
    header, *lines = open(download.value.path()).read().strip().split("\n")
    assert header.strip() == "id,version,route,since,tag" and len(lines) == counts["acme"]
    assert all(line.strip().endswith(",acme") for line in lines)
    with page.expect_download() as download:
        page.click("#act-json")
    assert [row["tag"] for row in json.load(open(download.value.path()))["connections"]] == ["acme"] * counts["acme"]
    page.go_back()
    until(page, "document.querySelectorAll('.chip').length === 0")


def test_who_may_not_see_tags_is_told_so_and_without_tags_there_is_no_such_list(stage):
    page = stage("tagged-narrow").open()
    assert text(page, "#whose") == "Your access does not show whose tabs are."
    assert page.is_hidden("th.col-tag")
    assert stage("stalled").open().is_hidden("#whose-panel")


RECORD_NOTICES = """
    window.notices = [];
    window.Notification = class extends EventTarget {
        static permission = 'default';
        static requestPermission = async () => (Notification.permission = window.allows ? 'granted' : 'denied');
        constructor(title, { body }) { super(); notices.push([title, body]); }
    };
"""


def test_who_asked_for_it_is_notified_once_when_no_old_tab_is_left(stage):
    scene = stage("stalled")
    scene.page.add_init_script(f"window.allows = true; {RECORD_NOTICES}")
    page = scene.open()
    until(page, "document.getElementById('state-word').textContent === 'Stalled'")
    page.click("#act-notify")
    until(page, "document.getElementById('act-notify').getAttribute('aria-pressed') === 'true'")
    assert text(page, "#act-notify") == "You will be notified"
    scene.tell("leave")
    until(page, "notices.length === 1")
    title, body = page.evaluate("notices[0]")
    assert title == "Done: 0 old" and body.startswith("No old tab is open")
    # A state that comes back is told again, one that stays is not.
    page.evaluate("dispatchEvent(new Event('resize'))")
    until(page, "document.getElementById('state-word').textContent === 'Done'")
    assert page.evaluate("notices.length") == 1
    page.click("#act-notify")
    until(page, "document.getElementById('act-notify').textContent === 'Notify me at 0'")


def test_a_browser_that_allows_no_notifications_is_told_of(stage):
    scene = stage("stalled")
    scene.page.add_init_script(RECORD_NOTICES)
    page = scene.open()
    page.click("#act-notify")
    until(page, "document.getElementById('act-notify').textContent === 'Notifications are off here'")
    scene.tell("leave")
    until(page, "document.getElementById('state-word').textContent === 'Done'")
    assert page.evaluate("notices") == []


def test_link_sentence_and_id_are_copied(stage):
    scene = stage("stalled")
    scene.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = scene.open()
    until(page, "document.getElementById('state-word').textContent === 'Stalled'")
    copied = "navigator.clipboard.readText()"
    page.evaluate("location.hash = '#version=build-41&span=24h'")
    until(page, "document.querySelector('.chip')")
    page.click("#act-copy")
    until(page, "document.getElementById('act-copy').textContent === 'Copied'")
    assert page.evaluate(copied) == page.url and page.url.endswith("#version=build-41&span=24h")
    page.click("#act-say")
    until(page, "document.getElementById('act-say').textContent === 'Copied'")
    assert page.evaluate(copied).startswith("20 old tabs are left and none has closed for")
    row = page.locator(".grid tbody tr[role=row]").first
    row.hover()
    row.locator(".copy").click()
    until(page, "[...document.querySelectorAll('.copy')].some((button) => button.textContent === 'Copied')")
    assert page.evaluate(copied) in scene.tell("truth")["ids"]
