"""What Docker/docs/clients.md says of tests and sizes."""

import re
import urllib.request

from conftest import HERE, ROOT

PAGE = (ROOT / "Docker/docs/clients.md").read_text()


def test_every_test_that_the_page_names_is_there():
    rows = re.findall(r"^\| .* \| (.*) \|$", PAGE.split("## What holds this page")[1], flags=re.M)[1:]
    for cell in [part for row in rows for part in row.split(";")]:
        named = re.findall("`([^`]+)`", cell)
        suites = [name for name in named if re.fullmatch(r"\w+Tests", name)]
        assert all(list(ROOT.glob(f"Tests/Swift/**/{name}.swift")) for name in suites), cell
        files = [name for name in named if re.search(r"\.(py|js)$", name)]
        texts = [(HERE / name).read_text() for name in files]
        assert files or suites, cell
        for name in set(named) - set(files) - set(suites):
            assert any(re.search(f"(def test_|test\\(.).*{re.escape(name)}", text) for text in texts), name


def test_the_sizes_are_those_that_are_sent(server):
    sentence = re.search(r"^As sent: (.*)$", PAGE, flags=re.M)[1]
    for name, size in re.findall(r"`(\S+)` ([\d,]+)", sentence):
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}/__skew/{name}", headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert (name, len(answer.read())) == (name, int(size.replace(",", "")))
