"""The example pages, with a real Vue: the one inside PyPI's `nicegui`, put in the place of the CDN's."""

import importlib.util
import json
import pathlib
import urllib.request

import pytest

import dashboard_stage

dashboard_stage.need_browser()


def vue():
    """A browser build of Vue 3 on this machine, or none."""
    found = importlib.util.find_spec("nicegui")
    return found and next(pathlib.Path(found.origin).parent.glob("static/vue.esm-browser.prod.js"), None)


if not vue():
    pytest.skip("needs a Vue 3 build, as in PyPI's nicegui", allow_module_level=True)


@pytest.fixture
def example():
    """Opens an example; gives the page and the stage directions to its server."""
    complaints = []
    with dashboard_stage.fake_server() as server, dashboard_stage.browser() as chromium:
        page = chromium.new_page()
        page.route("https://unpkg.com/**", lambda route: route.fulfill(path=vue(), content_type="text/javascript", headers={"access-control-allow-origin": "*"}))
        page.on("console", lambda message: message.type == "error" and "favicon" not in message.location["url"] and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def tell(verb):
            request = urllib.request.Request(f"{server}/control/{verb}", data=b"", method="POST")
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)

        def open_page(name):
            page.goto(f"{server}/pages/{name}.html")
            return page, tell

        yield open_page
    assert complaints == []


def test_the_admin_widget_ranks_versions_and_routes(example):
    page, tell = example("admin-widget")
    page.wait_for_selector("text=61 open tabs")
    assert page.locator("ol").first.inner_text().split("\n") == ["1.4.2", "46 (75 %)", "1.4.1", "12 (20 %)", "<b>1.4.0</b>", "3 (5 %)"]
    assert page.locator("ol").nth(1).locator("li").count() == 5
    tell("deny")
    page.wait_for_selector("text=You may not see the statistics")


def test_the_safety_check_believes_only_a_zero_that_lasts(example):
    page, tell = example("deployment-check")
    page.wait_for_selector("text=No. 15 of 61 tabs are on an old version.")
    page.clock.install()
    tell("leave")
    page.wait_for_selector("text=Not yet. Everybody is on 1.4.2")
    page.clock.run_for(31000)
    page.wait_for_selector("text=Yes. Every tab is on 1.4.2")
    tell("release?version=1.5.0")
    page.wait_for_selector("text=No. 46 of 46 tabs are on an old version.")


def test_the_live_figures_add_up(example):
    page, tell = example("live-figures")
    page.wait_for_selector("h1:has-text('Rollout of 1.4.2')")
    page.wait_for_selector("dd:has-text('46')")
    assert page.locator("dd").all_inner_texts() == ["46", "15", "75 %"]
    tell("leave")
    page.wait_for_selector("dd:has-text('100 %')")
