"""The engines' HTTP API, as a client's library speaks it: one connection, kept."""

import http.client
import json
import socket


class ApiError(Exception):
    """An answer that says no."""


class Api(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine", timeout=120)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)

    def call(self, method, path, body=None):
        self.request(method, f"/v1.41{path}", None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = self.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise ApiError(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text) if text[:1] in (b"{", b"[") else None

    def create(self, network, command, name=None, **host):
        query = f"?name={name}" if name else ""
        return self.call("POST", f"/containers/create{query}", {
            "Image": "busybox", "Cmd": command, "HostConfig": {"NetworkMode": network, **host},
            "ExposedPorts": {port: {} for port in host.get("PortBindings", {})},
        })["Id"]

    def start(self, container):
        self.call("POST", f"/containers/{container}/start")

    def run(self, network, command, name=None, **host):
        """A container in the background: its id and pid."""
        container = self.create(network, command, name, **host)
        self.start(container)
        return container, self.call("GET", f"/containers/{container}/json")["State"]["Pid"]

    def remove(self, container):
        self.call("DELETE", f"/containers/{container}?force=1")
