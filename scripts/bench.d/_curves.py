"""What a part measured of several numbers of things: cost against number by quantity and engine, as a table, as JSON, as a chart.

A quantity is either of one thing while so many others are there ("each": the line should lie flat), or of all at once ("all": it should be straight).
"""

import html
import json
import math
import statistics
import sys

import _machine
from _values import COLOURS

# What is called a bend. Below, it is the spread of single values.
TOLERANCE = 1.5


class Curves:
    def __init__(self, engines, numbers):
        self.engines = engines
        self.numbers = sorted(numbers)
        self.kinds = {}
        self.runs = {}
        self.circumstances = {}

    def add(self, what, kind, engine, number, value):
        self.kinds[what] = kind
        self.runs.setdefault(what, {}).setdefault(engine, {}).setdefault(number, []).append(value)

    def tell(self, what, kind, engine, number, value):
        """Adds it and says so, for what takes long."""
        self.add(what, kind, engine, number, value)
        print(f"  {number:6} {what:44}{engine:8}{value:10.2f}", file=sys.stderr)

    def describe(self, directory, versions):
        self.circumstances = {**_machine.describe(directory), **versions}

    def points(self, what, engine):
        """Number and median, for the numbers that this engine was measured with."""
        values = self.runs[what].get(engine, {})
        return [(number, statistics.median(values[number])) for number in self.numbers if number in values]

    def growth(self, what, engine):
        """What one costs at the largest number beside the smallest; None when there is nothing to compare."""
        points = self.points(what, engine)
        (few, first), (many, last) = points[0], points[-1]
        if self.kinds[what] == "all":
            first, last = first / few, last / many
        return last / first if len(points) > 1 and first > 0 else None

    def steepening(self, what, engine):
        """Of a cost of all: the last stretch's slope beside that of what comes before, which leaves out what is paid once; None without enough points."""
        points = self.points(what, engine)
        if self.kinds[what] != "all" or len(points) < 3:
            return None
        (few, first), (middle, before), (many, last) = points[0], points[-2], points[-1]
        slope = (before - first) / (middle - few)
        return (last - before) / (many - middle) / slope if slope > 0 else None

    def shape(self, what, engine):
        growth, steepening = self.growth(what, engine), self.steepening(what, engine)
        if growth is None and steepening is None:
            return "-"
        worst = max(steepening or 0, 0) if self.kinds[what] == "all" and steepening is not None else growth
        return "bends" if worst > TOLERANCE else "flat" if self.kinds[what] == "each" else "straight"

    def table(self):
        rows = [["median", "", *map(str, self.numbers), "one: most/least", "last slope", "line"]]
        for what, values in self.runs.items():
            for engine in (engine for engine in self.engines if engine in values):
                medians = dict(self.points(what, engine))
                ratios = [self.growth(what, engine), self.steepening(what, engine)]
                rows.append([
                    what, engine, *(f"{medians[number]:.2f}" if number in medians else "-" for number in self.numbers),
                    *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios), self.shape(what, engine),
                ])
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [f"{key}: {value}" for key, value in self.circumstances.items()]
        return "\n".join([*lines, "", *("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)])

    def write_json(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"circumstances": self.circumstances, "kinds": self.kinds, "values": self.runs}, file, indent=2)
            file.write("\n")

    def write_svg(self, path):
        """A small panel for each quantity; both axes logarithmic, so that a straight line from nothing rises with the panel's diagonal."""
        columns, width, height, gap, head = 4, 170, 110, 50, 50
        panels = [self._panel(what, head + index // columns * (height + gap), 40 + index % columns * (width + gap), width, height) for index, what in enumerate(self.runs)]
        legend = "".join(
            f'<rect x="{40 + index * 110}" y="26" width="12" height="12" fill="{COLOURS[index]}"/><text x="{57 + index * 110}" y="36">{engine}</text>'
            for index, engine in enumerate(self.engines))
        note = html.escape(", ".join(self.circumstances.get(key, "") for key in ("kernel", "processor", "file system")))
        total = head + math.ceil(len(panels) / columns) * (height + gap)
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{40 + columns * (width + gap)}" height="{total}" font-family="sans-serif" font-size="11">'
                f'<rect width="100%" height="100%" fill="#fff"/><text x="10" y="16" font-size="12">{note}</text>{legend}{"".join(panels)}</svg>\n'
            )

    def _panel(self, what, top, left, width, height):
        shown = {engine: [(number, value) for number, value in self.points(what, engine) if value > 0] for engine in self.runs[what]}
        values = [value for points in shown.values() for _, value in points]
        if not values:
            return ""
        low, high = math.log10(min(values)), math.log10(max(values))
        high = max(high, low + 1)
        right = math.log10(self.numbers[-1] / self.numbers[0]) or 1

        def place(number, value):
            return f"{left + math.log10(number / self.numbers[0]) / right * width:.1f},{top + 14 + (high - math.log10(value)) / (high - low) * (height - 14):.1f}"

        lines = "".join(
            f'<polyline fill="none" stroke-width="2" stroke="{COLOURS[self.engines.index(engine)]}" points="{" ".join(place(*point) for point in points)}"/>'
            for engine, points in shown.items())
        return (
            f'<text x="{left}" y="{top + 6}">{html.escape(what)}</text><rect x="{left}" y="{top + 14}" width="{width}" height="{height - 14}" fill="none" stroke="#ddd"/>{lines}'
            f'<text x="{left - 4}" y="{top + 22}" text-anchor="end" font-size="9">{10 ** high:.3g}</text>'
            f'<text x="{left - 4}" y="{top + height}" text-anchor="end" font-size="9">{10 ** low:.3g}</text>'
            f'<text x="{left}" y="{top + height + 11}" font-size="9">{self.numbers[0]}</text>'
            f'<text x="{left + width}" y="{top + height + 11}" text-anchor="end" font-size="9">{self.numbers[-1]}</text>'
        )
