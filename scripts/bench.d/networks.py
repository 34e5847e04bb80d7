#!/usr/bin/env python3
"""Networks: what one adds to a start, a hundred starts at once, throughput between containers and by a published port, names; rtd beside docker.

Started by scripts/bench. The engines take turns within each round.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time

import _part
from _engines import Failed, Rtd, run
from _sites import NETWORK, NetworkedDocker, Site, cycle, inside
from _values import Values

PORT = 5201
HERE = _part.HERE


def many(site, count, width):
    """Starts so many containers, so many at a time; checks addresses and names. Milliseconds of all creates and starts."""
    names = [f"many{number}" for number in range(count)]

    def start(name):
        api = site.fresh_api()
        container = api.create(NETWORK, ["sleep", "1000"], name)
        api.start(container)
        shown = api.call("GET", f"/containers/{container}/json")
        api.close()
        return shown["NetworkSettings"]["Networks"][NETWORK]["IPAddress"]

    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        addresses = dict(zip(names, pool.map(start, names)))
    milliseconds = (time.perf_counter() - begin) * 1000
    if len(set(addresses.values())) != count:
        raise Failed(f"{site.name}: {count} containers have {len(set(addresses.values()))} addresses")
    _, pid = site.api.run(NETWORK, ["sleep", "1000"], "asker")
    for name, address in addresses.items():
        answer = subprocess.run([*inside(pid), "busybox", "nslookup", name, "127.0.0.11"], stdout=subprocess.PIPE, text=True, check=False).stdout
        if address not in answer:
            raise Failed(f"{site.name}: {name} is {address}, and resolves to {answer!r}")
    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        list(pool.map(lambda name: site.fresh_api().remove(name), [*names, "asker"]))
    return milliseconds


def throughput(client, address, port, seconds):
    """Gbit/s of one TCP stream, as the receiver counts them."""
    done = subprocess.run([*client, "iperf3", "-J", "-c", address, "-p", str(port), "-t", str(seconds)], stdout=subprocess.PIPE, text=True, check=False)
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise Failed(f"iperf3: {answer['error']}")
    return answer["end"]["sum_received"]["bits_per_second"] / 1e9


def serve(pid):
    server = subprocess.Popen([*inside(pid), "iperf3", "-s", "-p", str(PORT)], stdout=subprocess.DEVNULL)
    time.sleep(0.3)  # iperf3 says nothing when it is ready
    return server


class Bench:
    def __init__(self, options, directory):
        self.options = options
        makers = {"rtd": lambda: Rtd(directory, os.path.abspath(options.dist)), "docker": lambda: NetworkedDocker(directory)}
        self.sites = [Site(makers[name](), number) for number, name in enumerate(options.engines.split(","))]
        self.values = Values([site.name for site in self.sites])
        self.image = os.path.join(directory, "busybox.tar")
        run([os.path.join(HERE, "..", "busybox-image"), self.image])

    def turn(self, number):
        first = number % len(self.sites)
        return self.sites[first:] + self.sites[:first]

    def run(self):
        for site in self.sites:
            site.start(self.image)
        self.starts()
        for number in range(self.options.rounds):
            for site in self.turn(number):
                self.values.tell("100 starts, 16 at a time: ms", site.name, many(site, 100, 16))
        self.traffic()

    def starts(self):
        kinds = ["none", "bridge", NETWORK]
        for number in range(self.options.cycles + 1):
            for kind in kinds:
                for site in self.turn(number):
                    start, whole = cycle(site, kind)
                    # The first of all warms up what is loaded once.
                    if number > 0:
                        name = "user network" if kind == NETWORK else kind
                        self.values.add(f"start, {name}: ms", site.name, start)
                        self.values.add(f"create to delete, {name}: ms", site.name, whole)

    def traffic(self):
        pairs = {}
        for site in self.sites:
            server = site.api.run(NETWORK, ["sleep", "1000"], "server", PortBindings={f"{PORT}/tcp": [{"HostPort": str(PORT)}]})
            client = site.api.run(NETWORK, ["sleep", "1000"], "client")
            address = site.api.call("GET", f"/containers/{server[0]}/json")["NetworkSettings"]["Networks"][NETWORK]["IPAddress"]
            pairs[site] = server, client, address, serve(server[1])
        for number in range(self.options.rounds):
            for site in self.turn(number):
                _, client, address, _ = pairs[site]
                self.values.tell("container to container: Gbit/s", site.name, throughput(inside(client[1]), address, PORT, self.options.seconds))
                self.values.tell("outside to published port: Gbit/s", site.name, throughput(site.outside, site.host_address, PORT, self.options.seconds))
            for site in self.turn(number):
                asked = subprocess.run([*inside(pairs[site][1][1]), sys.executable, os.path.join(HERE, "_dns.py"), "127.0.0.11", str(self.options.questions), "5", "server", "client"],
                                       stdout=subprocess.PIPE, text=True, check=True)
                answer = json.loads(asked.stdout)
                self.values.tell(f"names, {self.options.questions}/s asked: answered %", site.name, 100 * answer["answered"] / answer["asked"])
                if answer["answered"]:
                    self.values.tell("names: p50 ms", site.name, answer["p50"])
                    self.values.tell("names: p99 ms", site.name, answer["p99"])
        for server, client, _, process in pairs.values():
            process.kill()
            process.wait()
        for site in self.sites:
            site.api.remove("server")
            site.api.remove("client")

    def close(self):
        for site in self.sites:
            site.stop()


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench networks", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds over all engines (default 3)")
    parser.add_argument("--cycles", type=int, default=20, metavar="N", help="lives of a container for each kind of network (default 20)")
    parser.add_argument("--seconds", type=int, default=5, metavar="N", help="of each stream (default 5)")
    parser.add_argument("--questions", type=int, default=10000, metavar="N", help="for names each second (default 10000)")
    _part.add_options(parser, engines="rtd,docker")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(_part.carry_out(parse_arguments(), Bench))
