"""The example pages, with a real Vue: the one inside PyPI's `nicegui`, put in the place of the CDN's."""

import browser
import dashboard_stage
import pytest
from conftest import vue_build


# The examples name no icon, and the fake server has none.
pytestmark = pytest.mark.console("favicon.ico")


@pytest.fixture
def example(chromium, console):
    """Opens an example; gives the page and the stage directions to its server."""
    context = browser.new_context(chromium)
    page = context.new_page()
    console.watch(page)
    allowed = {"access-control-allow-origin": "*"}
    page.route("https://unpkg.com/**", lambda route: route.fulfill(path=vue_build(), content_type="text/javascript", headers=allowed))
    with dashboard_stage.fake_server() as server:

        def open_page(name):
            page.goto(f"{server}/pages/{name}.html")
            return page, lambda verb: dashboard_stage.tell(server, verb)

        yield open_page
        context.close()


def test_the_admin_widget_ranks_versions_and_routes(example):
    page, tell = example("admin-widget")
    page.wait_for_selector("text=60 open tabs")
    assert page.locator("ol").first.inner_text().split("\n") == ["1.4.2", "45 (75 %)", "1.4.1", "12 (20 %)", "<b>1.4.0</b>", "3 (5 %)"]
    assert page.locator("ol").nth(1).locator("li").count() == 5
    tell("deny")
    page.wait_for_selector("text=You may not see the statistics")


def test_the_safety_check_believes_only_a_zero_that_lasts(example):
    page, tell = example("deployment-check")
    page.wait_for_selector("text=No. 15 of 60 tabs are on an old version.")
    page.clock.install()
    tell("leave")
    page.wait_for_selector("text=Not yet. Everybody is on 1.4.2")
    page.clock.run_for(31000)
    page.wait_for_selector("text=Yes. Every tab is on 1.4.2")
    tell("release?version=1.5.0")
    page.wait_for_selector("text=No. 45 of 45 tabs are on an old version.")


def test_the_live_figures_add_up(example):
    page, tell = example("live-figures")
    page.wait_for_selector("h1:has-text('Rollout of 1.4.2')")
    page.wait_for_selector("dd:has-text('45')")
    assert page.locator("dd").all_inner_texts() == ["45", "15", "75 %"]
    tell("leave")
    page.wait_for_selector("dd:has-text('100 %')")
