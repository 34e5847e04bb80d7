"""Debian's python3-docker at work: images, containers, logs, exec with sockets, archives, events, networks, volumes. Ends with the word "done"."""

import io
import tarfile

import docker
from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import Healthcheck, LogConfig, Mount, Ulimit

client = docker.from_env(timeout=60)


def system():
    assert client.ping()
    assert client.info()["OSType"] == "linux"
    assert client.version()["Os"] == "linux"
    assert "Volumes" in client.df()


def run():
    assert client.containers.run("busybox", "echo hello", remove=True) == b"hello\n"
    assert client.containers.run("busybox", ["sh", "-c", "echo lost >&2; echo kept"], stderr=True, remove=True) in (b"lost\nkept\n", b"kept\nlost\n")
    try:
        client.containers.run("busybox", ["sh", "-c", "echo why >&2; exit 7"], remove=True)
        raise AssertionError("a failure must be an error")
    except docker.errors.ContainerError as error:
        assert (error.exit_status, error.stderr) == (7, b"why\n")


def build():
    dockerfile = io.BytesIO(b"FROM busybox\nARG WHO=nobody\nRUN echo hello $WHO > /hello\nCMD cat /hello\n")
    image, log = client.images.build(fileobj=dockerfile, tag="pybuilt:1", buildargs={"WHO": "python"}, labels={"by": "python"}, rm=True)
    assert any("Step 3/" in line.get("stream", "") for line in log)
    assert image.tags == ["pybuilt:1"] and image.labels["by"] == "python"
    assert client.containers.run("pybuilt:1", remove=True) == b"hello python\n"
    again, log = client.images.build(fileobj=io.BytesIO(dockerfile.getvalue()), buildargs={"WHO": "python"}, labels={"by": "python"}, rm=True)
    assert again.id == image.id and any("Using cache" in line.get("stream", "") for line in log)
    try:
        client.images.build(fileobj=io.BytesIO(b"FROM busybox\nRUN exit 5\n"), rm=True, forcerm=True)
        raise AssertionError("a failed build must be an error")
    except docker.errors.BuildError as error:
        assert "returned a non-zero code: 5" in error.msg
    client.images.remove("pybuilt:1")
    assert client.api.prune_builds()["SpaceReclaimed"] >= 0


def life():
    container = client.containers.run(
        "busybox", ["sh", "-c", "for i in 1 2 3; do echo line $i; done; exec sleep 1000"], detach=True, name="pyc", environment={"A": "b"},
        labels={"by": "python"}, mem_limit="64m", ulimits=[Ulimit(name="nofile", soft=512, hard=1024)], cap_drop=["ALL"], tmpfs={"/scratch": "size=1m"},
        log_config=LogConfig(type="json-file", config={"max-size": "1m"}), mounts=[Mount("/data", "pyv")], read_only=True, init=True,
        healthcheck=Healthcheck(test=["CMD", "true"], interval=100 * 1000000))
    assert [c.name for c in client.containers.list(filters={"label": "by=python"})] == ["pyc"]
    lines = []
    for line in container.logs(stream=True, follow=True):
        lines.append(line)
        if len(lines) == 3:
            break
    assert lines == [b"line 1\n", b"line 2\n", b"line 3\n"]
    assert container.logs(tail=1) == b"line 3\n"

    code, (out, err) = container.exec_run(["sh", "-c", "echo out; echo err >&2; exit 4"], demux=True)
    assert (code, out, err) == (4, b"out\n", b"err\n")
    assert container.exec_run("cat /proc/self/limits").output.count(b"512") == 1
    _, stream = container.exec_run("cat", stdin=True, socket=True)
    stream._sock.sendall(b"typed")
    stream._sock.shutdown(1)
    assert stream.read().endswith(b"typed")

    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("file")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"data"))
    assert container.put_archive("/data", archive.getvalue())
    chunks, stat = container.get_archive("/data/file")
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        assert tar.extractfile("file").read() == b"data"
    assert (stat["name"], stat["size"]) == ("file", 4)

    container.pause()
    container.reload()
    assert container.status == "paused"
    container.unpause()
    assert container.stats(stream=False)["pids_stats"]["current"] > 0
    sample = next(iter(container.stats(decode=True)))
    assert sample["memory_stats"]["limit"] == 64 << 20
    assert any("sleep 1000" in " ".join(row) for row in container.top()["Processes"])
    container.update(mem_limit="128m", memswap_limit="256m")
    container.rename("pyc2")
    container.restart(timeout=0)
    container.kill("SIGKILL")
    assert container.wait(condition="not-running")["StatusCode"] == 137
    image = container.commit("pyimage", "1", changes=["ENV C=d"])
    assert "C=d" in image.attrs["Config"]["Env"]
    container.remove(v=True)
    client.images.remove("pyimage:1")
    client.volumes.get("pyv").remove()


def attach():
    container = client.containers.create("busybox", "cat", stdin_open=True)
    socket = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
    container.start()
    socket._sock.sendall(b"through\n")
    assert socket.read(8 + 8)[8:] == b"through\n"
    socket.close()
    container.remove(force=True)


def networks():
    network = client.networks.create("pynet", driver="bridge", internal=True, ipam=docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet="10.92.0.0/24")]))
    container = client.containers.run("busybox", "sleep 1000", detach=True, name="pyn")
    network.connect(container, aliases=["me"], ipv4_address="10.92.0.7")
    container.reload()
    assert container.attrs["NetworkSettings"]["Networks"]["pynet"]["IPAddress"] == "10.92.0.7"
    network.reload()
    assert [member.name for member in network.containers] == ["pyn"]
    network.disconnect(container)
    container.remove(force=True)
    network.remove()


def images():
    image = client.images.get("busybox")
    assert image.tag("pytag", "2")
    saved = b"".join(client.images.get("pytag:2").save(named="pytag:2"))
    client.images.remove("pytag:2")
    assert [loaded.tags for loaded in client.images.load(saved)][0].count("pytag:2") == 1
    client.images.remove("pytag:2")
    assert image.history()
    try:
        client.images.get("no-such")
        raise AssertionError("an unknown image must be an error")
    except ImageNotFound as error:
        assert "No such image" in error.explanation


def events():
    stream = client.events(decode=True, filters={"type": "volume"})
    client.volumes.create("pyev", labels={"a": "b"}).remove()
    told = []
    for event in stream:
        told.append(event["Action"])
        if event["Action"] == "destroy":
            break
    assert told == ["create", "destroy"], told


def errors():
    for call, kind in ((lambda: client.containers.get("nope"), NotFound), (lambda: client.networks.get("nope"), NotFound), (lambda: client.volumes.get("nope"), NotFound)):
        try:
            call()
            raise AssertionError("an unknown object must be an error")
        except kind:
            continue
    try:
        client.containers.create("busybox", mem_limit=1)
        raise AssertionError("a tiny limit must be an error")
    except APIError as error:
        assert error.status_code == 400 and "Minimum memory limit" in error.explanation, error


for step in (system, run, build, life, attach, networks, images, events, errors):
    step()
    print(step.__name__, flush=True)
print("done")
