"""The image that is measured: real files of this machine, in layers of fixed sizes."""

import hashlib
import json
import os
import subprocess
import tarfile

MEGABYTE = 1_000_000

# What goes into each layer, the lowest first: libraries, data, programs, many small files, a little on top.
LAYERS = [
    ("usr/lib", 120),
    ("usr/share", 80),
    ("usr/bin", 60),
    ("usr/include", 30),
    ("etc", 10),
]


def _files(tree):
    """Regular files of a tree in the order of their names."""
    for directory, names, files in os.walk(os.path.join("/", tree)):
        names.sort()
        for name in sorted(files):
            path = os.path.join(directory, name)
            if not os.path.islink(path) and os.path.isfile(path):
                yield path


def _write_layer(path, trees, size, top):
    """A tar of so many bytes of file contents (less than one file more or less); goes over the trees again, under other names, until it has them."""
    total, turn, count = 0, 0, 0
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        while total < size:
            before = total
            for source in (file for tree in trees for file in _files(tree)):
                length = os.path.getsize(source)
                if total + length > size + size // 50:
                    continue
                member = archive.gettarinfo(source, f"{top}{turn or ''}{source}")
                member.uid = member.gid = 0
                member.uname = member.gname = "root"
                with open(source, "rb") as file:
                    archive.addfile(member, file)
                total += member.size
                count += 1
                if total >= size:
                    break
            turn += 1
            if total == before:
                break
    return total, count


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()


class Sample:
    """An image archive as docker save writes it, plain and gzipped, and its layers alone for tar."""

    def __init__(self, directory, name, layers):
        """layers: (trees, megabytes) of each."""
        self.name = name
        self.archive = os.path.join(directory, "image.tar")
        self.archive_gz = self.archive + ".gz"
        self.layers = []
        self.size = 0
        self.files = 0
        os.makedirs(directory)
        for number, (trees, megabytes) in enumerate(layers):
            layer = os.path.join(directory, f"layer{number}.tar")
            size, count = _write_layer(layer, trees, megabytes * MEGABYTE, f"layer{number}")
            self.size += size
            self.files += count
            self.layers.append(layer)
        self._write_archive()

    def compress(self):
        """The .gz forms, by gzip's default level as docker and most build tools use it."""
        for path in [self.archive, *self.layers]:
            subprocess.run(["gzip", "-kn", path], check=True)

    def _write_archive(self):
        digests = [_sha256(layer) for layer in self.layers]
        config = json.dumps({
            "architecture": "amd64" if os.uname().machine == "x86_64" else "arm64", "os": "linux", "created": "2026-01-01T00:00:00Z",
            "config": {"Cmd": ["sh"]}, "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
            "history": [{"created": "2026-01-01T00:00:00Z", "created_by": f"layer {number}"} for number in range(len(digests))],
        }).encode()
        config_name = hashlib.sha256(config).hexdigest() + ".json"
        manifest = json.dumps([{"Config": config_name, "RepoTags": [self.name], "Layers": [f"{digest}/layer.tar" for digest in digests]}]).encode()
        with tarfile.open(self.archive, "w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in ((config_name, config), ("manifest.json", manifest)):
                _add_bytes(archive, name, content)
            for layer, digest in zip(self.layers, digests):
                archive.add(layer, f"{digest}/layer.tar")


def _add_bytes(archive, name, content):
    import io

    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def extract(layers, directory, compressed):
    """Unpacks the layers with tar below a new directory, one after the other, and returns the seconds: the floor that no engine gets below by much."""
    from _engines import run

    seconds = 0
    for number, layer in enumerate(layers):
        target = os.path.join(directory, str(number))
        os.makedirs(target)
        seconds += run(["tar", "-xzf" if compressed else "-xf", layer + (".gz" if compressed else ""), "-C", target])
    return seconds
