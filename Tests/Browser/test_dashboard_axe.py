"""The dashboard under axe-core: WCAG 2.0 to 2.2, A and AA, and its best practices."""

import importlib.util
from pathlib import Path

import browser
import dashboard_stage
import pytest
from test_dashboard import until

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCENES = ["stalled", "nobody", "not-announced", "finished", "dropped", "alone", "no-release", "counts-only", "hostile", "many-versions", "cluster"]


def axe():
    """axe-core, out of PyPI's axe-playwright-python."""
    spec = importlib.util.find_spec("axe_playwright_python")
    found = list(Path(spec.origin).parent.glob("**/axe.min.js")) if spec else []
    assert found, "no axe.min.js: pip install --no-deps axe-playwright-python"
    return found[0].read_text()


@pytest.fixture(scope="module")
def server():
    with dashboard_stage.fake_server() as server:
        yield server


@pytest.fixture
def page(chromium, console, server):
    """Opens a scene; what axe finds there."""
    contexts = []

    def show(scene, scheme, width, view="live"):
        # The page's own policy lets nothing be put into it, axe neither.
        context = browser.new_context(chromium, bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        console.watch(page)
        page.goto(f"{server}/{scene}/__skew/dashboard")
        page.wait_for_selector(f"body[data-view={view}]")
        page.evaluate(axe())
        return page

    yield show
    for context in contexts:
        context.close()


def faults(page):
    found = page.evaluate("async (rules) => (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations", RULES)
    return [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found]


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(page, scene, scheme, width):
    shown = page(scene, scheme, width)
    until(shown, "document.getElementById('state-word').textContent !== ''")
    assert faults(shown) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(page, scheme):
    shown = page("stalled", scheme, 1280)
    until(shown, "document.getElementById('state-word').textContent === 'Stalled'")
    shown.click(".grid tbody tr[role=row]")
    assert shown.is_visible(".detail") and faults(shown) == []
    for key, dialog in (("a", "#announce"), ("?", "#keys")):
        shown.keyboard.press(key)
        shown.wait_for_selector(dialog)
        assert faults(shown) == []
        shown.keyboard.press("Escape")
        shown.wait_for_selector(dialog, state="hidden")
    shown.keyboard.press("w")
    until(shown, "document.body.classList.contains('wall')")
    assert faults(shown) == []


def test_axe_finds_nothing_before_one_has_signed_in(page):
    assert faults(page("rollout", "dark", 360, "signin")) == []
