#!/usr/bin/env python3
"""Renders the chart of Docker/examples/helm with Helm's own engine (PyPI's helm-python-sdk) for several sets of values, and checks what
comes out: Kubernetes' own schema (kubernetes-validate), no setting that the program does not know, nothing of a secret in the open.
Usage: helm.py SKEWWATCH FOLDER; the manifests are written into FOLDER."""

import pathlib
import re
import subprocess
import sys

import helm_python
import yaml
from helm_python import chart as helm

CHART = pathlib.Path(__file__).resolve().parent.parent.parent / "Docker/examples/helm/skewwatch"
CASES = {
    "defaults": {},
    "everything": {
        "persistence": {"enabled": True, "storageClass": "fast"}, "metrics": {"serviceMonitor": True},
        "settings": {"release": "build-42", "allowed-origins": "https://app.example.com,https://*.example.com"},
        "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "a", "operator": "Exists"}], "service": {"annotations": {"a": "b"}},
    },
    "cluster": {"replicas": 2, "cluster": True, "secret": {"name": "mine"}},
    "own secret, little else": {
        "secret": {"name": "mine"}, "networkPolicy": {"enabled": False}, "metrics": {"service": False}, "image": {"tag": "1"},
    },
}


def objects(values, name):
    rendered = helm.Chart.load(CHART).render(values, name=name, namespace="web")
    for path, text in sorted(rendered.items()):
        if not path.endswith("NOTES.txt"):
            yield from (document for document in yaml.safe_load_all(text) if document)


def main():
    skewwatch, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    known = set(re.findall(r"SKEWWATCH_[A-Z_]+", subprocess.run([skewwatch, "default-env"], capture_output=True, text=True).stdout))
    report = helm.lint(CHART, strict=True)
    faults = [f"lint: {message}" for message in report["messages"] if message["severity"] > 1] + report["errors"]
    for case, values in CASES.items():
        documents = list(objects(values, "watch"))
        kinds = sorted(document["kind"] for document in documents)
        print(f"{case}: {', '.join(kinds)}")
        target = folder / f"{case.replace(' ', '-').replace(',', '')}.yaml"
        # A ServiceMonitor is the Prometheus operator's: its schema is not Kubernetes' own.
        target.write_text(yaml.safe_dump_all([document for document in documents if document["kind"] != "ServiceMonitor"]))
        deployment = next(document for document in documents if document["kind"] == "Deployment")
        pod = deployment["spec"]["template"]["spec"]
        container = pod["containers"][0]
        for variable in container["env"]:
            if variable["name"].removesuffix("_FILE") not in known:
                faults.append(f"{case}: {variable['name']} is no setting")
            if not isinstance(variable["value"], str):
                faults.append(f"{case}: {variable['name']} is no text")
        if not {"Deployment", "Service", "PodDisruptionBudget"} <= set(kinds):
            faults.append(f"{case}: something is missing")
        secret = pod["volumes"][0]["secret"]["secretName"]
        own = [document["metadata"]["name"] for document in documents if document["kind"] == "Secret"]
        if own != ([] if secret == "mine" else [secret]):
            faults.append(f"{case}: the pod wants the secret {secret}, and there is {own}")
        services = [document for document in documents if document["kind"] in ("Service", "NetworkPolicy", "PodDisruptionBudget")]
        for document in services:
            spec = document["spec"]
            chosen = spec["selector"] if document["kind"] == "Service" else (spec.get("podSelector") or spec.get("selector"))["matchLabels"]
            if not chosen.items() <= deployment["spec"]["template"]["metadata"]["labels"].items():
                faults.append(f"{case}: {document['kind']} does not find the pod")
        claims = {volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume}
        if claims != {document["metadata"]["name"] for document in documents if document["kind"] == "PersistentVolumeClaim"}:
            faults.append(f"{case}: claims and volumes differ")
    shared = {"replicas": 2, "cluster": True, "secret": {"name": "mine"}, "persistence": {"enabled": True}}
    for wrong in ({"replicas": 2}, {"cluster": True}, shared):
        try:
            list(objects(wrong, "watch"))
            faults.append(f"{wrong} is rendered")
        except helm_python.HelmError:
            pass
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
    told = subprocess.run([skewwatch, "version"], capture_output=True, text=True).stdout.split()[1]
    if version != told:
        faults.append(f"the chart is for {version}, the program is {told}")
    dockerfile = (CHART.parent.parent.parent / "Dockerfile").read_text()
    if f"ARG VERSION={told}\n" not in dockerfile:
        faults.append(f"the Dockerfile has another version than the program, {told}")
    print(f"Helm {helm_python.__version__}: {len(CASES)} sets of values.")
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
