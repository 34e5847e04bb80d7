"""Memory and processor time of processes."""

import os
import re
import threading

SAMPLE_SECONDS = 0.05


def _children():
    """pid -> pids of its children, for the whole machine."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(entry))
    return children


def _with_descendants(roots):
    children = _children()
    found, rest = set(), list(roots)
    while rest:
        pid = rest.pop()
        if pid not in found:
            found.add(pid)
            rest += children.get(pid, [])
    return found


def pss(pid):
    """Proportional set size in bytes: shared pages are counted by share. 0 for a process that has gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss:\s*(\d+) kB", file.read(), re.MULTILINE).group(1)) * 1024
    except (FileNotFoundError, ProcessLookupError, AttributeError):
        return 0


def pss_of_engine(directory, roots, without):
    """PSS in bytes of each process below the roots, and of each whose command line names the engine's directory (a containerd-shim is nobody's
    child); but not of those with the command name `without`, which are the containers' own."""
    needle = os.fsencode(directory) + b"/"
    members = _with_descendants(roots) | {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if needle in _read(pid, "cmdline")}
    return [pss(pid) for pid in members - {os.getpid()} if _read(pid, "comm").strip() != without]


def _read(pid, name):
    """A file of a process; empty when it has gone."""
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def processor_seconds(pid):
    """User and system time that a process has taken so far; 0 when it has gone."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def high_water(pid):
    """The most resident memory a process ever had, in bytes."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"^VmHWM:\s*(\d+) kB", file.read(), re.MULTILINE).group(1)) * 1024


class PeakSampler:
    """Samples the PSS of processes and their descendants, this one left out; `peak` is the largest sum in bytes."""

    def __init__(self, pids):
        self._pids = pids
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.peak = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            self.peak = max(self.peak, sum(map(pss, _with_descendants(self._pids()) - {os.getpid()})))
            self._stop.wait(SAMPLE_SECONDS)
