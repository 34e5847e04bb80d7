"""What figures depend on: kernel, processor, memory, file system, versions."""

import os
import platform
import re
import subprocess


def output_of(command):
    """The first line a command prints, or "missing"."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    except FileNotFoundError:
        return "missing"
    return (done.stdout.splitlines() or [""])[0].strip()


def describe(directory):
    """A dictionary of texts; directory is where the data roots are."""
    with open("/proc/cpuinfo", encoding="ascii") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(re.search(r"MemTotal:\s*(\d+)", file.read()).group(1))
    return {
        "kernel": platform.release(),
        "processor": f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} threads",
        "memory": f"{memory / 1024 / 1024:.1f} GiB",
        "file system": output_of(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "-T", directory]),
        "load before": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }
