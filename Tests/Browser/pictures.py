#!/usr/bin/env python3
"""Makes the pictures of the docs anew, from the page as it is in this tree. Run by hand, and look at each.

Usage: .build-venv/bin/python Tests/Browser/pictures.py

Needs what the browser tests need, and Pillow (`.build-venv/bin/pip install pillow`), which gives each picture a palette.
"""

import io
import pathlib

import browser
import dashboard_stage
from PIL import Image

DOCS = pathlib.Path(__file__).resolve().parents[2] / "Docker/docs"
STATES = ["not-announced", "rolling-out", "stalled", "dropped"]


def save(name, *pictures):
    """Writes pictures as one, each below the one before."""
    parts = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    whole = Image.new("RGB", (parts[0].width, sum(part.height for part in parts) + 8 * (len(parts) - 1)), "white")
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height + 8
    whole.quantize(255, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(DOCS / name, optimize=True)
    print(f"{name}: {(DOCS / name).stat().st_size} bytes")


def main():
    with dashboard_stage.fake_server() as server, browser.chromium() as chromium:

        def show(scene, width, height, more="", scheme="light"):
            size = {"width": width, "height": height}
            page = browser.new_context(chromium, reduced_motion="reduce", timezone_id="UTC", color_scheme=scheme, viewport=size).new_page()
            page.goto(f"{server}/{scene}/__skew/dashboard{more}")
            page.wait_for_selector(".chart-flags text", state="attached")  # the record is there
            page.evaluate("document.getElementById('site').textContent = 'app.example.com'")
            return page

        def panel(scene):
            page = show(scene, 900, 900)
            page.evaluate("document.querySelector('.acts').hidden = true")
            return page.locator("#rollout").screenshot()

        # As tall as the chart is, with some rows below it.
        save("dashboard.png", show("stalled", 1200, 900).screenshot())
        save("states.png", *map(panel, STATES))
        save("wall.png", show("stalled", 1280, 720, "#view=wall", "dark").screenshot())


if __name__ == "__main__":
    main()
