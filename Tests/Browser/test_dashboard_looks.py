"""What was seen to be wrong in pictures of the page: in its states, on a wall, on a phone, on paper."""

import re

import pytest
from test_dashboard import stage, text, until  # noqa: F401 (stage is a fixture)


def test_a_page_of_nobody_has_an_empty_bar(stage):
    page = stage("nobody-here").open()
    until(page, "document.getElementById('state-word').textContent === 'Nobody here'")
    assert page.get_attribute("#rollout-bar", "aria-label") == "Tabs by version: none"
    assert text(page, "#share") == "" and page.locator("#rollout-bar rect").count() == 1


def test_without_a_release_no_tab_is_called_old(stage):
    page = stage("no-release").open()
    until(page, "document.getElementById('state-word').textContent === 'No release'")
    assert text(page, "#which-old") == "Old" and page.is_disabled("#which-old")
    assert text(page, "#pace") == ""


def test_the_share_of_the_release_is_the_same_in_the_panel_and_in_the_list(stage):
    """95.65 % and 4.35 % are not 95.7 and 4.4."""
    page = stage("rolling-out").open()
    page.wait_for_selector("#versions tbody tr")
    shares = page.eval_on_selector_all("#versions tbody tr", "rows => rows.map((row) => row.cells[2].textContent)")
    assert shares == [text(page, "#share"), "4.4%"] == ["95.6%", "4.4%"]


@pytest.mark.parametrize("width, height, least", [(1280, 720, 200), (1920, 1080, 400)])
@pytest.mark.parametrize("scene", ["rolling-out", "stalled"])
def test_a_wall_view_fills_its_screen_and_no_more(stage, scene, width, height, least):
    page = stage(scene, width=width, height=height).open()
    page.evaluate("location.hash = '#view=wall'")
    until(page, f"document.querySelector('.chart-flags text') && document.querySelector('.chart-face svg').clientHeight >= {least} && Math.abs(innerHeight - document.querySelector('.history').getBoundingClientRect().bottom - 16) < 1")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    tops = page.eval_on_selector_all(".chart-grid text[text-anchor=end]", "all => all.map((one) => one.getBoundingClientRect().top)")
    assert all(abs(a - b) > 11 for a, b in zip(sorted(tops), sorted(tops)[1:]))
    page.click("#act-wall")
    until(page, "document.querySelector('.chart-face svg').clientHeight === 266")


def test_on_a_phone_nothing_is_cut_off_that_has_room_elsewhere(stage):
    page = stage("stalled", width=360).open()
    page.wait_for_selector(".grid tbody tr[role=row]")
    assert page.eval_on_selector(".grid tbody .col-version .foreign", "one => one.scrollWidth <= one.clientWidth")
    assert page.eval_on_selector(".grid thead .col-age button", "one => one.scrollWidth <= one.clientWidth")
    chart, name = (page.locator(at).bounding_box() for at in (".chart-face svg", ".past-name"))
    assert name["x"] >= chart["x"] and name["x"] + name["width"] <= chart["x"] + chart["width"]


@pytest.mark.parametrize("scene", ["stalled", "not-announced", "nobody-here", "many-versions"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_page_has_its_place_and_its_time(stage, scene, scheme):
    page = stage(scene, scheme=scheme).open()
    page.emulate_media(media="print")
    assert re.search(r"127\.0\.0\.1:\d+, .*\d\d:\d\d", text(page, "#printed"))
    assert page.is_hidden(".acts")
    # Paper is white, whatever the screen was.
    styles = "[...document.querySelectorAll(':root, .state')].map((one) => getComputedStyle(one).getPropertyValue('--s0') + getComputedStyle(one).getPropertyValue('--warn-ground'))"
    assert set(page.evaluate(styles)) == {"#1667b8#fdf3e4"}


@pytest.mark.parametrize("scene, share", [("nobody", 100), ("stalled", 1), ("not-announced", 90), ("finished", 0), ("no-release", 0), ("previews", 0)])
def test_what_is_not_the_release_has_a_pattern_in_the_bar_whatever_its_colour(stage, scene, share):
    """Where nobody runs the release, the one build that is open has the first colour: the bar must not look done."""
    page = stage(scene).open()
    until(page, "document.getElementById('state-word').textContent && document.querySelectorAll('#rollout-bar rect').length > 1")
    widths = page.eval_on_selector_all(".bar-other", "all => all.map((one) => parseFloat(one.getAttribute('width')))")
    assert abs(sum(widths) - share) < 0.5 and page.locator("pattern#other path").count() == 1


@pytest.mark.parametrize("part", [".grid tbody", "#where"])
def test_a_route_from_right_to_left_begins_with_its_slash(stage, part):
    """Read from the right: the slash, and then the first part."""
    page = stage("hostile").open()
    page.evaluate("location.hash = '#all&search=مقالة'")
    page.wait_for_selector(f"{part} .foreign:text-is('/عربى/مقالة')")
    places = page.locator(f"{part} .foreign", has_text="عربى").first.evaluate("""(one) => {
        const place = (from) => {
            const range = document.createRange();
            range.setStart(one.firstChild, from);
            range.setEnd(one.firstChild, from + 1);
            return range.getBoundingClientRect().left;
        };
        return [place(0), place(1), place(5), place(6)];
    }""")
    assert places == sorted(places, reverse=True)
