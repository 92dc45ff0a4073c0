#!/usr/bin/env bash
# Checks every file of Docker/examples, and compose.yaml, by the program that reads it.
# Usage: Tests/System/examples.sh [SKEWWATCH]; the debug build's unless named.
#
# Wants Debian's nginx, haproxy, caddy, prometheus and systemd, and from PyPI check-jsonschema and kubernetes-validate (a virtual
# environment's bin folder in PATH). A program that is not there is an error: nothing passes unchecked.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SKEWWATCH=${1:-${SKEWWATCH:-}}
binary debug
skewwatch=$SKEWWATCH
need nginx haproxy caddy promtool systemd-analyze check-jsonschema kubernetes-validate

config_is_current() { Docker/examples/config/generate.sh "$skewwatch" | diff Docker/examples/config/skewwatch.json5 -; }
# All but `config` itself, which cannot stand in the file.
config_is_whole() {
    local names
    names=$("$skewwatch" default-env | sed -n 's/^\(# \)\{0,1\}SKEWWATCH_\([A-Z0-9_]*\)=.*/\2/p' | grep -vx CONFIG | tr 'A-Z_' 'a-z-')
    for name in $names; do grep -q "\"$name\":" Docker/examples/config/skewwatch.json5 || { echo "$name is missing"; return 1; }; done
}
holds "config: every setting is there" config_is_whole
holds "config: it is what generate.sh writes" config_is_current
holds "config: skewwatch check" "$skewwatch" check --config Docker/examples/config/skewwatch.json5

sed -e 's/skewwatch:8080/127.0.0.1:8080/' Docker/examples/nginx/skewwatch.conf >"$scratch/nginx-site.conf"
echo "pid $scratch/nginx.pid; events {} http { access_log off; include $scratch/nginx-site.conf; }" >"$scratch/nginx.conf"
holds "nginx -t" nginx -t -e stderr -c "$scratch/nginx.conf"
holds "haproxy -c" haproxy -c -f Docker/examples/haproxy/haproxy.cfg
holds "caddy validate" env XDG_DATA_HOME="$scratch" caddy validate --adapter caddyfile --config Docker/examples/caddy/Caddyfile
holds "promtool check rules" promtool check rules Docker/examples/prometheus/skewwatch.rules.yaml
holds "promtool test rules" promtool test rules Docker/examples/prometheus/skewwatch.rules.test.yaml

sed "s#/usr/local/bin/skewwatch#$skewwatch#" Docker/examples/systemd/skewwatch.service >"$scratch/skewwatch.service"
holds "systemd-analyze verify" systemd-analyze verify "$scratch/skewwatch.service"
holds "systemd-analyze security: exposure of at most 2" \
    systemd-analyze security --offline=true --threshold=20 "$scratch/skewwatch.service"

holds "compose: its schema" check-jsonschema --builtin-schema vendor.compose-spec Docker/compose.yaml
holds "kubernetes: its schema" kubernetes-validate --strict Docker/examples/kubernetes/skewwatch.yaml
# Traefik is in neither; at least it is YAML, and names no middleware or service that is not there.
holds "traefik: names" python3 - Docker/examples/traefik/dynamic.yaml <<'PYTHON'
import sys, yaml
http = yaml.safe_load(open(sys.argv[1]))["http"]
for router in http["routers"].values():
    assert router["service"] in http["services"], router["service"]
    assert set(router["middlewares"]) <= set(http["middlewares"]), router["middlewares"]
PYTHON
# What the image knows as its defaults must not be something else in the examples.
holds "examples: the setting names are the program's" bash -c '
    for name in $(grep -rhoE "SKEWWATCH_[A-Z_]+" Docker/compose.yaml Docker/Dockerfile Docker/examples --include=* | sort -u); do
        "$0" default-env | grep -qE "(^|[ #])${name%_FILE}(=|$)" || { echo "$name is no setting"; exit 1; }
    done' "$skewwatch"

finish "Every example is accepted by the program that reads it."
