"""The dashboard on the real server: the one that is built or that `SKEWWATCH` names, or a running one with `SKEWWATCH_URL` for its base."""

import asyncio
import json
import os
import random
import re
import subprocess
import urllib.error
import urllib.request

import pytest

import conftest
import dashboard_stage

dashboard_stage.need_browser()
TOKEN = os.environ.get("SKEWWATCH_STATS_TOKEN", "a-token-for-the-tests")
VERSIONS = ["1.4.2"] * 6 + ["1.4.1"] * 3 + ["__proto__", "<img src=x onerror=alert(1)>"]


@pytest.fixture(scope="module")
def base():
    if url := os.environ.get("SKEWWATCH_URL"):
        yield url.rstrip("/")
        return
    command = conftest.server_command()
    if "standin" in command[-1]:
        pytest.skip("needs a built skewwatch, or one that SKEWWATCH or SKEWWATCH_URL names")
    server = subprocess.Popen(
        [*command, "serve", "--host", "127.0.0.1", "--port", "0", "--internal-port", "-1", "--release", "1.4.2",
         "--stats-token", TOKEN, "--route-tracking", "true", "--log-format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        found = next((m for line in server.stdout if (m := re.search(r"http://[\d.]+:\d+/\w+", line))), None)
        assert found, "the server did not say where it listens"
        try:
            urllib.request.urlopen(f"{found[0]}/dashboard", timeout=10).close()
        except urllib.error.HTTPError as answer:
            pytest.skip(f"this build does not serve the dashboard ({answer.code})")
        yield found[0]
    finally:
        server.terminate()
        server.wait(40)


class Crowd:
    """Tabs that come, move and leave."""

    def __init__(self, base, session):
        self.base, self.session, self.dice, self.tabs = base, session, random.Random(3), []

    async def tab(self, **query):
        from yarl import URL

        tab = await self.session.ws_connect(URL(f"{self.base}/ws").with_query(query), max_msg_size=0)
        self.tabs.append(tab)
        return tab

    async def come(self, n):
        for _ in range(n):
            await self.tab(v=self.dice.choice(VERSIONS), route=self.dice.choice(["/", "/cart", "constructor"]))

    async def churn(self, steps):
        for step in range(steps):
            await self.tabs.pop(self.dice.randrange(len(self.tabs))).close()
            await self.come(1)
            await self.dice.choice(self.tabs).send_str(json.dumps({"type": "route-update", "route": f"/moved/{step % 5}"}))
            await asyncio.sleep(0.03)

    async def truth(self):
        """What the server tells a tab that asks now, that tab included."""
        watcher = await self.tab(v="1.4.2")
        await watcher.send_str(json.dumps({"type": "subscribe-stats", "token": TOKEN, "mode": "summary"}))
        while (message := json.loads((await watcher.receive()).data))["type"] != "stats":
            pass
        return [message["total"], message["total"], sorted(map(list, message["versions"].items()))]

    async def leave(self):
        for tab in self.tabs:
            await tab.close()


SHOWN = """() => {
    const count = text => Number(text.replace(/\\D/g, ''))
    const versions = [...document.querySelectorAll('#versions tbody tr')].map(r => [r.querySelector('.foreign').textContent, count(r.cells[1].textContent)])
    return [count(document.getElementById('total').textContent), Number(document.querySelector('.grid').getAttribute('aria-rowcount')) - 1, versions]
}"""


def test_the_page_shows_what_the_server_counts(base):
    """Deltas over a churn against a summary taken at the end, hostile versions among them."""
    import aiohttp
    from playwright.async_api import async_playwright

    async def run():
        complaints = []
        async with async_playwright() as driver, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            chromium = await driver.chromium.launch(executable_path=str(dashboard_stage.CHROMIUM), args=["--no-sandbox"])
            page = await chromium.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: message.type == "error" and "admin/history" not in message.location["url"] and complaints.append(message.text))
            crowd = Crowd(base, session)
            await crowd.come(300)
            await page.goto(f"{base}/dashboard")
            await page.fill("#token", TOKEN)
            await page.press("#token", "Enter")
            await page.wait_for_selector("body[data-view=live]")
            await crowd.churn(40)
            truth = await crowd.truth()
            for _ in range(100):
                total, rows, versions = await page.evaluate(SHOWN)
                if (shown := [total, rows, sorted(versions)]) == truth:
                    break
                await page.wait_for_timeout(50)
            assert shown == truth
            await crowd.leave()
            await chromium.close()
        assert complaints == []

    asyncio.run(run())
