#!/usr/bin/env bash
# Boots a Debian that has the package and a real systemd, which starts, reloads, restarts and watches the service in the sandbox of its
# unit; by its socket, too, over which no probe may be refused.
# Usage: Tests/System/systemd.sh; needs root, mmdebstrap and systemd-nspawn. RELEASE names a folder that Docker/release.sh has filled before.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need mmdebstrap systemd-nspawn nsenter
source Tests/System/root.sh
cleanup_more() { leave_root; }
release=$(release_folder)
make_root "$scratch/root" "$(ls "$release"/*.deb)" systemd systemd-sysv dbus curl python3-minimal procps
leave_root
install -m 644 Tests/System/probe.py "$root/opt/"

# A network of its own: loopback alone. There may be no systemd of this machine, so nobody to register with.
systemd-nspawn --quiet --boot --directory "$root" --register=no --keep-unit --private-network --console=pipe --machine "skewwatch-$$" \
    </dev/null >"$scratch/boot" 2>&1 &
pids+=($!)
inside() { nsenter -t "$(pgrep -P "${pids[0]}")" -m -u -i -n -p -r -w -C -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }
boots() { [[ $(inside systemctl is-system-running) =~ ^(running|degraded)$ ]]; }
within 60 boots || { cat "$scratch/boot" >&2; cannot "systemd does not come up in a container here"; }
property() { inside systemctl show --property "$1" --value skewwatch; }
is_up() { [[ $(property ActiveState) == active ]] && inside curl -fsS http://127.0.0.1:8080/__skew/health; }
reads() { inside curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" http://127.0.0.1:8080/__skew/admin/stats; }
said() { inside journalctl --unit skewwatch --identifier skewwatch --output cat --no-pager; }

holds "after the boot the service is up" within 20 is_up
holds "and listens on IPv6 as well" inside curl -fsS "http://[::1]:8080/__skew/health"
check "it was started once" "$(property NRestarts)" 0
check "lines in the journal that are none of its own" "$(said | grep -vc '^{.*}$')" 0

first=$(cat "$root/etc/skewwatch/stats-token") process=$(property MainPID)
sed -i 1inew-5f0c2d9e7b41a6830c5d5f0c2d9e "$root/etc/skewwatch/stats-token"
holds "systemctl reload" inside systemctl reload skewwatch
rotated() { [[ $(reads new-5f0c2d9e7b41a6830c5d5f0c2d9e) == 200 ]]; }
holds "after it a new token reads" within 5 rotated
check "beside the old one" "$(reads "$first")" 200
check "in the same process" "$(property MainPID)" "$process"

release_of() { inside curl -fsS http://127.0.0.1:8080/__skew/health | grep -o '"version":"[^"]*"'; }
inside skewwatch announce build-43 --admin-token-file /etc/skewwatch/admin-token http://127.0.0.1:8080/__skew >/dev/null
inside systemctl restart skewwatch
check "the announced release outlives a restart" "$(release_of)" '"version":"build-43"'

echo SKEWWATCH_DEBOUNCE=soon >>"$root/etc/skewwatch/environment"
check "a restart with a wrong setting fails" "$(inside systemctl restart skewwatch 2>/dev/null && echo it starts)" ""
check "with the exit code of one, and is not tried again" "$(property ExecMainStatus) $(property NRestarts)" "78 0"
sed -i /=soon$/d "$root/etc/skewwatch/environment"
echo SKEWWATCH_LISTEN=unix:/run/skewwatch/socket >>"$root/etc/skewwatch/environment"

# By its socket: two restarts and a crash, with tabs that the drain has to send away.
inside systemctl enable --now --quiet skewwatch.socket
inside systemctl start skewwatch
holds "by its socket: it is up" within 20 is_up
holds "a Unix socket is there as well" inside curl -fsS --unix-socket /run/skewwatch/socket http://localhost/__skew/health
for _ in 1 2 3; do inside curl -sN 'http://127.0.0.1:8080/__skew/sse?v=build-41' >/dev/null & pids+=($!); done
inside python3 /opt/probe.py 8080 60 /tmp/enough >"$scratch/probe" &
probe=$!
for _ in 1 2; do
    inside systemctl restart skewwatch
    within 20 is_up || true
done
inside systemctl kill --signal KILL skewwatch
came_back() { [[ $(property NRestarts) == 1 ]] && is_up; }
holds "a crash is followed by another start" within 20 came_back
inside touch /tmp/enough
wait "$probe"
check "what probes were answered meanwhile" "$(cat "$scratch/probe")" '[1-9]* 200'

mkdir -p "$root/etc/systemd/system/skewwatch.service.d"
printf '[Service]\nWatchdogSec=2\n' >"$root/etc/systemd/system/skewwatch.service.d/watchdog.conf"
inside systemctl daemon-reload
inside systemctl restart skewwatch
sleep 3
check "the watchdog is answered" "$(property NRestarts)" 0
inside systemctl kill --signal STOP skewwatch
holds "and starts anew what does not answer" within 20 came_back
finish "systemd runs it."
