"""What a part measured: values by quantity and engine, as a table with ratios, as JSON, as a chart."""

import html
import json
import statistics
import sys
import time

import _machine

COLOURS = ["#2563eb", "#9ca3af", "#d4a373", "#6b7280"]


def since(begin):
    """Milliseconds from a value of time.perf_counter() on."""
    return (time.perf_counter() - begin) * 1000


def timed(action):
    """Milliseconds that it takes."""
    begin = time.perf_counter()
    action()
    return since(begin)


class Values:
    """The first engine is the one that the others are compared with."""

    def __init__(self, engines):
        self.engines = engines
        self.runs = {}
        self.circumstances = {}

    def add(self, what, engine, value):
        self.runs.setdefault(what, {}).setdefault(engine, []).append(value)

    def tell(self, what, engine, value):
        """Adds it and says so, for what takes long."""
        self.add(what, engine, value)
        print(f"  {what:44}{engine:8}{value:10.2f}", file=sys.stderr)

    def describe(self, directory, versions):
        self.circumstances = {**_machine.describe(directory), **versions}

    def median(self, what, engine):
        values = self.runs[what].get(engine)
        return statistics.median(values) if values else None

    def table(self):
        base, others = self.engines[0], self.engines[1:]
        rows = [["median (least-most)", *self.engines, *(f"{base}/{other}" for other in others)]]
        for what, values in self.runs.items():
            medians = {engine: self.median(what, engine) for engine in self.engines}
            cells = [f"{medians[engine]:.2f} ({min(values[engine]):.2f}-{max(values[engine]):.2f})" if engine in values else "-" for engine in self.engines]
            ratios = [f"{medians[base] / medians[other]:.3f}" if medians[base] is not None and medians[other] else "-" for other in others]
            rows.append([what, *cells, *ratios])
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [f"{key}: {value}" for key, value in self.circumstances.items()]
        return "\n".join([*lines, "", *("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)])

    def write_json(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"circumstances": self.circumstances, "values": self.runs}, file, indent=2)
            file.write("\n")

    def write_svg(self, path):
        """Bars by quantity, each group against its own longest one, for milliseconds and megabytes do not share a scale."""
        bar, gap, left, width, right, head = 15, 12, 330, 420, 110, 60
        parts, y = [], head
        for what, values in self.runs.items():
            shown = [engine for engine in self.engines if engine in values]
            longest = max(self.median(what, engine) for engine in shown) or 1
            parts.append(f'<text x="{left - 10}" y="{y + bar * len(shown) / 2 + 4:.0f}" text-anchor="end">{html.escape(what)}</text>')
            for engine in shown:
                median = self.median(what, engine)
                length = max(1, median / longest * width)
                parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" fill="{COLOURS[self.engines.index(engine)]}"/>')
                parts.append(f'<text x="{left + length + 6:.1f}" y="{y + bar - 4}" font-size="11">{median:.1f}</text>')
                y += bar
            y += gap
        for number, engine in enumerate(self.engines):
            parts.append(f'<rect x="{left + number * 110}" y="32" width="12" height="12" fill="{COLOURS[number]}"/><text x="{left + number * 110 + 17}" y="42">{engine}</text>')
        note = html.escape(", ".join(self.circumstances.get(key, "") for key in ("kernel", "processor", "file system")))
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + right}" height="{y + 10}" font-family="sans-serif" font-size="13">'
                f'<rect width="100%" height="100%" fill="#fff"/><text x="10" y="20" font-size="12">{note}</text>{"".join(parts)}</svg>\n'
            )
