#!/usr/bin/env bash
# Checks every file of Docker/examples, and compose.yaml, by the program that reads it.
# Usage: Tests/System/examples.sh [SKEWWATCH]; the debug build's unless named.
#
# Wants Debian's nginx, haproxy, caddy, prometheus, systemd, zsh, fish and mandoc, and from PyPI check-jsonschema, kubernetes-validate and
# helm-python-sdk (a virtual environment's bin folder in PATH). A program that is not there is an error: nothing passes unchecked.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SKEWWATCH=${1:-${SKEWWATCH:-}}
binary debug
skewwatch=$SKEWWATCH
need nginx haproxy caddy promtool systemd-analyze systemd-socket-activate curl check-jsonschema kubernetes-validate bash zsh fish mandoc

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

# The two files of nginx together, as compose.yaml mounts them.
mkdir -p "$scratch/nginx/conf.d"
cp Docker/examples/nginx/skewwatch.conf "$scratch/nginx/conf.d/default.conf"
cp /etc/nginx/mime.types "$scratch/nginx/"
sed -e "s#/etc/nginx/#$scratch/nginx/#" -e "s#^pid .*#pid $scratch/nginx.pid;#" -e "s#/var/log/nginx/error.log#stderr#" -e '/^user /d' \
    Docker/examples/nginx/nginx.conf >"$scratch/nginx/nginx.conf"
holds "nginx -t" nginx -t -p "$scratch/nginx" -e stderr -c "$scratch/nginx/nginx.conf"
# One snippet, and everybody includes it; the whole file, which can be tried alone, has the same lines.
no_copies() { ! git grep -nE 'proxy_pass|Host \$host' -- Docker README.md ':!Docker/examples/nginx/skewwatch*.conf'; }
same_lines() { diff -B <(sed -n '/^location \/__skew/,$p' Docker/examples/nginx/skewwatch.location.conf) <(sed -n '/^    location/,/^}$/s/^    //p' Docker/examples/nginx/skewwatch.conf); }
holds "nginx: nobody else has the lines" no_copies
holds "nginx: the whole file has the lines of the snippet" same_lines
holds "haproxy -c" haproxy -c -f Docker/examples/haproxy/haproxy.cfg
holds "caddy validate" env XDG_DATA_HOME="$scratch" caddy validate --adapter caddyfile --config Docker/examples/caddy/Caddyfile
holds "promtool check rules" promtool check rules Docker/examples/prometheus/skewwatch.rules.yaml
# The dashboard's queries, read by who answers them.
python3 - Docker/examples/grafana/skewwatch.json >"$scratch/grafana.yaml" <<'PYTHON'
import json, sys
board = json.load(open(sys.argv[1]))
queries = [each["expr"] for panel in board["panels"] for each in panel.get("targets", [])] + [each["expr"] for each in board["annotations"]["list"]]
rules = [{"record": f"dashboard:{place}", "expr": query.replace("$__rate_interval", "1m")} for place, query in enumerate(queries)]
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
PYTHON
holds "grafana: promtool reads the queries" promtool check rules "$scratch/grafana.yaml"
each_alert_is_tested() {
    local name
    for name in $(sed -n 's/.*- alert: //p' Docker/examples/prometheus/skewwatch.rules.yaml); do
        grep -q "alertname: $name$" Docker/examples/prometheus/skewwatch.rules.test.yaml || { echo "$name has no test"; return 1; }
    done
}
holds "each alert has a test" each_alert_is_tested
holds "promtool test rules" promtool test rules Docker/examples/prometheus/skewwatch.rules.test.yaml

sed "s#/usr/local/bin/skewwatch#$skewwatch#" Docker/examples/systemd/skewwatch.service >"$scratch/skewwatch.service"
cp Docker/examples/systemd/skewwatch.socket "$scratch/"
holds "systemd-analyze verify" systemd-analyze verify "$scratch/skewwatch.service" "$scratch/skewwatch.socket"
holds "systemd-analyze security: exposure of at most 2" \
    systemd-analyze security --offline=true --threshold=20 "$scratch/skewwatch.service"

# The socket as systemd hands it over: whoever connects first starts the server, and is answered by it.
activated=$((20000 + $$ % 10000))
systemd-socket-activate --listen "127.0.0.1:$activated" "$skewwatch" serve --internal-port -1 --port 1 --drain-timeout 0s 2>"$scratch/activated" &
pids+=($!)
holds "systemd-socket-activate: the server answers on the socket that it was handed" \
    within 30 curl -fsS --max-time 20 "http://127.0.0.1:$activated/__skew/health"

holds "workflows: their schema" check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
holds "compose: its schema" check-jsonschema --builtin-schema vendor.compose-spec Docker/compose.yaml
# One process at a time writes into a folder of data.
volumes_of_their_own() {
    "$(dirname "$(command -v kubernetes-validate)")/python" - <<'PYTHON'
import collections, yaml
services = yaml.safe_load(open("Docker/compose.yaml"))["services"]
def volume(service):
    own = [each.split(":")[0] for each in service.get("volumes", []) if each.endswith(":/var/lib/skewwatch")]
    return own[0] if own else volume(services[service["extends"]["service"]])
servers = [name for name, service in services.items() if service.get("image") == "skewwatch" or "extends" in service]
owners = collections.Counter(volume(services[name]) for name in servers)
assert len(servers) == 3 and set(owners.values()) == {1}, owners
PYTHON
}
holds "compose: each server has a volume of its own" volumes_of_their_own
no_name() { ! grep -n '^name:' Docker/compose.yaml; }
holds "compose: no name at the top, which docker-compose 1.29 would refuse" no_name
holds "kubernetes: its schema" kubernetes-validate --strict Docker/examples/kubernetes/skewwatch.yaml
# A ServiceMonitor's schema is the operator's own; it must find the service and its port.
holds "kubernetes: the ServiceMonitor finds the service" "$(dirname "$(command -v kubernetes-validate)")/python" - <<'PYTHON'
import yaml
folder = "Docker/examples/kubernetes/"
monitor = yaml.safe_load(open(folder + "servicemonitor.yaml"))["spec"]
service = next(each for each in yaml.safe_load_all(open(folder + "skewwatch.yaml")) if each["kind"] == "Service")
assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
assert {each["port"] for each in monitor["endpoints"]} <= {each["name"] for each in service["spec"]["ports"]}
PYTHON
# Of two objects with one name the second takes the place of the first.
one_name_each() {
    "$(dirname "$(command -v kubernetes-validate)")/python" - "$@" <<'PYTHON'
import collections, sys, yaml
for file in sys.argv[1:]:
    names = collections.Counter((each["kind"], each["metadata"]["name"]) for each in yaml.safe_load_all(open(file)))
    assert not (twice := [name for name, count in names.items() if count > 1]), f"{file} has twice: {twice}"
PYTHON
}
holds "kubernetes: no two objects have one name" one_name_each Docker/examples/kubernetes/*.yaml
mkdir "$scratch/helm"
holds "helm: rendered, with several sets of values" "$(dirname "$(command -v kubernetes-validate)")/python" Tests/System/helm.py "$skewwatch" "$scratch/helm"
for manifest in "$scratch"/helm/*.yaml; do
    holds "helm: the schema of $(basename "$manifest" .yaml)" kubernetes-validate --strict "$manifest"
done
holds "helm: no two objects have one name" one_name_each "$scratch"/helm/*.yaml
for shell in bash zsh fish; do
    "$skewwatch" completion $shell >"$scratch/completion.$shell"
    holds "completions: $shell reads them" $shell -n "$scratch/completion.$shell"
done
"$skewwatch" manual >"$scratch/skewwatch.1"
holds "manual: mandoc has nothing to say" mandoc -T lint -W warning "$scratch/skewwatch.1"
# Tests/System/proxies.sh runs Traefik; here its file is read: it names no middleware or service that is not there.
holds "traefik: names" "$(dirname "$(command -v kubernetes-validate)")/python" - Docker/examples/traefik/dynamic.yaml <<'PYTHON'
import sys, yaml
http = yaml.safe_load(open(sys.argv[1]))["http"]
for router in http["routers"].values():
    assert router["service"] in http["services"], router["service"]
    assert set(router["middlewares"]) <= set(http["middlewares"]), router["middlewares"]
PYTHON
holds "run.sh: what is missing is said in a sentence" Tests/System/firststep.sh
# What the image knows as its defaults must not be something else in the examples.
holds "examples: the setting names are the program's" bash -c '
    for name in $(grep -rhoE "SKEWWATCH_[A-Z_]+" Docker/compose.yaml Docker/Dockerfile Docker/examples --include=* | grep -vxE "SKEWWATCH_(REVISION|BUILD_DATE|URL|FOR|OLD|SECONDS|TIMEOUT|VERSION|MAX|CURRENT)" | sort -u); do
        "$0" default-env | grep -qE "(^|[ #])${name%_FILE}(=|$)" || { echo "$name is no setting"; exit 1; }
    done' "$skewwatch"

finish "Every example is accepted by the program that reads it."
