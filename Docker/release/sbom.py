#!/usr/bin/env python3
"""Writes a CycloneDX 1.5 list of what a release is made of: Swift's own library and the packages inside the binary, at the revisions that
were built, and the Debian packages whose libraries it loads. Usage: sbom.py --version V --created TIME --binary FILE"""

import argparse
import json
import pathlib
import re
import subprocess
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def swift_itself(told):
    """The libraries of the toolchain, which are linked statically."""
    version = re.search(r"Swift version ([0-9.]+)", told)[1]
    return {
        "type": "library", "bom-ref": "swift:swift", "name": "swift", "version": version,
        "purl": f"pkg:swift/github.com/swiftlang/swift@{version}", "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def swift_packages():
    for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]:
        state = pin["state"]
        version = state.get("version") or state["revision"]
        yield {
            "type": "library", "bom-ref": f"swift:{pin['identity']}", "name": pin["identity"], "version": version,
            "purl": f"pkg:swift/{re.sub(r'^https://|.git$', '', pin['location'])}@{version}",
            "properties": [{"name": "revision", "value": state["revision"]}],
            "licenses": [{"license": {"id": "Apache-2.0"}}],
        }


def debian_packages(binary):
    names = subprocess.run([ROOT / "Docker/release/needs.sh", binary], check=True, capture_output=True, text=True).stdout.split()
    for name in [*names, "libc6"]:
        shown = subprocess.run(
            ["dpkg-query", "--show", "--showformat", "${Version}", name], capture_output=True, text=True, check=False)
        version = shown.stdout.strip()
        yield {
            "type": "library", "bom-ref": f"deb:{name}", "name": name, "version": version, "purl": f"pkg:deb/debian/{name}@{version}",
            "scope": "required",
        }


def main():
    parser = argparse.ArgumentParser()
    for name in ("--version", "--created", "--binary"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    components = [swift_itself(swift), *swift_packages(), *debian_packages(arguments.binary)]
    print(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        # The same release has the same number.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'skewwatch/{arguments.version}/{arguments.created}')}",
        "metadata": {
            "timestamp": arguments.created, "tools": [{"name": swift}],
            "component": {
                "type": "application", "bom-ref": "skewwatch", "name": "skewwatch", "version": arguments.version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": components,
        "dependencies": [{"ref": "skewwatch", "dependsOn": [component["bom-ref"] for component in components]}],
    }, indent=1))


main()
