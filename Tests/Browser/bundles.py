"""Apps that install the client as a package and are built by a bundler."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from conftest import ASSETS, ROOT, vue_build

DEBIAN_MODULES = Path("/usr/share/nodejs")


class App:
    """A folder with sources and installed packages; each bundle goes to a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        modules = folder / "node_modules"
        modules.mkdir(parents=True)
        tarball = folder / "skewwatch.tgz"
        subprocess.run([ROOT / "Sources/PackedAssets/client-package.sh", tarball], check=True)
        subprocess.run(["tar", "-xzf", tarball, "-C", modules], check=True)
        (modules / "package").rename(modules / "skewwatch")
        (modules / "vue").mkdir()
        shutil.copy(vue_build(), modules / "vue/index.js")
        (modules / "vue/package.json").write_text(json.dumps({"name": "vue", "type": "module", "main": "index.js"}))
        for name in ("react", "react-dom", "scheduler", "loose-envify", "js-tokens"):
            if (DEBIAN_MODULES / name).exists():
                shutil.copytree(DEBIAN_MODULES / name, modules / name)
        (folder / "package.json").write_text('{"type": "module", "private": true}')

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run(self, *command):
        run = subprocess.run([str(part) for part in command], cwd=self.folder, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    def esbuild(self, source, target, *flags):
        said = self.run("esbuild", source, "--bundle", f"--outfile={target}", "--define:process.env.NODE_ENV=\"production\"", *flags)
        assert "WARNING" not in said and "warning" not in said, said

    def rollup(self, source, **output):
        # Debian's rollup comes without the plugin that looks into node_modules.
        found = json.dumps(str(self.folder / "node_modules/skewwatch/client.js"))
        plugin = f"{{ resolveId: (name) => (name === 'skewwatch' ? {found} : null) }}"
        config = f"export default {{ input: '{source}', plugins: [{plugin}], output: {json.dumps(output)} }};"
        said = self.run("rollup", "--config", self.write("rollup.config.js", config))
        assert "(!)" not in said, said

    def webpack(self, source, folder, name):
        config = {"mode": "production", "entry": f"./{source}", "output": {"path": str(folder), "filename": name, "publicPath": "auto"}}
        written = self.write("webpack.config.cjs", f"module.exports = {json.dumps(config)}")
        self.run("env", f"NODE_PATH={webpack_modules()}", "node", ROOT / "Tests/Browser/webpack.cjs", written)


def webpack_modules():
    """Where Debian's webpack lies, unpacked."""
    return subprocess.run([ROOT / "Tests/Browser/webpack.sh"], stdout=subprocess.PIPE, text=True, timeout=600, check=True).stdout.strip()


def is_part(name):
    """Whether a module is sent as a part of another one."""
    return name == "client.tag.js" or name.startswith("dashboard.") and name not in ("dashboard.js", "dashboard.css", "dashboard.html")


def tagged_client(file):
    """Writes client.js as the server sends it, with what a tag needs."""
    tag = (ASSETS / "client.tag.js").read_text()
    file.write_text((ASSETS / "client.js").read_text() + re.sub("^import .*$", "", tag, flags=re.M))
    return file


def vite():
    """The vite.js to run: no registry that these tests ask has Vite, so whoever has it names it."""
    return os.environ.get("VITE")


def has_react():
    return (DEBIAN_MODULES / "react-dom").exists()


