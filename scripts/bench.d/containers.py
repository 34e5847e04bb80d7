#!/usr/bin/env python3
"""Containers: run, exec, ps, many starts and removals, memory, logs and the daemon's start; rtd beside docker and podman.

Started by scripts/bench. The engines take turns within each round; "client" is the whole command as a user types it (rtctl, docker, podman),
"API" the HTTP calls alone, over one kept connection. Podman has no daemon, so that only its commands are measured. The column "floor" is what lies below
any engine: bare runc and crun, and a C program that makes the system calls of a start.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import time

import _memory
import _part
from _api import Api
from _engines import Failed, Podman, Rtd, run
from _floor import COLUMN, Floor
from _sites import NetworkedDocker, Site, cycle
from _values import Values, timed

HERE = _part.HERE
LINE = "0123456789abcdef" * 4
KINDS = ["bridge", "none", "host"]


class PodmanSite:
    """Its commands run in the measuring program's own network namespace; there is nothing to be reached from outside."""

    api = None

    def __init__(self, engine):
        self.engine = engine
        self.name = engine.name

    def start(self, image):
        self.engine.run("import", image, "busybox:latest")

    def stop(self):
        subprocess.run(self.engine.client("rm", "-f", "-a", "-t", "0"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def execute(api, container):
    """An exec by the API, from its creation to its exit code."""
    made = api.call("POST", f"/containers/{container}/exec", {"Cmd": ["true"], "AttachStdout": True, "AttachStderr": True})["Id"]
    api.request("POST", f"/v1.41/exec/{made}/start", '{"Detach":false,"Tty":false}', {"Content-Type": "application/json"})
    api.getresponse().read()
    # The stream's end is the command's; without a length in the answer the connection ends with it.
    api.close()
    if api.call("GET", f"/exec/{made}/json")["ExitCode"] != 0:
        raise Failed("exec of true failed")


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.sites = []
        for number, name in enumerate(options.engines.split(",")):
            if name == "podman":
                self.sites.append(PodmanSite(Podman(directory)))
            else:
                self.sites.append(Site(Rtd(directory, os.path.abspath(options.dist)) if name == "rtd" else NetworkedDocker(directory), number))
        self.daemons = [site for site in self.sites if isinstance(site, Site)]
        self.values = Values([*(site.name for site in self.sites), *([] if options.no_floor else [COLUMN])])
        self.text = os.path.join(directory, "text")
        os.mkdir(self.text)
        with open(os.path.join(self.text, "lines"), "w", encoding="ascii") as file:
            for _ in range(options.megabytes):
                file.write(f"{LINE[:63]}\n" * (1_000_000 // 64))
        self.image = os.path.join(directory, "busybox.tar")
        run([os.path.join(HERE, "..", "busybox-image"), self.image])
        self.floor = Floor(directory, self.image)

    def run(self):
        if not self.options.no_floor:
            self.floor.measure(self.values, self.options.cycles)
        for site in self.sites:
            site.start(self.image)
        for site in self.daemons:
            self.values.tell("memory at rest (PSS): MB", site.name, self.memory(site) / 1e6)
        self.lives()
        self.execs()
        for number in range(self.options.rounds):
            self.crowd(number)
        self.listings()
        for driver in ("json-file", "none"):
            self.logs(driver)
        self.daemon_starts(f"with {self.options.listed} containers")
        for site in self.daemons:
            site.remove_all()
        self.daemon_starts("with none")

    def close(self):
        for site in self.sites:
            site.stop()

    def turn(self, number, sites=None):
        sites = self.sites if sites is None else sites
        first = number % len(sites)
        return sites[first:] + sites[:first]

    def by_turns(self, cycles, what, sites, action):
        """The first of all warms up what is loaded once."""
        for number in range(cycles + 1):
            for site in self.turn(number, sites):
                value = timed(lambda site=site: action(site))
                if number > 0:
                    self.values.add(what, site.name, value)

    def lives(self):
        self.by_turns(self.options.cycles, "client alone (version): ms", self.sites, lambda site: site.engine.run("version"))
        for kind in KINDS:
            self.by_turns(
                self.options.cycles, f"run --rm true, {kind}, client: ms", self.sites,
                lambda site, kind=kind: site.engine.run("run", "--rm", *site.engine.container_flags, "--network", kind, "busybox", "true"))
            self.by_turns(self.options.cycles, f"create to delete, {kind}, API: ms", self.daemons, lambda site, kind=kind: cycle(site, kind))

    def execs(self):
        for site in self.sites:
            site.engine.run("run", "-d", *site.engine.container_flags, "--name", "sleeper", "busybox", "sleep", "100000")
        self.by_turns(self.options.cycles, "exec true, client: ms", self.sites, lambda site: site.engine.run("exec", "sleeper", "true"))
        self.by_turns(self.options.cycles, "exec true, API: ms", self.daemons, lambda site: execute(site.api, "sleeper"))
        for site in self.sites:
            site.engine.run("rm", "-f", "sleeper")

    def crowd(self, number):
        """Containers made beforehand are started several at a time, and removed by one command."""
        names = [f"crowd{index}" for index in range(self.options.crowd)]

        def start(site, name):
            if site.api is None:
                site.engine.run("start", name)
                return
            api = Api(site.engine.path("sock"))
            api.start(name)
            api.close()

        for site in self.turn(number):
            for name in names:
                site.engine.run("create", *site.engine.container_flags, "--name", name, "busybox", "sleep", "100000")
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                self.values.tell(f"start {len(names)}, 8 at a time: ms", site.name, timed(lambda site=site: list(pool.map(lambda name: start(site, name), names))))
            self.values.tell(f"rm -f of {len(names)} that run, client: ms", site.name, timed(lambda site=site: site.engine.kill_and_remove(*names)))

    def listings(self):
        time.sleep(2)
        before = {site: self.memory(site) for site in self.daemons}
        for site in self.daemons:
            for number in range(self.options.listed):
                site.api.run("bridge", ["sleep", "100000"], f"listed{number}")
        time.sleep(2)  # what a start leaves to be collected
        for site in self.daemons:
            self.values.tell("memory per running container (PSS): MB", site.name, (self.memory(site) - before[site]) / 1e6 / self.options.listed)
        self.by_turns(self.options.cycles, f"ps -a with {self.options.listed}, client: ms", self.daemons, lambda site: site.engine.run("ps", "-a"))
        self.by_turns(
            self.options.cycles, f"ps -a with {self.options.listed}, API: ms", self.daemons, lambda site: site.api.call("GET", "/containers/json?all=1"))
        for site in self.daemons:
            site.engine.run("kill", *(f"listed{number}" for number in range(self.options.listed)))

    def memory(self, site):
        """PSS of the daemon and all that it keeps beside its containers, whose own processes do not count."""
        return sum(_memory.pss_of_engine(site.engine.directory, site.engine.pids(), b"sleep"))

    def logs(self, driver):
        """A file of lines from the page cache: what writes them is not to be the slower side."""
        megabytes = os.path.getsize(os.path.join(self.text, "lines")) / 1e6
        for number in range(self.options.rounds):
            for site in self.turn(number):
                name = f"talker-{driver}"
                seconds = timed(lambda site=site, name=name: site.engine.run("run", *site.engine.container_flags, "--name", name, "--log-driver", driver, "-v", f"{self.text}:/text", "-d", "busybox", "cat", "/text/lines")
                                and site.engine.run("wait", name)) / 1000
                self.values.tell(f"output into {driver}: MB/s", site.name, megabytes / seconds)
                if driver != "none":
                    self.values.tell("logs read back, client: MB/s", site.name, megabytes * 1000 / timed(lambda site=site, name=name: self.discard(site, "logs", name)))
                    self.values.tell("logs --tail 10, client: ms", site.name, timed(lambda site=site, name=name: self.discard(site, "logs", "--tail", "10", name)))
                site.engine.run("rm", "-f", name)

    @staticmethod
    def discard(site, *arguments):
        subprocess.run(site.engine.client(*arguments), env={**os.environ, **site.engine.environment()}, stdout=subprocess.DEVNULL, check=True)

    def daemon_starts(self, circumstance):
        for number in range(self.options.rounds):
            for site in self.turn(number, self.daemons):
                site.api.close()
                site.engine.stop()
                self.values.tell(f"daemon's start to _ping, {circumstance}: ms", site.name, timed(site.launch))
                site.engine.run("version")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench containers", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of what takes seconds (default 3)")
    parser.add_argument("--cycles", type=int, default=20, metavar="N", help="repetitions of what takes milliseconds (default 20)")
    parser.add_argument("--crowd", type=int, default=50, metavar="N", help="containers started 8 at a time (default 50)")
    parser.add_argument("--listed", type=int, default=100, metavar="N", help="containers that run while ps and memory are measured (default 100)")
    parser.add_argument("--megabytes", type=int, default=200, metavar="N", help="of output for the logs (default 200)")
    parser.add_argument("--no-floor", action="store_true", help="leave out runc, crun and the C program")
    _part.add_options(parser, engines="rtd,docker,podman")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(_part.carry_out(parse_arguments(), Bench))
