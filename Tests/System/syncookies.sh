#!/usr/bin/env bash
# What becomes of the deferral of connections (TCP_DEFER_ACCEPT) when the kernel answers with SYN cookies, as it does when its queue is full:
# then a connection reaches the server before its request, and must be served, counted and ended all the same. A network namespace of its
# own has the cookies always on. Only root may make one.
# Usage: Tests/System/syncookies.sh; SKEWWATCH names another binary than the debug build's.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[[ $EUID -eq 0 ]] || cannot "only root may make network namespaces."
need ip python3
binary debug
name=skwc$$
ip netns add "$name" 2>/dev/null || cannot "this machine allows no network namespaces."
cleanup_more() { ip netns delete "$name" 2>/dev/null || true; }
ip -n "$name" link set lo up
ip netns exec "$name" sysctl -qw net.ipv4.tcp_syncookies=2 || cannot "a network namespace has no setting for SYN cookies here."

cat >"$scratch/clients.py" <<'PY'
"""clients.py PORT INTERNAL silent|handshakes|cookies: what was seen, as one word or number."""
import socket, sys, time, urllib.request
port, internal, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
HEAD = (f"GET /__skew/ws?v=a HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()

def connect():
    return socket.create_connection(("127.0.0.1", port), 10)

def pending():
    metrics = urllib.request.urlopen(f"http://127.0.0.1:{internal}/metrics", timeout=10).read().decode()
    return sum(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("skewwatch_handshakes_pending"))

if what == "silent":
    peer, began = connect(), time.monotonic()
    seen = 0
    while not seen and time.monotonic() - began < 1:
        seen = pending()
    peer.settimeout(10)
    ended = peer.recv(1) == b""
    print(f"{seen:.0f}", "ended" if ended else "open", "in time" if 1.5 < time.monotonic() - began < 4 else "late")
elif what == "handshakes":
    peers = [connect() for _ in range(300)]
    right = 0
    for peer in peers:
        peer.sendall(HEAD)
    for peer in peers:
        heard = b""
        while b'"connected"' not in heard:
            more = peer.recv(4096)
            if not more:
                break
            heard += more
        right += heard.startswith(b"HTTP/1.1 101") and b'"connected"' in heard
    print(right)
elif what == "cookies":
    names, values = [line.split() for line in open("/proc/net/netstat") if line.startswith("TcpExt:")]
    print(dict(zip(names, values))["SyncookiesRecv"])
PY
# Everything in the namespace, in one process group of this script.
ip netns exec "$name" "$SKEWWATCH" serve --host 127.0.0.1 --port 18080 --internal-host 127.0.0.1 --internal-port 19090 --drain-timeout 0s \
    --handshake-timeout 2s --log-format text >/dev/null 2>"$scratch/log" &
pids+=($!)
inside() { ip netns exec "$name" python3 "$scratch/clients.py" 18080 19090 "$1"; }
within 10 grep -q "Probes and metrics" "$scratch/log" || { cat "$scratch/log" >&2; exit 1; }

check "who says nothing reaches the server, and is ended" "$(inside silent)" "1 ended in time"
check "three hundred handshakes, each behind its connection" "$(inside handshakes)" 300
cookies=$(inside cookies)
check "the kernel did send cookies" "$((cookies > 300))" 1
ip netns exec "$name" sysctl -qw net.ipv4.tcp_syncookies=0
check "without them who says nothing waits in the kernel" "$(inside silent)" "0 *"
check "and handshakes are the same" "$(inside handshakes)" 300
((faults == 0)) || cat "$scratch/log" >&2
finish "With SYN cookies connections are served, counted and ended as without."
