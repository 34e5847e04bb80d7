"""The engines under test. Each has a data root of its own below one directory; nothing of the host's own engines is touched."""

import json
import os
import select
import shutil
import signal
import subprocess
import time

START_PATIENCE = 60  # seconds
COMMAND_PATIENCE = 1200  # seconds
STOP_PATIENCE = 30  # seconds


class Failed(Exception):
    """A command of an engine failed; the text says how."""


def run(command, environment=None):
    """Runs a command to its end and returns the seconds it took. Its output is kept for the failure's message."""
    start = time.monotonic()
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=COMMAND_PATIENCE,
        env={**os.environ, **(environment or {})}, text=True, errors="replace",
    )
    seconds = time.monotonic() - start
    if done.returncode != 0:
        last = (done.stdout.strip().splitlines() or ["no output"])[-1]
        raise Failed(f"{' '.join(command)}: exit code {done.returncode}: {last}")
    return seconds


def stop(process):
    """SIGTERM, and SIGKILL for what does not listen."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Engine:
    """A client's verbs, and the daemon behind them if there is one."""

    name = ""
    # The daemon's configuration file.
    configuration = {}

    def __init__(self, directory):
        self.directory = os.path.join(directory, self.name)
        self.processes = []
        # Put before each of the daemon's commands; a network namespace of its own, for example.
        self.prefix = []
        os.makedirs(self.directory, exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def version(self):
        raise NotImplementedError

    def client(self, *arguments):
        """The command line of a verb."""
        raise NotImplementedError

    def environment(self):
        return {}

    # What `run` and `create` need here besides what is measured.
    container_flags = []

    def launch(self):
        """Starts the processes, if the engine has any; the client's `version` fails until they are ready."""

    def start(self):
        self.launch()
        deadline = time.monotonic() + START_PATIENCE
        while True:
            try:
                self.run("version")
                return
            except Failed as failure:
                ended = [process for process in self.processes if process.poll() is not None]
                if ended or time.monotonic() > deadline:
                    self.stop()
                    raise Failed(f"{self.name} does not start ({failure}); its log is {self.path('log')}") from failure
                time.sleep(0.05)

    def stop(self):
        for process in reversed(self.processes):
            stop(process)
        self.processes = []

    def pids(self):
        return [process.pid for process in self.processes]

    def run(self, *arguments):
        return run(self.client(*arguments), self.environment())

    def spawn(self, command):
        with open(self.path("log"), "ab") as log:
            self.processes.append(subprocess.Popen([*self.prefix, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))

    def load(self, archive):
        return self.run("load", "-q", "-i", archive)

    def save(self, image, archive):
        return self.run("save", "-o", archive, image)

    def push(self, image):
        return self.run("push", "-q", image)

    def pull(self, image):
        return self.run("pull", "-q", image)

    def tag(self, image, name):
        return self.run("tag", image, name)

    def kill_and_remove(self, *containers):
        return self.run("rm", "-f", *containers)

    def remove(self, *images):
        return self.run("rmi", "-f", *images)


class Rtd(Engine):
    name = "rtd"

    def __init__(self, directory, dist):
        super().__init__(directory)
        self.dist = dist

    def version(self):
        return subprocess.run([os.path.join(self.dist, "rtd"), "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def client(self, *arguments):
        return [os.path.join(self.dist, "rtctl"), "-H", f"unix://{self.path('sock')}", *arguments]

    def environment(self):
        return {"DOCKER_CONFIG": self.path("config")}

    def launch(self):
        with open(self.path("daemon.json"), "w", encoding="ascii") as file:
            json.dump(self.configuration, file)
        self.spawn([
            os.path.join(self.dist, "rtd"), "daemon", "--data-root", self.path("data"), "--exec-root", self.path("run"), "--pidfile", self.path("pid"),
            "--config-file", self.path("daemon.json"), "--cgroup-parent", "/rtd-bench", "-H", f"unix://{self.path('sock')}",
        ])

    def kill(self):
        """kill -9 of the daemon. With live restore its supervisor starts another one, which is not a child of ours; the pidfile leads to it."""
        self._signal(signal.SIGKILL, self._daemon())

    def pids(self):
        daemon = self._daemon()
        return [] if daemon is None else [daemon]

    def stop(self):
        daemon = self._daemon()
        if daemon is not None and daemon not in super().pids():
            self._signal(signal.SIGTERM, daemon)
        super().stop()

    def _daemon(self):
        """Its pid; None when it has ended and said so."""
        try:
            with open(self.path("pid"), encoding="ascii") as file:
                return int(file.read())
        except FileNotFoundError:
            return None

    @staticmethod
    def _signal(number, pid):
        """Returns when the process has ended, or is not there."""
        try:
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        try:
            signal.pidfd_send_signal(process, number)
            if not select.select([process], [], [], STOP_PATIENCE)[0]:
                raise Failed(f"process {pid} does not end by signal {number}")
        finally:
            os.close(process)


class Docker(Engine):
    name = "docker"
    # Without a network of its own, where only images are measured.
    network_flags = ["--iptables=false", "--ip6tables=false", "--bridge=none"]

    def version(self):
        return subprocess.run(["dockerd", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def client(self, *arguments):
        return ["docker", "-H", f"unix://{self.path('sock')}", *arguments]

    def environment(self):
        return {"DOCKER_CONFIG": self.path("config"), "DOCKER_CLI_HINTS": "false"}

    def launch(self):
        config = self.path("containerd.toml")
        with open(config, "w", encoding="ascii") as file:
            file.write(
                f'version = 2\nroot = "{self.path("containerd")}"\nstate = "{self.path("containerd-run")}"\n'
                f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "{self.path("containerd.sock")}"\n'
            )
        with open(self.path("daemon.json"), "w", encoding="ascii") as file:
            json.dump(self.configuration, file)
        self.spawn(["containerd", "--config", config])
        self._await_socket(self.path("containerd.sock"))
        self.spawn([
            "dockerd", "--data-root", self.path("data"), "--exec-root", self.path("run"), "--pidfile", self.path("pid"), "--config-file", self.path("daemon.json"),
            "--containerd", self.path("containerd.sock"), "--storage-driver", "overlay2", *self.network_flags,
            "--cgroup-parent", "/docker-bench", "-H", f"unix://{self.path('sock')}",
        ])

    @staticmethod
    def _await_socket(path):
        deadline = time.monotonic() + START_PATIENCE
        while not os.path.exists(path):
            if time.monotonic() > deadline:
                raise Failed(f"containerd made no {path}")
            time.sleep(0.05)


class Podman(Engine):
    """Has no daemon: the client does the work."""

    name = "podman"
    # Its own default raises hard limits, which needs CAP_SYS_RESOURCE.
    container_flags = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]

    def version(self):
        return subprocess.run(["podman", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()

    def client(self, *arguments):
        return [
            "podman", "--root", self.path("data"), "--runroot", self.path("run"), "--storage-driver", "overlay", "--events-backend", "none",
            "--cgroup-manager", "cgroupfs", *(["--runtime", "runc"] if self._hybrid() else []), *arguments,
        ]

    @staticmethod
    def _hybrid():
        """With controllers on v1 and a tree of v2 beside them: crun refuses to run there."""
        return os.path.exists("/sys/fs/cgroup/unified") or os.path.exists("/sys/fs/cgroup/memory")

    def load(self, archive):
        if not archive.endswith(".gz"):
            return super().load(archive)
        # Debian's podman 4.3 refuses gzipped archives ("invalid tar header"), those it has saved itself too: its users pipe.
        command = ["sh", "-c", "archive=$1; shift; gzip -dc \"$archive\" | \"$@\"", "sh", archive, *self.client("load", "-q")]
        return run(command, self.environment())

    def push(self, image):
        return self.run("push", "-q", "--tls-verify=false", image)

    def pull(self, image):
        return self.run("pull", "-q", "--tls-verify=false", image)

    def kill_and_remove(self, *containers):
        # Without -t it waits ten seconds for each to mind SIGTERM, which docker's rm -f does not send.
        return self.run("rm", "-f", "-t", "0", *containers)

    def save(self, image, archive):
        return self.run("save", "-q", "-o", archive, image)

    def pids(self):
        return [os.getpid()]


class Registry:
    """Debian's docker-registry on loopback with an empty store."""

    def __init__(self, directory, port):
        self.address = f"127.0.0.1:{port}"
        self._directory = directory
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        config = os.path.join(directory, "config.yml")
        with open(config, "w", encoding="ascii") as file:
            file.write(
                f"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {directory}/data\nhttp:\n  addr: {self.address}\n"
            )
        with open(os.path.join(directory, "log"), "wb") as log:
            self._process = subprocess.Popen(["docker-registry", "serve", config], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._await(port)

    def _await(self, port):
        import socket

        deadline = time.monotonic() + START_PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError as refusal:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"docker-registry does not start; its log is {self._directory}/log") from refusal
                time.sleep(0.02)

    def close(self):
        stop(self._process)
        shutil.rmtree(self._directory, ignore_errors=True)
