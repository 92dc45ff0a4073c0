"""Firefox as Debian has it, over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which it speaks by itself."""

import itertools
import json
import os
import re
import shutil
import subprocess
import time

from websockets.sync.client import connect

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One browser with a profile of its own and one page; what its console complains about is in `complaints`."""

    def __init__(self, profile):
        command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(profile)})
        self.numbers, self.complaints = itertools.count(1), []
        try:
            address = next(filter(None, (re.search(r"BiDi listening on (ws://\S+)", line) for line in self.process.stderr)))[1]
            self.connection = connect(f"{address}/session", max_size=None, open_timeout=60)
            self.socket = self.connection.__enter__()
            self.ask("session.new", capabilities={})
            self.ask("session.subscribe", events=["log.entryAdded"])
            self.page = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        except BaseException:
            self.close()
            raise

    def ask(self, method, **params):
        message = self.answer(method, **params)
        assert message["type"] == "success", message
        return message["result"]

    def answer(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=120))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] in ("error", "warn"):
                self.complaints.append(message["params"]["text"])
            if message.get("id") == number:
                return message

    def fresh(self):
        """A tab of its own for the next test: after two dozen pages in one, Firefox 140 answers nothing more about it."""
        former, self.page = self.page, self.ask("browsingContext.create", type="tab")["context"]
        self.ask("browsingContext.close", context=former)
        self.complaints.clear()

    def open(self, url, width=1280, height=900):
        self.ask("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})
        self.ask("browsingContext.navigate", context=self.page, url=url, wait="complete")

    def back(self):
        self.ask("browsingContext.traverseHistory", context=self.page, delta=-1)

    def set_offline(self, is_offline):
        conditions = {"type": "offline"} if is_offline else None
        answer = self.answer("emulation.setNetworkConditions", networkConditions=conditions, contexts=[self.page])
        if answer.get("error") == "unknown command":
            # Firefox 140 can't be told: the page sees what it would see, and no more.
            online, event = json.dumps(not is_offline), "offline" if is_offline else "online"
            self.evaluate(f"!!Object.defineProperty(navigator, 'onLine', {{ get: () => {online}, configurable: true }}) && dispatchEvent(new Event('{event}'))")
        else:
            assert answer["type"] == "success", answer

    def evaluate(self, expression):
        """The value of an expression, over JSON."""
        wrapped = f"JSON.stringify((() => {expression})() ?? null)"
        answer = self.ask("script.evaluate", expression=wrapped, target={"context": self.page}, awaitPromise=True)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def until(self, truth):
        deadline = time.monotonic() + 60
        while not self.evaluate(truth):
            assert time.monotonic() < deadline, truth
            time.sleep(0.05)

    def keys(self, text):
        actions = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.ask("input.performActions", context=self.page, actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def click(self, selector):
        x, y = self.evaluate(f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] }})()")
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.ask("input.performActions", context=self.page, actions=[{"type": "pointer", "id": "mouse", "actions": moves}])

    def close(self):
        self.process.terminate()
        self.process.wait(60)
