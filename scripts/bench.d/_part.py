"""What the parts of scripts/bench have in common: options, a directory that is gone at the end, results."""

import os
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def add_options(parser, engines):
    parser.add_argument("--engines", default=engines, metavar="LIST", help="which, the first being compared with the others")
    parser.add_argument("--json", metavar="FILE", help="write all values to this file")
    parser.add_argument("--svg", metavar="FILE", help="write a chart to this file")
    parser.add_argument("--dir", default="/var/tmp/rtd-bench", metavar="DIR", help="where everything is made (default /var/tmp/rtd-bench)")
    parser.add_argument("--dist", default=os.path.join(HERE, "..", "..", "dist"), metavar="DIR", help="where rtd and rtctl are (default dist/)")


def clear(directory):
    """Removes a directory, and unmounts first what engines have left mounted there: overlays, and whatever podman has."""
    subprocess.run(["sh", "-c", f"awk '$5 ~ \"^{directory}/\" {{print $5}}' /proc/self/mountinfo | sort -r | xargs -r umount -l"], check=False)
    shutil.rmtree(directory, ignore_errors=True)


def carry_out(options, make):
    """Makes a bench (with `sites`, `values`, `run` and `close`) in a directory of its own, runs it and tells what came out. Returns the exit code."""
    # So that the daemons end and the directory goes also when a time limit ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    directory = os.path.join(options.dir, str(os.getpid()))
    os.makedirs(directory)
    bench = None
    try:
        bench = make(options, directory)
        bench.run()
        bench.values.describe(options.dir, {site.name: site.engine.version() for site in bench.sites})
        print(bench.values.table())
        if options.json:
            bench.values.write_json(options.json)
        if options.svg:
            bench.values.write_svg(options.svg)
        return 0
    finally:
        if bench:
            bench.close()
        clear(directory)
