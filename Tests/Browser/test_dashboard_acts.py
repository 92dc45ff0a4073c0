"""Every act is in the page's list of what happened, with who: on the real server."""

import re

from conftest import TOKEN, wait_until
from test_dashboard import text, until
from test_dashboard_real import KeptServer, administer, crowd, leave

LISTED = "[...document.querySelectorAll('#happened li span')].map((one) => one.textContent)"


def send(page, server, button, rate="0", keeps=False, **fields):
    page.click(button)
    for field, value in fields.items():
        page.fill(f"#announce-{field}", value)
    page.select_option("#announce-rate", rate)
    if keeps:
        page.uncheck("#announce-set")
    page.fill("#admin-token", server.admin_token)
    page.click("#announce-go")
    page.wait_for_selector("#announce", state="hidden")


def test_every_act_is_in_the_list_with_who_and_telling_again_is_no_rollback(dashboard, server):
    administer(server, "POST", "/release", {"version": "build-41"})
    tabs = crowd(server, 9, "build-41")
    page = dashboard()
    until(page, "document.getElementById('state-word').textContent === 'Done'")

    send(page, server, "#act-announce", version="build-42")
    until(page, "document.getElementById('happened').textContent.includes('build-42 announced by admin-token, 9 told')")
    announced = page.evaluate("document.querySelector('#happened time').dateTime")
    send(page, server, "#act-again")
    until(page, "document.getElementById('happened').textContent.includes('build-42 announced again by admin-token, 9 told')")
    for _ in range(2):
        until(page, "document.getElementById('state-word').textContent === 'Rolling out'")
        assert text(page, "#route-line").startswith("build-41 → build-42, announced") and page.locator(".chart-flags line").count() == 3  # r1, build-41, build-42
        assert announced in page.eval_on_selector_all("#happened time", "all => all.map((one) => one.dateTime)")
        page.reload()
        page.wait_for_selector("body[data-view=live]")
        until(page, "document.getElementById('happened').textContent.includes('again')")
    assert administer(server, "GET", "/rollout")["state"] == "rolling-out"
    leave(tabs)


def test_what_is_stopped_on_the_page_is_in_its_list_also_after_a_reload_and_a_restart(dashboard, server, tmp_path):
    server.kill()
    kept = KeptServer(server, tmp_path)
    kept.start()
    administer(server, "POST", "/release", {"version": "build-41"})
    tabs = crowd(server, 40, "build-41", "/shop/1") + crowd(server, 2, "build-41", "/help")
    page = dashboard()
    other = page.context.new_page()
    other.goto(f"http://127.0.0.1:{server.port}/__skew/dashboard#token={TOKEN}")
    other.wait_for_selector("body[data-view=live]")
    # A release is what another viewer hears of.
    send(page, server, "#act-announce", rate="10", version="build-42", routes="/shop/*")
    until(page, "document.querySelector('#running button')")
    until(other, "/told, 10 a second/.test(document.getElementById('running').textContent)")
    (running,) = [entry for entry in administer(server, "GET", "/release")["announcements"] if entry["state"] == "running"]
    administer(server, "PATCH", f"/release/{running['id']}", {"rate": 5})
    page.click("#running button")
    stopped = "/^build-42 stopped by admin-token, \\d+ of 40 told$/"
    for viewer in (page, other):
        until(viewer, f"{LISTED}.some((one) => {stopped}.test(one))")
    send(page, server, "#act-announce", keeps=True, version="build-43")
    until(page, f"{LISTED}.includes('build-43 announced by admin-token, release kept, 42 told')")

    def newest():
        listed = page.evaluate(LISTED)
        return [one for one in listed if one.startswith("build-4")]

    wanted = newest()
    assert len(wanted) == 5 and wanted[0].startswith("build-43 announced")
    told = re.fullmatch(r"build-42 stopped by admin-token, (\d+) of 40 told", wanted[1])[1]
    assert re.fullmatch(r"build-42 set to 5 a second by admin-token, \d+ told", wanted[2])
    assert wanted[3] == f"build-42 announced to the tabs on /shop/* by admin-token, {told} told" and wanted[4].startswith("build-41 announced")
    page.reload()
    page.wait_for_selector("body[data-view=live]")
    wait_until(lambda: newest() == wanted)
    kept.stop()
    kept.start()
    page.reload()
    page.wait_for_selector("body[data-view=live]")
    wait_until(lambda: newest() == wanted)
    assert text(page, "#happened").count("stopped by admin-token") == 1
    leave(tabs)
