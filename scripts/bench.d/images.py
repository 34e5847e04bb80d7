#!/usr/bin/env python3
"""Images: load of an archive plain and gzipped, save, push, pull and rmi, by rtd, docker and podman in turn, against the same registry on loopback.

Started by scripts/bench, which makes the namespaces. The engines take turns within each round, so that what else the machine does hits all alike.
Before each measurement what is dirty is written out (sync); that time is not measured, for no engine.

ext4 does not give out an inode again for a minute after it was freed, and looks at each such inode in turn whenever a file is made
(recently_deleted() in fs/ext4/ialloc.c): files made soon after thousands were removed cost several times as much. So nothing is removed between
the engines of one operation, and after each removal the next operation waits until that minute is over.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time

import _machine
import _memory
import _part
from _engines import Docker, Failed, Podman, Registry, Rtd
from _report import Results, table, write_json, write_svg
from _sample import LAYERS, Sample, extract

FIRST_PORT = 5001
# RECENTCY_MIN of ext4, and a little: seconds.
EXT4_SETTLE = 65
IMAGE = "bench.example/image:1"

# Operations in the order of a round, with the tar run that does the same to the same bytes.
OPERATIONS = [
    ("load .tar", "tar -x"),
    ("save", None),
    ("push", None),
    ("rmi", None),
    ("load .tar.gz", "tar -xz"),
    ("pull", "tar -xz"),
]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench images", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds over all engines (default 3)")
    parser.add_argument("--engines", default="rtd,docker,podman", metavar="LIST", help="which, the first being compared with the others")
    parser.add_argument("--only", default="", metavar="LIST", help="only these operations, e.g. 'load .tar,save'")
    parser.add_argument("--size", type=int, default=100, metavar="PERCENT", help="size of the image in percent of 300 MB")
    parser.add_argument("--settle", type=int, metavar="SECONDS", help=f"wait after removals (default {EXT4_SETTLE} on ext4, else 0)")
    parser.add_argument("--big", action="store_true", help="also the most memory while a 2 GB layer is loaded")
    parser.add_argument("--json", metavar="FILE", help="write all runs to this file")
    parser.add_argument("--svg", metavar="FILE", help="write a chart to this file")
    parser.add_argument("--dir", default="/var/tmp/rtd-bench", metavar="DIR", help="where everything is made (default /var/tmp/rtd-bench)")
    parser.add_argument("--keep", action="store_true", help="leave the directory, with the daemons' logs")
    parser.add_argument("--dist", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "dist"), metavar="DIR", help="where rtd and rtctl are (default dist/)")
    return parser.parse_args()


def make_engines(options, directory):
    """Those that are asked for and installed."""
    makers = {"rtd": (lambda: Rtd(directory, os.path.abspath(options.dist)), None), "docker": (lambda: Docker(directory), "dockerd"), "podman": (lambda: Podman(directory), "podman")}
    engines = []
    for name in options.engines.split(","):
        make, program = makers[name]
        if program and not shutil.which(program):
            print(f"{name}: {program} is not installed (scripts/bench --install)", file=sys.stderr)
            continue
        engines.append(make())
    return engines


class Bench:
    """One run: its engines, its image, the registry that pulls come from, and the results."""

    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.only = [name for name in options.only.split(",") if name]
        self.port = FIRST_PORT
        self.number = 0
        self.engines = make_engines(options, directory)
        print("making the image", file=sys.stderr)
        self.sample = Sample(os.path.join(directory, "image"), IMAGE, [([tree], megabytes * options.size // 100) for tree, megabytes in LAYERS])
        self.sample.compress()
        text = f"{self.sample.size / 1e6:.0f} MB in {self.sample.files} files and {len(self.sample.layers)} layers; .tar.gz {os.path.getsize(self.sample.archive_gz) / 1e6:.0f} MB"
        versions = {engine.name: engine.version() for engine in self.engines}
        versions["docker-registry"] = _machine.output_of(["docker-registry", "--version"])
        self.results = Results(_machine.describe(directory), versions, text)
        is_ext4 = self.results.machine["file system"].startswith("ext4")
        self.settle_seconds = options.settle if options.settle is not None else EXT4_SETTLE if is_ext4 else 0
        self.source = None

    def wants(self, operation):
        return not self.only or operation in self.only

    def next_registry(self):
        """A fresh one at an address that no engine remembers anything about."""
        self.port += 1
        return Registry(os.path.join(self.directory, f"registry{self.port}"), self.port)

    def measure(self, operation, engine, action):
        """Runs one measurement; a failure is noted, and the operation is not tried again with this engine."""
        if engine.name in self.results.failures.get(operation, {}):
            return False
        os.sync()
        try:
            seconds = action()
        except (Failed, subprocess.TimeoutExpired) as failure:
            self.results.fail(operation, engine.name, str(failure))
            print(f"  {operation:14}{engine.name:8} failed: {failure}", file=sys.stderr)
            return False
        self.results.add(operation, engine.name, seconds)
        print(f"  {operation:14}{engine.name:8}{seconds:8.2f} s", file=sys.stderr)
        return True

    def settle(self):
        """After removals: see above."""
        os.sync()
        if self.settle_seconds:
            print(f"  waiting {self.settle_seconds} s", file=sys.stderr)
            time.sleep(self.settle_seconds)

    def turn(self, operation, action):
        """An operation by each engine, each round beginning with another one."""
        first = self.number % len(self.engines)
        for engine in self.engines[first:] + self.engines[:first]:
            self.measure(operation, engine, lambda engine=engine: action(engine))

    def remove_all(self, name):
        """Takes an image from all engines, and the trees that tar made; not measured. An engine without the image has failed before."""
        for engine in self.engines:
            try:
                engine.remove(name)
            except Failed:
                continue
        shutil.rmtree(os.path.join(self.directory, "floor"), ignore_errors=True)

    def push(self, engine):
        registry = self.next_registry()
        name = f"{registry.address}/image:1"
        try:
            engine.tag(IMAGE, name)
            os.sync()
            return engine.push(name)
        finally:
            # Another name would keep the layers, and what follows would find them there.
            engine.remove(name)
            registry.close()

    def fill_source(self):
        """Has the same blobs pulled by all: those that the last engine of the list that can push makes."""
        if not shutil.which("docker-registry"):
            print("push, pull: docker-registry is not installed (scripts/bench --install)", file=sys.stderr)
            return
        self.source = Registry(os.path.join(self.directory, "source"), FIRST_PORT)
        name = f"{self.source.address}/image:1"
        for engine in reversed(self.engines):
            try:
                engine.load(self.sample.archive)
                engine.tag(IMAGE, name)
                try:
                    engine.push(name)
                finally:
                    engine.remove(name)
                    engine.remove(IMAGE)
                self.results.machine["pulled image"] = f"as pushed by {engine.name}"
                return
            except Failed as failure:
                print(f"  filling the registry with {engine.name}: {failure}", file=sys.stderr)
        self.source.close()
        self.source = None

    def save(self, engine):
        archive = os.path.join(self.directory, f"{engine.name}.saved.tar")
        try:
            return engine.save(IMAGE, archive)
        finally:
            if os.path.exists(archive):
                os.unlink(archive)

    def floor(self, operation, compressed):
        os.sync()
        seconds = extract(self.sample.layers, os.path.join(self.directory, "floor"), compressed)
        self.results.add(operation, "tar", seconds)
        print(f"  {operation:14}{'':8}{seconds:8.2f} s", file=sys.stderr)

    def round(self):
        """Each operation finds what the one before left: the image loaded, then gone."""
        self.turn("load .tar", lambda engine: engine.load(self.sample.archive))
        self.floor("tar -x", compressed=False)
        if self.wants("save"):
            self.turn("save", self.save)
        if self.wants("push") and self.source:
            self.turn("push", self.push)
        self.turn("rmi", lambda engine: engine.remove(IMAGE))
        self.remove_all(IMAGE)
        if self.wants("load .tar.gz"):
            self.settle()
            self.turn("load .tar.gz", lambda engine: engine.load(self.sample.archive_gz))
            self.remove_all(IMAGE)
        if self.wants("load .tar.gz") or self.wants("pull"):
            self.settle()
            self.floor("tar -xz", compressed=True)
        if self.wants("pull") and self.source:
            name = f"{self.source.address}/image:1"
            self.turn("pull", lambda engine: engine.pull(name))
            self.remove_all(name)

    def run(self):
        for engine in self.engines:
            engine.start()
        if self.wants("push") or self.wants("pull"):
            self.fill_source()
        for self.number in range(self.options.rounds):
            self.settle()
            print(f"round {self.number + 1} of {self.options.rounds}", file=sys.stderr)
            self.round()

    def measure_memory(self):
        """One load of a single layer of 2 GB by each engine, freshly started."""
        print("making an image with a layer of 2 GB", file=sys.stderr)
        big = Sample(os.path.join(self.directory, "big"), IMAGE, [(["usr/lib", "usr/share"], 2000)])
        memory = self.results.memory.setdefault("a 2 GB layer", {})
        for engine in self.engines:
            engine.stop()
            engine.start()
            self.settle()
            with _memory.PeakSampler(engine.pids) as sampler:
                seconds = engine.load(big.archive)
            memory[engine.name] = {"seconds": seconds, "pss": sampler.peak, "high_water": _memory.high_water(engine.processes[-1].pid) if engine.processes else None}
            print(f"  2 GB layer    {engine.name:8}{seconds:8.2f} s, {sampler.peak / 1e6:.0f} MB", file=sys.stderr)
            engine.remove(IMAGE)

    def close(self):
        for engine in self.engines:
            engine.stop()
        if self.source:
            self.source.close()


def main():
    options = parse_arguments()
    # So that the daemons end and the directory goes also when a time limit ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.makedirs(options.dir, exist_ok=True)
    directory = os.path.join(options.dir, str(os.getpid()))
    os.makedirs(directory)
    bench = None
    try:
        bench = Bench(options, directory)
        bench.run()
        if options.big:
            bench.measure_memory()
        operations = [operation for operation in OPERATIONS if bench.wants(operation[0])]
        names = [engine.name for engine in bench.engines]
        print(table(bench.results, operations, names, options.rounds))
        if options.json:
            write_json(bench.results, options.json)
        if options.svg:
            write_svg(bench.results, operations, names, options.svg)
        return 1 if bench.results.failures else 0
    finally:
        if bench:
            bench.close()
        if options.keep:
            print(f"left: {directory}", file=sys.stderr)
        else:
            _part.clear(directory)


if __name__ == "__main__":
    sys.exit(main())
