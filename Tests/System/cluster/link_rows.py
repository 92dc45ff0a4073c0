"""Rows about the ways to Redis: a Unix socket, TLS, a password, one that is far away, and what `skewwatch check --deep` says of each."""

import asyncio
import pathlib
import subprocess
import time

from rig import Node
from rows import SLACK, watch_canary
from wires import Redis, free_port

PASSWORD = "a-password-of-the-rig"


async def through(cluster, url, *arguments, tabs=20):
    """Two nodes by this way: after how long both show a change, and for how long a ping takes."""
    nodes = [Node(cluster, f"n{number + 1}", *arguments, url=url) for number in range(2)]
    cluster.nodes += nodes
    await asyncio.gather(*(node.start() for node in nodes))
    await cluster.populate(tabs)
    whole = await cluster.whole(nodes, 3 + SLACK)
    times = []
    for node in nodes * 3:
        await cluster.populate(1, [node])
        times.append(await cluster.whole(nodes, 2 + SLACK))
    return f"whole {whole}, each change seen by both after at most {max(time or 9 for time in times)}"


async def check(cluster, url, *arguments):
    """What `skewwatch check --deep` says: its exit status, and what it says of Redis."""
    process = await asyncio.create_subprocess_exec(
        cluster.binary, "check", "--deep", "--port", str(free_port()), "--redis-url", url, "--cluster-secret", PASSWORD * 2, *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    text = (await asyncio.wait_for(process.communicate(), 20))[0].decode()
    return process.returncode, " ".join(text.split())


async def expect(cluster, is_well, url, *arguments):
    status, line = await check(cluster, url, *arguments)
    if (status == 0) != is_well:
        cluster.fault(f"check --deep ended with {status} for {url}: {line}")
    return f"check --deep: {status} {line[-150:]!r}"


async def row_unix(cluster):
    """Redis by a Unix socket"""
    cluster.redis = Redis()
    path = f"{cluster.redis.folder}/socket"
    cluster.redis.arguments = ("--unixsocket", path)
    await cluster.redis.start()
    seen = await through(cluster, f"unix://{path}?db=1")
    said = [await expect(cluster, True, f"unix://{path}?db=1"), await expect(cluster, False, f"unix://{path}-not")]
    return f"{seen}; {'; '.join(said)}"


def authority(folder, name):
    """A certificate authority, and a certificate by it for 127.0.0.1: the paths of the first one's certificate, of the second one's, and its key."""
    ca, key, request, certificate = (str(folder / f"{name}.{kind}") for kind in ("ca", "key", "csr", "crt"))
    extension = folder / "extension"
    extension.write_text("subjectAltName=IP:127.0.0.1\n")

    def run(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{ca}.key", "-out", ca, "-days", "2", "-subj", f"/CN={name}")
    run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=redis")
    run("x509", "-req", "-in", request, "-CA", ca, "-CAkey", f"{ca}.key", "-CAcreateserial", "-out", certificate, "-days", "2", "-extfile", str(extension))
    return ca, certificate, key


async def row_tls(cluster):
    """Redis by TLS, with a user and a password, and one whose certificate nobody vouches for"""
    cluster.redis, port = Redis(), free_port()
    ca, certificate, key = authority(pathlib.Path(cluster.redis.folder), "right")
    wrong, *_ = authority(pathlib.Path(cluster.redis.folder), "wrong")
    cluster.redis.arguments = ("--tls-port", str(port), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", ca, "--tls-auth-clients", "no")
    await cluster.redis.start()
    # The line of the documentation, word for word.
    rights = "on >PASSWORD resetkeys resetchannels &{skewwatch:* -@all +publish +subscribe +unsubscribe +ping +auth +role".replace("PASSWORD", PASSWORD)
    cluster.redis.command("ACL", "SETUSER", "skewwatch", *rights.split())
    url = f"rediss://skewwatch:{PASSWORD}@127.0.0.1:{port}"
    seen = await through(cluster, url, "--redis-ca", ca)
    stranger = await cluster.add("stranger", "--redis-ca", wrong, is_ready=False, url=url)
    refused = await cluster.until(lambda: bool(stranger.lines("There is no connection")), 5, "the line about the certificate")
    await cluster.until(lambda: bool(stranger.seen) and "link" in stranger.seen["partial"], 4, "the label of the stranger")
    said = [
        await expect(cluster, True, url, "--redis-ca", ca),
        await expect(cluster, False, url, "--redis-ca", wrong),
        await expect(cluster, False, url.replace(PASSWORD, "wrong"), "--redis-ca", ca),
    ]
    return f"{seen}; with the wrong authority refused after {refused} and labelled; {'; '.join(said)}"


async def row_slow(cluster):
    """a Redis that is far away: 150 ms there and 150 ms back"""
    one, two, x = await cluster.start(3, wires=True)
    for wire in cluster.wires:
        wire.delay = 0.15
    since = time.monotonic()
    canary = asyncio.create_task(watch_canary(cluster, x, 8))
    await cluster.populate(60)
    times = [await cluster.whole(cluster.nodes, 3 + SLACK)]
    for node in (one, two, x):
        await cluster.populate(3, [node])
        times.append(await cluster.whole(cluster.nodes, 1 + SLACK))
    await asyncio.sleep(max(0, since + 8 - time.monotonic()))
    labels = [seen["partial"] for node in cluster.nodes for moment, seen in node.samples if moment >= since and seen["partial"]]
    if labels:
        cluster.fault(f"labelled {labels[0]}")
    echo = await x.metric("cluster_echo_seconds")
    return f"changes seen by all after {times}, never labelled, echo {echo:.2f} s; {await canary}"


async def row_check(cluster):
    """`check --deep` of a Redis with a password: the right one, a wrong one and none, and of one that is not there"""
    cluster.redis = await Redis("--requirepass", PASSWORD).start()
    port = cluster.redis.port
    return "; ".join(
        [
            await expect(cluster, True, f"redis://:{PASSWORD}@127.0.0.1:{port}"),
            await expect(cluster, False, f"redis://:wrong@127.0.0.1:{port}"),
            await expect(cluster, False, f"redis://127.0.0.1:{port}"),
            await expect(cluster, False, f"redis://127.0.0.1:{free_port()}"),
        ]
    )


LINKS = {"unix": row_unix, "tls": row_tls, "slow": row_slow, "check": row_check}
