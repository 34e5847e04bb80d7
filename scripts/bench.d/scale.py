#!/usr/bin/env python3
"""Cost against number: starts, ps, inspect, memory, the daemon at rest, its restart with live restore and the removal, with more and more containers that run.

Started by scripts/bench. All containers are on the default bridge and do nothing but sleep. Each number begins with a daemon that has just been started.
A quantity of one ("each") should not depend on how many others there are, one of all should grow with them and no faster: the last columns say which do.
"""

import argparse
import os
import sys
import time

import _memory
import _part
from _curves import Curves
from _engines import Failed, Rtd, run
from _sites import NetworkedDocker, Site
from _values import since, timed

HERE = _part.HERE
SLEEP = ["sleep", "1000000"]
# Seconds that a daemon has to live for its supervisor to start the next one at once, and not after a pause.
LIFE = 5.5


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.numbers = sorted(int(number) for number in options.numbers.split(","))
        self.sites = [
            Site(Rtd(directory, os.path.abspath(options.dist)) if name == "rtd" else NetworkedDocker(directory), number)
            for number, name in enumerate(options.engines.split(","))
        ]
        for site in self.sites:
            site.engine.configuration = {"live-restore": True}
        # What a service manager sets; with one, starting a daemon again is left to it.
        os.environ.pop("INVOCATION_ID", None)
        self.values = Curves([site.name for site in self.sites], self.numbers)
        self.image = os.path.join(directory, "busybox.tar")
        run([os.path.join(HERE, "..", "busybox-image"), self.image])

    def run(self):
        for site in self.sites:
            site.start(self.image)
        for number in self.numbers:
            for site in self.sites:
                if site is self.sites[0] or number <= self.options.others:
                    self.measure(site, number)

    def close(self):
        for site in self.sites:
            try:
                self.end_containers(site)
            finally:
                site.stop()

    @staticmethod
    def end_containers(site):
        """Whatever state a failure has left: a daemon without live restore ends all that a former one left."""
        if site.api:
            site.engine.configuration = {}
            site.restart()
            site.remove_all()

    def measure(self, site, number):
        site.restart()
        life(site)
        time.sleep(self.options.settle)
        before = memory(site)
        begin, spent = time.perf_counter(), processor(site)
        for index in range(number):
            site.api.start(site.api.create("bridge", SLEEP, f"scale{index}"))
        self.tell("create and start all, one by one: ms", "all", site, number, since(begin))
        self.tell("create and start all: ms of processor time", "all", site, number, (processor(site) - spent) * 1000)
        time.sleep(self.options.settle)  # what a start leaves to be collected
        self.tell("memory (PSS) of one: MB", "each", site, number, (memory(site) - before) / 1e6 / number)
        self.tell("daemon at rest: ms of processor time per s", "all", site, number, at_rest(site, self.options.rest))
        self.single(site, number)
        self.listings(site, number)
        self.restore(site, number)
        names, spent = [f"scale{index}" for index in range(number)], processor(site)
        self.tell("rm -f of all, one command: ms", "all", site, number, timed(lambda: site.engine.kill_and_remove(*names)))
        self.tell("rm -f of all: ms of processor time", "all", site, number, (processor(site) - spent) * 1000)

    def tell(self, what, kind, site, number, value):
        self.values.tell(what, kind, site.name, number, value)

    def single(self, site, number):
        """One more, while so many run."""
        for _ in range(self.options.cycles):
            for what, value in life(site).items():
                self.values.add(f"{what}: ms", "each", site.name, number, value)
            self.values.add("inspect: ms", "each", site.name, number, timed(lambda: site.api.call("GET", f"/containers/scale{number // 2}/json")))

    def listings(self, site, number):
        for _ in range(self.options.cycles):
            self.values.add("ps -a, client: ms", "all", site.name, number, timed(lambda: site.engine.run("ps", "-a")))
            self.values.add("ps -a, API: ms", "all", site.name, number, timed(lambda: site.api.call("GET", "/containers/json?all=1")))

    def restore(self, site, number):
        """The daemon ends and comes back, the containers run on; what is asked other than _ping waits until all are taken up."""
        for _ in range(self.options.restarts):
            site.api.close()
            self.values.add("daemon's stop: ms", "all", site.name, number, timed(site.engine.stop))
            begin = time.perf_counter()
            site.launch()
            self.values.add("daemon's start to _ping: ms", "each", site.name, number, since(begin))
            running = len(site.api.call("GET", "/containers/json"))
            self.tell("daemon's start until all are restored: ms", "all", site, number, since(begin))
            self.tell("daemon's start: ms of processor time", "all", site, number, sum(map(_memory.processor_seconds, site.engine.pids())) * 1000)
            if running != number:
                raise Failed(f"{site.name}: {running} of {number} containers run after the daemon's restart")
        if isinstance(site.engine, Rtd):
            self.crash(site, number)

    def crash(self, site, number):
        """kill -9 of the daemon, which its supervisor starts again."""
        for _ in range(self.options.restarts):
            time.sleep(LIFE)
            site.api.close()
            site.engine.kill()
            begin = time.perf_counter()
            site.await_ping()
            self.tell("kill -9 of the daemon to _ping: ms", "each", site, number, since(begin))
            running = len(site.api.call("GET", "/containers/json"))
            if running != number:
                raise Failed(f"{site.name}: {running} of {number} containers run after the daemon's crash")


def life(site):
    """Milliseconds of the parts of a container's life."""
    marks = [time.perf_counter()]
    container = site.api.create("bridge", SLEEP)
    marks.append(time.perf_counter())
    site.api.start(container)
    marks.append(time.perf_counter())
    site.api.remove(container)
    marks.append(time.perf_counter())
    return {what: (marks[index + 1] - marks[index]) * 1000 for index, what in enumerate(["create", "start", "rm -f of one"])}


def memory(site):
    """PSS in bytes of the daemon and all that it keeps beside its containers."""
    return sum(map(_memory.pss, site.members()))


def processor(site):
    """Seconds of processor time that the same have taken so far."""
    return sum(map(_memory.processor_seconds, site.members()))


def at_rest(site, seconds):
    """Milliseconds of it in a second."""
    before = processor(site)
    time.sleep(seconds)
    return (processor(site) - before) * 1000 / seconds


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=__doc__.splitlines()[0])
    parser.add_argument("--numbers", default="1,10,100,500,1000", metavar="LIST", help="of containers that run (default 1,10,100,500,1000)")
    parser.add_argument("--others", type=int, default=100, metavar="N", help="the largest number for engines but the first (default 100)")
    parser.add_argument("--cycles", type=int, default=15, metavar="N", help="repetitions of what takes milliseconds (default 15)")
    parser.add_argument("--restarts", type=int, default=3, metavar="N", help="restarts of the daemon at each number (default 3)")
    parser.add_argument("--rest", type=float, default=10, metavar="SECONDS", help="for which the daemon is watched at rest (default 10)")
    parser.add_argument("--settle", type=float, default=3, metavar="SECONDS", help="to wait before memory is read (default 3)")
    _part.add_options(parser, engines="rtd")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(_part.carry_out(parse_arguments(), Bench))
