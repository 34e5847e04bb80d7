#!/usr/bin/env python3
"""Writes an image down as the build tests do (ImageListing.cs): what its files add to or take from its base's, and its configuration."""

import json
import os
import sys
import tarfile

LONGEST_TEXT = 160
ENGINES = ("dev", "proc", "sys", ".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", "run")
CONFIGURATION = ("User", "ExposedPorts", "Env", "Cmd", "Healthcheck", "Volumes", "WorkingDir", "Entrypoint", "OnBuild", "Labels", "StopSignal", "Shell")


def content(archive, member):
    data = archive.extractfile(member).read()
    try:
        return json.dumps(data.decode("utf-8"), ensure_ascii=False) if len(data) <= LONGEST_TEXT else f"{len(data)} bytes"
    except UnicodeDecodeError:
        return f"{len(data)} bytes"


def line(archive, member):
    owner = f"{member.mode:04o} {member.uid}:{member.gid}"
    if member.isdir():
        return f"directory {owner}"
    if member.issym():
        return f"link {member.linkname}"
    if member.isfifo():
        return f"pipe {owner}"
    if member.ischr() or member.isblk():
        return f"device {owner} {member.devmajor}:{member.devminor}"
    return f"file {owner} {content(archive, member)}"


def clean(name):
    return name.removeprefix("./").strip("/")


def files(path):
    found = {}
    if not os.path.exists(path):
        return found
    with tarfile.open(path) as archive:
        for member in archive:
            name = clean(member.name)
            if name not in ("", ".", "etc") and not any(name == own or name.startswith(own + "/") for own in ENGINES):
                found[name] = found[clean(member.linkname)] if member.islnk() else line(archive, member)
    return found


def lines(directory):
    before, after = files(os.path.join(directory, "base.tar")), files(os.path.join(directory, "sample.tar"))
    yield from (f"- /{name}" for name in sorted(before) if name not in after)
    yield from (f"+ /{name} {after[name]}" for name in sorted(after) if before.get(name) != after[name])
    with open(os.path.join(directory, "image.json"), encoding="utf-8") as file:
        image = json.load(file)["Docker"]
    if image.get("author"):
        yield f"Author {image['author']}"
    config = image["config"]
    # What buildah adds: its own name, and the root for a working directory that nobody has set.
    (config.get("Labels") or {}).pop("io.buildah.version", None)
    if config.get("WorkingDir") == "/":
        config["WorkingDir"] = ""
    for name in CONFIGURATION:
        if value := config.get(name):
            yield f"{name} {json.dumps(value, ensure_ascii=False, separators=(',', ':'), sort_keys=isinstance(value, dict))}"


def main():
    out, samples = sys.argv[1:]
    for name in sorted(os.listdir(out)):
        with open(os.path.join(samples, name, "buildah"), "w", encoding="utf-8") as file:
            file.writelines(text + "\n" for text in lines(os.path.join(out, name)))


if __name__ == "__main__":
    main()
