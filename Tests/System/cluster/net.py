"""Network namespaces: each node on two bridges of its own machine, one to its tabs and one to Redis, whose cable can be pulled."""

import random
import subprocess


def ip(*words, **options):
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=10, **options)


def is_possible():
    """Whether this machine lets namespaces be made."""
    name = f"skew{random.randrange(1 << 24):06x}"
    try:
        ip("netns", "add", name)
        ip("netns", "del", name)
        return True
    except (OSError, subprocess.SubprocessError):
        return False


class Net:
    def __init__(self):
        self.name, self.octet, self.namespaces, self.links = f"sk{random.randrange(1 << 16):04x}", random.randrange(64, 250), [], []
        for number, kind in enumerate("tr"):
            bridge = f"{self.name}{kind}"
            ip("link", "add", bridge, "type", "bridge")
            self.links.append(bridge)
            ip("addr", "add", f"10.{self.octet}.{number}.1/24", "dev", bridge)
            ip("link", "set", bridge, "up")

    @property
    def redis(self):
        return f"10.{self.octet}.1.1"

    def node(self):
        """A namespace for one node: what to start it with, its address for tabs, and the cable to Redis."""
        number = len(self.namespaces) + 1
        space = f"{self.name}n{number}"
        ip("netns", "add", space)
        self.namespaces.append(space)
        for net, kind in enumerate("tr"):
            outer, inner = f"{self.name}{kind}{number}", f"{kind}{number}"
            ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", space)
            self.links.append(outer)
            ip("link", "set", outer, "master", f"{self.name}{kind}", "up")
            ip("-n", space, "addr", "add", f"10.{self.octet}.{net}.{number + 10}/24", "dev", inner)
            ip("-n", space, "link", "set", inner, "up")
        ip("-n", space, "link", "set", "lo", "up")
        return ["ip", "netns", "exec", space], f"10.{self.octet}.0.{number + 10}", f"{self.name}r{number}"

    @staticmethod
    def pull(cable):
        ip("link", "set", cable, "down")

    @staticmethod
    def plug(cable):
        ip("link", "set", cable, "up")

    def remove(self):
        for space in self.namespaces:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)
        for link in reversed(self.links):
            subprocess.run(["ip", "link", "del", link], capture_output=True)
