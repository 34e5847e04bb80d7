"""Engines in networks of their own. Each has a network namespace, as on a machine of its own: Docker sets the policy of the FORWARD chain to DROP,
which would stop the other's traffic. A third namespace, joined to each by a veth pair, is outside."""

import os
import subprocess
import time

from _api import Api
from _engines import START_PATIENCE, Docker, run

NETWORK = "bench"


class NetworkedDocker(Docker):
    network_flags = []


class Site:
    """An engine in a network of its own, with a station outside."""

    def __init__(self, engine, number):
        self.engine = engine
        self.name = engine.name
        self.host_address, self.outside_address = f"198.51.100.{number * 4 + 1}", f"198.51.100.{number * 4 + 2}"
        self._holders = [self._hold(), self._hold()]
        self.host, self.outside = (["nsenter", f"--net=/proc/{holder.pid}/ns/net", "--"] for holder in self._holders)
        run([*self.host, "ip", "link", "add", "out0", "type", "veth", "peer", "name", "eth0", "netns", str(self._holders[1].pid)])
        for place, link, address in (self.host, "out0", self.host_address), (self.outside, "eth0", self.outside_address):
            run([*place, "ip", "link", "set", "lo", "up"])
            run([*place, "ip", "addr", "add", f"{address}/30", "dev", link])
            run([*place, "ip", "link", "set", link, "up"])
        engine.prefix = self.host
        self.api = None

    @staticmethod
    def _hold():
        process = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo in; exec sleep infinity"], stdout=subprocess.PIPE)
        process.stdout.readline()
        return process

    def start(self, image):
        self.engine.start()
        self.engine.run("import", image, "busybox:latest")
        self.engine.run("network", "create", NETWORK)
        self.api = Api(self.engine.path("sock"))

    def fresh_api(self):
        """For a thread of its own."""
        return Api(self.engine.path("sock"))

    def restart(self):
        self.api.close()
        self.engine.stop()
        self.engine.start()

    def launch(self):
        """Starts the daemon, and returns when it answers a ping."""
        self.engine.launch()
        self.await_ping()

    def await_ping(self):
        deadline = time.monotonic() + START_PATIENCE
        while True:
            try:
                api = self.fresh_api()
                api.call("GET", "/_ping")
                api.close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.002)

    def remove_all(self):
        for container in self.api.call("GET", "/containers/json?all=1"):
            self.api.remove(container["Id"])

    def members(self):
        """The pids of all that runs in the engine's network namespace: daemon, supervisor, shims; not what is in containers with networks of their own."""
        holder = self._holders[0].pid
        namespace = os.readlink(f"/proc/{holder}/ns/net")
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid != holder and self._network_of(pid) == namespace]

    @staticmethod
    def _network_of(pid):
        try:
            return os.readlink(f"/proc/{pid}/ns/net")
        except OSError:  # it has gone, or is one that nobody may look at
            return None

    def stop(self):
        self.engine.stop()
        for holder in self._holders:
            holder.kill()
            holder.wait()


def inside(pid):
    return ["nsenter", f"--net=/proc/{pid}/ns/net", "--"]


def cycle(site, network):
    """Milliseconds of a start alone, and of a container's whole life."""
    begin = time.perf_counter()
    container = site.api.create(network, ["true"])
    created = time.perf_counter()
    site.api.start(container)
    started = time.perf_counter()
    site.api.call("POST", f"/containers/{container}/wait")
    site.api.call("DELETE", f"/containers/{container}")
    return (started - created) * 1000, (time.perf_counter() - begin) * 1000
