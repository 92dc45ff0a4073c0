"""Attacks a real server over real sockets with seeded heads, bodies, tokens and frames.

After each round the server must live, count exactly what this rig holds open, have let in nobody that a strict parser of
`reference.py` refuses, and have kept an innocent bystander's pings short; in the end its memory must be flat.

Usage: python3 Tests/System/fuzz [--seconds 60] [--seed N] [--binary .build/debug/skewwatch] [--tls] [--sanitize]
With `--tls` all of it goes through TLS that ends in the server, broken hellos and half sessions too. `--sanitize` builds and attacks a server with AddressSanitizer. A failure prints the seed and the bytes; the same seed repeats it.
"""

import argparse
import contextlib
import pathlib
import random
import socket
import struct
import subprocess
import sys
import time

import inputs
import reference
from rig import Bystander, Server, Tab

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Fault(Exception):
    pass


def attack_head(server, dice):
    data = inputs.damage(dice.choice(inputs.GOOD_HEADS), dice)
    try:
        head, why = reference.Head(data), ""
    except reference.Wrong as wrong:
        head, why = None, str(wrong)
    # What has no end, or lacks a part of its body, is waited for by the server: not by us.
    is_whole = b"\r\n\r\n" in data and (head is None or head.is_handshake or len(head.rest) >= head.length)
    status, _ = server.ask(data, 2 if is_whole else 0.02)
    if status // 100 == 2 and head is None:
        raise Fault(f"{status} for {data!r}: {why}")
    if status == 101 and not (head and reference.may_upgrade(head)):
        raise Fault(f"101 for {data!r}: {why or 'no handshake'}")
    if status // 100 == 5 and status not in (501, 503, 505):
        raise Fault(f"{status} for {data!r}")


def attack_body(server, dice):
    path, body = dice.choice(["/route", "/subscribe-stats"]), inputs.body(dice)
    data = inputs.post("/__skew" + path, body)
    status, _ = server.ask(data, 2)
    if status == 200 and not reference.is_ok_post(reference.Head(data), body):
        raise Fault(f"200 for the body {body!r}")
    if status not in (200, 400, 413, 429):
        raise Fault(f"{status} for the body {body!r}")


def attack_token(server, dice):
    token = inputs.token(dice)
    scheme = dice.choice(["Bearer ", "bearer ", "", "Basic "])
    line = b"Authorization: " + (scheme + token).encode()
    path = dice.choice(["/admin/stats", "/admin/history", "/admin/release"])
    if path == "/admin/release":
        data = inputs.post("/__skew" + path, b'{"version":"fuzz"}', line)
        is_right = False  # the token reads, and never writes
    else:
        data, is_right = inputs.request("GET", "/__skew" + path, line), token == inputs.TOKEN and scheme != "Basic "
    status, _ = server.ask(data, 2)
    if status // 100 == 2 and status != 204 and not is_right:
        raise Fault(f"{status} at {path} for {line!r}")


def attack_frames(server, dice):
    frames = inputs.frames(dice)
    data = b"".join(inputs.encode(frame, dice) for frame in frames)
    tab = Tab(server)
    heard = []
    try:
        cut = dice.randint(0, len(data))
        tab.peer.sendall(data[:cut])
        tab.peer.sendall(data[cut:] + inputs.encode((1, True, 0, b'{"type":"ping","last":1}', True), dice))
        must_end = reference.breaks_protocol(frames) or not reference.ends_whole(frames)
        asked = sum(b"ping" in payload and opcode == 1 for opcode, _, _, payload, _ in frames)
        pongs, closed = 0, False
        while not closed and (must_end or pongs < 1 + asked):
            opcode, payload = tab.frame()
            heard.append(payload)
            closed = opcode == 8
            pongs += payload == b'{"type":"pong"}'
            if must_end and pongs > 1 + asked:
                raise Fault(f"it went on after {frames!r}")
            if not must_end and pongs >= 1:
                break
        if closed and not must_end:
            raise Fault(f"closed with {payload!r} for {frames!r}")
    except TimeoutError:
        raise Fault(f"neither an answer nor an end for {frames!r}") from None
    except (ConnectionError, OSError):
        if not reference.breaks_protocol(frames) and reference.ends_whole(frames):
            raise Fault(f"hung up on {frames!r}") from None
    finally:
        tab.close()
    shown = inputs.TOKEN.encode() in data or any(inputs.TOKEN.encode() in payload for _, _, _, payload, _ in frames)
    if any(b'"type":"stats"' in payload for payload in heard) and not shown:
        raise Fault(f"statistics without the token for {frames!r}")


def attack_tls(server, dice):
    """What is no TLS, or stops in the middle of it: nothing of it may be answered as a request."""
    hello = inputs.hello(server.tls.client)
    data = dice.choice([
        hello[: dice.randint(0, len(hello))], inputs.damage(hello, dice), bytes([0x16]) + dice.randbytes(dice.randint(0, 600)),
        hello + inputs.request("GET", "/__skew/admin/stats"),
    ])
    with socket.create_connection(("127.0.0.1", server.port), 2) as peer, contextlib.suppress(OSError):
        peer.sendall(data)
        peer.settimeout(0.05)
        if peer.recv(65536).startswith(b"HTTP/1.1 2"):
            raise Fault(f"answered {data!r}")


def attack_session(server, dice):
    """Leaves a session in the middle of a request, of its answer, or of an open tab."""
    with contextlib.suppress(OSError):
        peer = server.connect(2)
        data = dice.choice([inputs.handshake("?v=gone"), inputs.request("GET", "/__skew/client.js"), inputs.post("/__skew/route", b"{}")])
        peer.sendall(data[: dice.randint(1, len(data))])
        if dice.random() < 0.5:
            peer.settimeout(0.02)
            peer.recv(dice.randint(1, 4000))
        if dice.random() < 0.5:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()


ATTACKS = [(attack_head, 400), (attack_body, 60), (attack_token, 40), (attack_frames, 100)]
TLS_ATTACKS = [(attack_tls, 100), (attack_session, 100)]


def settle(server, held):
    """The count must become exact, and soon."""
    deadline = time.monotonic() + 10
    while (total := server.total()) != held:
        if not server.is_alive():
            raise Fault("the server is gone")
        if time.monotonic() > deadline:
            raise Fault(f"it counts {total} where {held} are open")
        time.sleep(0.05)


def run(server, seconds, seed, longest):
    bystander, held = Bystander(server), [Tab(server) for _ in range(20)]
    began, rounds, done, first = time.monotonic(), 0, 0, None
    try:
        while time.monotonic() - began < seconds or rounds < 2:
            dice = random.Random(f"{seed}.{rounds}")
            for attack, times in ATTACKS + (TLS_ATTACKS if server.tls else []):
                for _ in range(times):
                    with contextlib.suppress(ConnectionRefusedError):
                        attack(server, dice)
                    done += 1
            settle(server, len(held) + 1)
            if bystander.fault or bystander.longest > longest:
                raise Fault(f"the bystander noticed: {bystander.fault or f'{bystander.longest:.1f} s for a pong'}")
            rounds += 1
            first = first or server.resident()
        if (grown := server.resident() - first) > 10 + first / 2:
            raise Fault(f"memory grew by {grown:.0f} MB from {first:.0f}")
    except Fault as fault:
        raise Fault(f"round {rounds}: {fault}") from None
    finally:
        bystander.end()
        for tab in held:
            tab.close()
    return f"{done} inputs in {rounds} rounds; a pong took {bystander.longest:.2f} s at most; {grown:+.1f} MB from {first:.0f}"


def main():
    parser = argparse.ArgumentParser(description="Attacks a server with seeded inputs.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--binary", default=str(ROOT / ".build/debug/skewwatch"))
    parser.add_argument("--longest", type=float, default=2, help="seconds that a bystander's pong may take")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--sanitize", action="store_true")
    arguments = parser.parse_args()
    if arguments.sanitize:
        build = ["swift", "build", "--package-path", ROOT, "--scratch-path", ROOT / ".build-asan", "--sanitize=address"]
        subprocess.run([*build, "--product", "skewwatch"], check=True, stdin=subprocess.DEVNULL)
        arguments.binary = ROOT / ".build-asan/debug/skewwatch"
    print(f"Seed {arguments.seed}, {arguments.seconds:.0f} s against {arguments.binary}", flush=True)
    server = Server(arguments.binary, arguments.tls)
    try:
        said = run(server, arguments.seconds, arguments.seed, arguments.longest)
        status = server.end()
        if status != 0:
            raise Fault(f"the server ended with {status}")
    except (Fault, AssertionError) as fault:
        server.process.kill()
        sys.exit(f"{server.text()[-3000:]}\nFAILED with --seed {arguments.seed}: {fault}")
    print(f"The fuzz found nothing: {said}.")


main()
