#!/usr/bin/env python3
"""Builds: a file of five steps cold and cached, stages that need not wait for each other, a context of many files; rtd beside docker, by the same docker command.

Started by scripts/bench. The engines take turns within each round. The classic builder is what both have: DOCKER_BUILDKIT=0.
"""

import argparse
import os
import sys

import _part
from _engines import Rtd, run
from _sites import NetworkedDocker, Site
from _values import Values

HERE = _part.HERE

FIVE_STEPS = """FROM busybox
ENV GREETING=hello
RUN mkdir /app && echo "$GREETING" > /app/one
COPY app.txt /app/
RUN cat /app/one /app/app.txt > /app/two
CMD ["cat", "/app/two"]
"""

# Two lines of four stages; each stage has half a second of work, and only the last one needs both lines.
STAGES = "".join(
    f"FROM {'busybox' if number == 0 else f'{line}{number - 1}'} AS {line}{number}\nRUN sleep 0.5 && echo {line}{number} > /{line}{number}\n"
    for line in ("a", "b") for number in range(4)
) + "FROM busybox\nCOPY --from=a3 /a3 /\nCOPY --from=b3 /b3 /\n"

MANY_FILES = "FROM busybox\nCOPY . /files\n"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench build", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="rounds over all engines (default 7)")
    parser.add_argument("--files", type=int, default=2000, metavar="N", help="files in the large context (default 2000)")
    _part.add_options(parser, "rtd,docker")
    return parser.parse_args()


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.sites = [
            Site(Rtd(directory, os.path.abspath(options.dist)) if name == "rtd" else NetworkedDocker(directory), number)
            for number, name in enumerate(options.engines.split(","))
        ]
        self.values = Values([site.name for site in self.sites])
        self.directory = directory
        self.five = self.context("five", FIVE_STEPS, {"app.txt": "application\n"})
        self.stages = self.context("stages", STAGES, {})
        self.many = self.context("many", MANY_FILES, {f"directory{number % 50}/file{number}": f"{number}\n" * 100 for number in range(options.files)})
        self.image = os.path.join(directory, "busybox.tar")
        run([os.path.join(HERE, "..", "busybox-image"), self.image])

    def context(self, name, dockerfile, files):
        path = os.path.join(self.directory, name)
        for file, content in {"Dockerfile": dockerfile, **files}.items():
            os.makedirs(os.path.dirname(os.path.join(path, file)), exist_ok=True)
            with open(os.path.join(path, file), "w", encoding="ascii") as target:
                target.write(content)
        return path

    @staticmethod
    def build(site, context, *options):
        """Milliseconds of the whole command."""
        command = ["docker", "-H", f"unix://{site.engine.path('sock')}", "build", "-q", "-t", "built", *options, context]
        return run(command, {"DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": site.engine.path("config")}) * 1000

    @staticmethod
    def version(site):
        """Milliseconds of a command that asks the daemon for next to nothing: a build by the same command cannot take less."""
        return run(["docker", "-H", f"unix://{site.engine.path('sock')}", "version"], {"DOCKER_CONFIG": site.engine.path("config")}) * 1000

    def turn(self, number, what, action):
        first = number % len(self.sites)
        for site in self.sites[first:] + self.sites[:first]:
            value = action(site)
            if number > 0:  # the first of all warms up what is loaded once
                self.values.add(what, site.name, value)

    def run(self):
        for site in self.sites:
            site.start(self.image)
        for number in range(self.options.rounds + 1):
            print(f"round {number} of {self.options.rounds}", file=sys.stderr)
            self.turn(number, "5 steps, cold: ms", lambda site: self.build(site, self.five, "--no-cache"))
            self.turn(number, "5 steps, cached: ms", lambda site: self.build(site, self.five))
            self.turn(number, "docker version (the command itself): ms", self.version)
            self.turn(number, f"COPY of {self.options.files} files, cold: ms", lambda site: self.build(site, self.many, "--no-cache"))
            self.turn(number, f"COPY of {self.options.files} files, cached: ms", lambda site: self.build(site, self.many))
            if number <= 2:
                self.turn(number, "2 x 4 stages of 0.5 s: ms", lambda site: self.build(site, self.stages, "--no-cache"))

    def close(self):
        for site in self.sites:
            site.stop()


if __name__ == "__main__":
    sys.exit(_part.carry_out(parse_arguments(), Bench))
