"""Runs the commands of Markdown pages and compares what they print with what the pages say.

The word after the language of a fence says what becomes of its block:

    ```sh serve             starts a server; the line is `Docker/run.sh [demo] SETTINGS`. It ends with the page or the next such block.
    ```sh run               must end with exit code 0.
    ```sh run in=NAME       goes on in a terminal of that name.
    ```text types in=NAME   is typed there, line by line.
    ```text sees            is what the last command printed; with in=NAME, what that terminal prints next.
    ```sh by=FILE           is run by another script of the repository, which must be there.
    <!-- ends NAME -->      ends what runs in a terminal.

Lines of `sees` must come in their order; others may lie between, and `…` stands for anything. A fence of sh without such a word is a
fault: every command is run by something. Ports 8080 and 9090 of 127.0.0.1 become free ones, `.build/release/` the folder of --bin, and
`Tests/Load/.build/release/` that of --load-bin; "$OLD" is the process of the server.
`/tmp/skewwatch` becomes a folder of this run. Links to files and headings must have a target, and files named in code must exist. The
list of what runs the commands of which page, in Docker/docs/development.md, must be what --list prints.
"""

import argparse
import contextlib
import os
import pathlib
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Seconds; a machine may be busy with other things.
PATIENCE = 60


class Fault(Exception):
    pass


def free_port():
    """One that nobody listens on, and that the kernel gives to no connection and no listener before it is taken: those are from 32768 on."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def steps(page):
    """Yields (line number, words of the fence, lines of the block) and the ends of terminals."""
    fence, block, start = None, [], 0
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            if fence is None:
                fence, block, start = line[3:].split(), [], number
            else:
                yield start, fence, block
                fence = None
        elif fence is not None:
            block.append(line)
        elif match := re.fullmatch(r"<!-- ends (\w+) -->", line):
            yield number, ["ends", match[1]], []


class Terminal:
    """A command that goes on, what it printed, and how much of that was looked at."""

    def __init__(self, command, **options):
        self.text, self.seen = "", 0
        self.process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, bufsize=1, start_new_session=True, **options)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.text += line

    def type(self, lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(PATIENCE)


class Server:
    def __init__(self, binary, arguments):
        self.port, self.internal = free_port(), free_port()
        command = [] if arguments and not arguments[0].startswith("-") else ["serve"]
        self.process = subprocess.Popen(
            [binary, *command, *arguments, "--port", str(self.port), "--internal-port", str(self.internal), "--drain-timeout", "0s"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.internal}/ready", timeout=1)
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.process.kill()
                    raise Fault(f"the server did not start: {self.process.stderr.read()}") from None
                time.sleep(0.02)
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def end(self):
        self.process.terminate()
        if self.process.wait(PATIENCE) != 0:
            raise Fault(f"the server ended with {self.process.returncode}")


class Page:
    def __init__(self, page, folder, load_folder, scratch):
        self.page, self.folder, self.load_folder, self.scratch = page, folder, load_folder, scratch
        self.server, self.terminals, self.last, self.count = None, {}, "", 0

    def run(self):
        try:
            for number, words, block in steps(self.page):
                try:
                    self.step(words, block)
                except Fault as fault:
                    raise Fault(f"{self.page.relative_to(ROOT)}:{number}: {fault}") from None
        finally:
            for terminal in self.terminals.values():
                terminal.end()
            if self.server:
                self.server.end()

    def step(self, words, block):
        match words:
            case ["sh", "serve"]:
                self.serve(block)
            case ["sh", "run"]:
                self.foreground(block)
            case ["sh", "run", where]:
                self.background(where.removeprefix("in="), block)
            case ["text", "types", where]:
                self.terminals[where.removeprefix("in=")].type(block)
            case ["text", "sees"]:
                self.compare(block, self.last, "the command printed")
            case ["text", "sees", where]:
                self.watch(self.terminals[where.removeprefix("in=")], block)
            case ["sh", by] if by.startswith("by="):
                if not (ROOT / by.removeprefix("by=")).exists():
                    raise Fault(f"there is no {by.removeprefix('by=')}")
            case ["sh", *_]:
                raise Fault("nothing runs these commands: mark them")
            case ["ends", name]:
                self.terminals.pop(name).end()

    def scratched(self, text):
        return text.replace("/tmp/skewwatch", f"{self.scratch}/skewwatch")

    def real(self, block):
        text = self.scratched("\n".join(block)).replace("Tests/Load/.build/release/", f"{self.load_folder}/")
        text = re.sub(r"(?<!Tests/Load/)\.build/release/", f"{self.folder}/", text)
        if self.server:
            text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}")
            text = text.replace("127.0.0.1:9090", f"127.0.0.1:{self.server.internal}")
            text = text.replace("--port 8080", f"--port {self.server.port}").replace("--internal-port 9090", f"--internal-port {self.server.internal}")
            text = text.replace('"$OLD"', str(self.server.process.pid))
        return text

    def serve(self, block):
        words = shlex.split(self.scratched(" ".join(line.removesuffix("\\") for line in block)))
        if words[:1] != ["Docker/run.sh"]:
            raise Fault("a server is started with Docker/run.sh")
        if self.server:
            self.server.end()
        self.server = Server(self.folder / "skewwatch", words[1:])
        self.count += 1

    def background(self, name, block):
        if name in self.terminals:
            self.terminals.pop(name).end()
        self.terminals[name] = Terminal(self.real(block), cwd=ROOT)
        self.count += 1

    def foreground(self, block):
        command = ["bash", "-euo", "pipefail", "-c", self.real(block)]
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
            check=False)
        self.last = done.stdout
        self.count += 1
        if done.returncode != 0:
            raise Fault(f"exit code {done.returncode}:\n{done.stdout}")

    def watch(self, terminal, block):
        deadline = time.monotonic() + PATIENCE
        while True:
            text = terminal.text[terminal.seen:]
            try:
                terminal.seen += self.compare(block, text, "the terminal showed")
                return
            except Fault:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def compare(self, expected, text, what):
        """Returns where the last of the lines ends."""
        end = 0
        for line in filter(None, expected):
            pattern = ".*".join(re.escape(part) for part in line.split("…"))
            match = re.compile(f"^{pattern}$", re.MULTILINE).search(text, end)
            if not match:
                raise Fault(f"expected\n  {line}\nbut {what}\n{text[end:] or '(nothing)'}")
            end = match.end()
        return end


def anchors(page):
    """What links into the page may name, as GitHub makes it of headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or anchor and anchor not in anchors(file):
            raise Fault(f"{page.relative_to(ROOT)}: the link {target} leads nowhere")


def check_size(page):
    """The first page is one that is read."""
    size = len(page.read_bytes())
    if page == ROOT / "README.md" and size > 9216:
        raise Fault(f"README.md has {size} bytes; 9216 are the most")


def listed(pages):
    """A row for each page: what runs its blocks of commands."""
    rows = []
    for page in pages:
        fences = [words for _, words, _ in steps(page) if words[:1] == ["sh"]]
        runners = {words[1].removeprefix("by=") if words[1].startswith("by=") else "Tests/System/readme.sh" for words in fences}
        link = lambda file, name: f"[{name}]({os.path.relpath(file, ROOT / 'Docker/docs')})"
        named = ", ".join(link(ROOT / runner, runner.removeprefix("Tests/")) for runner in sorted(runners)) or "it has none"
        rows.append(f"| {link(page, page.name)} | {named} |")
    return rows


def check_list(page, pages):
    for row in listed(pages):
        if row not in page.read_text().splitlines():
            raise Fault(f"{page.relative_to(ROOT)} must have this line, as --list prints it:\n{row}")


def check_paths(page):
    """Files that the page names in code are there, in the root or under Sources."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for path in re.findall(r"`([A-Z][\w+./-]*/[\w+.-]+\.(?:swift|sh|py|yaml|md))`", text):
        if not (ROOT / path).exists() and not (ROOT / "Sources" / path).exists():
            raise Fault(f"{page.relative_to(ROOT)}: there is no {path}")


def main():
    parser = argparse.ArgumentParser(description="Runs the commands of Markdown pages.")
    parser.add_argument("--list", action="store_true", help="only says what runs the commands of each page")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / ".build/debug", help="the folder with skewwatch")
    parser.add_argument("--load-bin", type=pathlib.Path, default=ROOT / "Tests/Load/.build/debug", help="the folder with skewwatch-load")
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    all_pages = [ROOT / "README.md", *sorted((ROOT / "Docker/docs").glob("*.md"))]
    if arguments.list:
        print("\n".join(listed(all_pages)))
        return
    try:
        check_list(ROOT / "Docker/docs/development.md", all_pages)
        for path in [page.resolve() for page in arguments.pages] or all_pages:
            check_links(path)
            check_paths(path)
            check_size(path)
            with tempfile.TemporaryDirectory() as scratch:
                page = Page(path, arguments.bin.resolve(), arguments.load_bin.resolve(), scratch)
                page.run()
            print(f"{path.relative_to(ROOT)}: {page.count} commands run.")
    except Fault as fault:
        sys.exit(str(fault))


main()
