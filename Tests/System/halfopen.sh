#!/usr/bin/env bash
# Tabs whose machine loses power, or its network: no FIN, no RST, just silence. The row of a WebSocket and that of an event stream must
# be gone within ping interval plus pong timeout, and when the network is back and they reconnect there must be one row of each. The tabs live in a network namespace
# of its own behind a pair of virtual interfaces, and iptables drops its packets there. Only root may make those.
# Usage: Tests/System/halfopen.sh; SKEWWATCH names another binary than the debug build's.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[[ $EUID -eq 0 ]] || cannot "only root may make network namespaces."
need ip iptables python3 curl
binary debug
name=skw$$
ip netns add "$name" 2>/dev/null || cannot "this machine allows no network namespaces."
cleanup_more() {
    ip link delete "${name}a" 2>/dev/null || true
    ip netns delete "$name" 2>/dev/null || true
}
# From the block for benchmarks (RFC 2544), so that no real network is hit; the third number differs from run to run.
net=198.18.$((($$ / 64) % 256)) low=$((($$ % 64) * 4))
host=$net.$((low + 1)) client=$net.$((low + 2))
ip link add "${name}a" type veth peer name "${name}b" netns "$name" 2>"$scratch/error" ||
    cannot "this machine allows no virtual interfaces ($(head -1 "$scratch/error"))."
ip address add "$host/30" dev "${name}a"
ip link set "${name}a" up
ip -n "$name" address add "$client/30" dev "${name}b"
ip -n "$name" link set "${name}b" up
ip -n "$name" link set lo up
ip netns exec "$name" iptables -L -n >/dev/null 2>"$scratch/error" ||
    cannot "iptables does not work here ($(head -1 "$scratch/error"))."

export SKEWWATCH_ADMIN_TOKEN=halfopen-$$
start_server "$host" --ping-interval 2s --pong-timeout 1s

# A tab that answers pings, and one on an event stream. When told by a file, they give their connections up without a word and open others.
cat >"$scratch/tab.py" <<'PY'
import os, select, socket, struct, sys
host, port, told = sys.argv[1], int(sys.argv[2]), sys.argv[3]
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
def connect():
    peer = socket.create_connection((host, port), 5)
    peer.sendall((f"GET /__skew/ws?v=tab HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n").encode())
    return peer
def stream():
    peer = socket.create_connection((host, port), 5)
    peer.sendall(f"GET /__skew/sse?v=stream HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    return peer
kept, peer, events, head = [], connect(), stream(), False
while True:
    if os.path.exists(told):
        os.remove(told)
        kept += [peer, events]
        peer, events, head = connect(), stream(), False
    ready = select.select([peer, events], [], [], 0.05)[0]
    if events in ready and not events.recv(65536):
        sys.exit("the server ended the stream")
    if peer not in ready:
        continue
    data = peer.recv(65536)
    if not data:
        sys.exit("the server hung up")
    if not head:
        assert data.startswith(b"HTTP/1.1 101 "), data
        data, head = data.split(b"\r\n\r\n", 1)[1], True
    while len(data) >= 2:
        length, start = data[1] & 127, 2
        if length == 126:
            length, start = struct.unpack(">H", data[2:4])[0], 4
        if data[0] & 15 == 9:
            peer.sendall(bytes([0x8A, 0x80 | length, 0, 0, 0, 0]) + data[start:start + length])
        data = data[start + length:]
PY
ip netns exec "$name" python3 "$scratch/tab.py" "$host" "$port" "$scratch/told" 2>"$scratch/tab.log" &
pids+=($!)

total() {
    curl -fsS --header "Authorization: Bearer $SKEWWATCH_ADMIN_TOKEN" "http://$host:$port/__skew/admin/stats" |
        sed -n 's/.*"total":\([0-9]*\).*/\1/p'
}
# Closings for a reason, over all transports.
closings() { curl -fsS "http://$host:$internal/metrics" | awk -v reason="reason=\"$1\"" '/^skewwatch_connections_closed_total/ && index($0, reason) { sum += $NF } END { print sum + 0 }'; }
metric() { curl -fsS "http://$host:$internal/metrics" | sed -n "s/^skewwatch_$1 //p"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
# Waits until there are so many, for at most so many milliseconds.
await() {
    local end=$(($(milliseconds) + $2))
    while (($(milliseconds) < end)) && [[ $(total) != "$1" ]]; do sleep 0.05; done
}

await 2 5000
check "the tabs are there" "$(total)" 2
sleep 4
check "they answer pings, acknowledge keepalives and stay" "$(total)" 2

ip netns exec "$name" iptables -A INPUT -j DROP
ip netns exec "$name" iptables -A OUTPUT -j DROP
cut=$(milliseconds)
# 2 s to the next ping or keepalive, 1 s for its answer, and what the tick of 100 ms and the question itself take.
await 0 3500
check "cut off, they are gone" "$(total)" 0
echo "      after $(($(milliseconds) - cut)) ms"
check "for want of a pong or an acknowledgement, no FIN" "$(closings pong_timeout)" 2
check "and for nothing else" "$(closings connection_lost)" 0

ip netns exec "$name" iptables -F
touch "$scratch/told"
await 2 10000
check "healed and reconnected, they are two" "$(total)" 2
sleep 3
check "and stay two" "$(total)" 2
check "of two WebSockets in all" "$(metric 'connections_opened_total{transport="websocket"}')" 2
check "and two streams" "$(metric 'connections_opened_total{transport="sse"}')" 2
((faults == 0)) || cat "$scratch/log" "$scratch/tab.log" >&2
finish "Tabs that vanished without a word are gone in time."
