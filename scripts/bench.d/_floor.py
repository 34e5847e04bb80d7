"""What lies below any engine: a start of the same busybox by bare runc and crun, and by a C program (floor.c) that makes the same system calls and does nothing else."""

import json
import os
import shutil
import subprocess
import sys

from _engines import Failed, run

COLUMN = "floor"
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "floor.c")
CGROUPS = "/sys/fs/cgroup"
PARENT = "rtd-bench-floor"
BRIDGE = "rtdfloor0"
GATEWAY = "198.51.100.129/25"  # as floor.c has it


class Floor:
    """Made before the engines: crun does not run beside a hierarchy of cgroups without controllers that an engine has mounted elsewhere."""

    def __init__(self, directory, archive):
        self._directory = os.path.join(directory, "floor")
        self._image = os.path.join(self._directory, "rootfs")
        os.makedirs(self._image)
        run(["tar", "-xf", archive, "-C", self._image])
        self._program = os.path.join(self._directory, "floor")
        self._hierarchies = {}
        self._unified = os.path.exists(os.path.join(CGROUPS, "cgroup.controllers"))

    def measure(self, values, cycles):
        """Adds rows of milliseconds; what is not installed here has none."""
        try:
            self._make_parents()
            if shutil.which("gcc"):
                run(["gcc", "-O2", "-o", self._program, SOURCE])
                run(["ip", "link", "add", BRIDGE, "type", "bridge"])
                run(["ip", "addr", "add", GATEWAY, "dev", BRIDGE])
                run(["ip", "link", "set", BRIDGE, "up"])
                self._measure_program(values, cycles, "namespaces and mounts", [])
                self._measure_program(values, cycles, "and cgroups", self._cgroup_arguments())
                self._measure_program(values, cycles, "and cgroups and veth", [*self._cgroup_arguments(), "-b", BRIDGE])
            for runtime in ("runc", "crun"):
                if shutil.which(runtime):
                    self._measure_runtime(values, cycles, runtime)
        finally:
            self._clear()

    def _measure_program(self, values, cycles, what, arguments):
        place = os.path.join(self._directory, "place")
        os.makedirs(place, exist_ok=True)
        # The first of all warms up.
        done = subprocess.run([self._program, "-n", str(cycles + 1), *arguments, self._image, place], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        for line in done.stdout.splitlines()[1:]:
            ended, gone = map(float, line.split())
            values.add(f"floor: C program, {what}, to its end: ms", COLUMN, ended)
            values.add(f"floor: C program, {what}, till all is gone: ms", COLUMN, gone)

    def _measure_runtime(self, values, cycles, runtime):
        bundle = os.path.join(self._directory, runtime)
        os.makedirs(bundle)
        run([runtime, "spec", "--bundle", bundle])
        path = os.path.join(bundle, "config.json")
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
        config["process"].update({"terminal": False, "args": ["true"]})
        config["root"] = {"path": self._image}
        config["linux"]["cgroupsPath"] = f"/{PARENT}/{runtime}"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file)
        for number in range(cycles + 1):
            try:
                seconds = run([runtime, "--root", os.path.join(bundle, "state"), "run", "--bundle", bundle, f"floor{number}"])
            except Failed as failure:
                # crun 1.8 refuses where a tree of v2 beside v1 has controllers.
                print(f"  no floor by {runtime}: {failure}", file=sys.stderr)
                return
            if number > 0:
                values.add(f"floor: {runtime} run of true, own network namespace, no veth: ms", COLUMN, seconds * 1000)

    def _make_parents(self):
        for name in os.listdir(CGROUPS) if not self._unified else [""]:
            parent = os.path.join(CGROUPS, name, PARENT)
            # A tree of v2 beside hierarchies of v1 has no controllers.
            if os.path.islink(os.path.join(CGROUPS, name)) or not os.path.exists(os.path.join(CGROUPS, name, "cgroup.procs")) or name == "unified":
                continue
            os.makedirs(parent, exist_ok=True)
            self._hierarchies[name] = parent
            if name.startswith("cpuset"):
                # A new cpuset takes no process before it has processors and memory; those in this one inherit them.
                for file in ("cpuset.cpus", "cpuset.mems"):
                    with open(os.path.join(CGROUPS, name, file), encoding="ascii") as source, open(os.path.join(parent, file), "w", encoding="ascii") as target:
                        target.write(source.read())
                with open(os.path.join(parent, "cgroup.clone_children"), "w", encoding="ascii") as target:
                    target.write("1")

    def _cgroup_arguments(self):
        return [word for parent in self._hierarchies.values() for word in ("-u" if self._unified else "-c", parent)]

    def _clear(self):
        subprocess.run(["ip", "link", "delete", BRIDGE], stderr=subprocess.DEVNULL, check=False)
        # runc makes one in a tree of v2 beside v1 as well.
        for parent in [os.path.join(CGROUPS, PARENT), *(os.path.join(CGROUPS, name, PARENT) for name in os.listdir(CGROUPS))]:
            for place, _, _ in os.walk(parent, topdown=False):
                os.rmdir(place)
