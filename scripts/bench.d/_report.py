"""Tables, JSON and charts of what was measured."""

import html
import json
import statistics


class Results:
    """Seconds (or bytes) by operation and engine, each with all its runs, and why something could not be measured."""

    def __init__(self, machine, versions, sample):
        self.machine = machine
        self.versions = versions
        self.sample = sample
        self.runs = {}
        self.failures = {}
        self.memory = {}

    def add(self, operation, engine, value):
        self.runs.setdefault(operation, {}).setdefault(engine, []).append(value)

    def fail(self, operation, engine, reason):
        self.failures.setdefault(operation, {})[engine] = reason

    def median(self, operation, engine):
        """Seconds, or None where nothing was measured."""
        values = self.runs.get(operation, {}).get(engine)
        return statistics.median(values) if values else None


def _cell(results, operation, engine):
    values = results.runs.get(operation, {}).get(engine)
    if not values:
        return "failed" if engine in results.failures.get(operation, {}) else "-"
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def _ratio(results, operation, engine, base):
    ours, theirs = results.median(operation, base), results.median(operation, engine)
    return f"{theirs / ours:.2f}x" if ours and theirs else "-"


def _columns(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def table(results, operations, engines, rounds):
    """Medians with the least and the most, and how many times as long the others take."""
    base, others = engines[0], engines[1:]
    rows = [["seconds", *engines, *(f"{other}/{base}" for other in others), "tar", f"{base}/tar"]]
    for operation, floor in operations:
        tar = results.median(floor, "tar") if floor else None
        ours = results.median(operation, base)
        rows.append([
            operation, *(_cell(results, operation, engine) for engine in engines), *(_ratio(results, operation, other, base) for other in others),
            f"{tar:.2f}" if tar else "-", f"{ours / tar:.2f}x" if tar and ours else "-",
        ])
    lines = [f"{key}: {value}" for key, value in {**results.machine, **results.versions, "image": results.sample}.items()]
    lines += ["", f"median of {rounds} rounds (least-most); 2.00x: takes twice as long as {base}; tar: the same layers unpacked by tar -x, with z for .gz and pull", ""]
    lines.append(_columns(rows))
    for name, memory in results.memory.items():
        lines.append("")
        lines.append(_columns([[f"load of {name}", "seconds", "most memory (PSS, with children)", "daemon's VmHWM"]] + [
            [engine, f"{entry['seconds']:.1f}", f"{entry['pss'] / 1e6:.0f} MB", f"{entry['high_water'] / 1e6:.0f} MB" if entry["high_water"] else "-"] for engine, entry in memory.items()
        ]))
    for operation, engines_ in results.failures.items():
        lines += [f"{operation}, {engine}: {reason}" for engine, reason in engines_.items()]
    return "\n".join(lines)


def write_json(results, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({
            "machine": results.machine, "versions": results.versions, "image": results.sample, "seconds": results.runs, "memory": results.memory, "failures": results.failures,
        }, file, indent=2)
        file.write("\n")


COLOURS = ["#2563eb", "#9ca3af", "#d4a373", "#6b7280"]


def write_svg(results, operations, engines, path):
    """Bars by operation: medians, with a thin line from the least to the most."""
    bar, gap, left, width, right = 16, 14, 110, 560, 90
    measured = [operation for operation, _ in operations if operation in results.runs]
    longest = max((max(values) for operation in measured for values in results.runs[operation].values()), default=1)
    scale = width / longest
    parts, y = [], 60
    for operation in measured:
        parts.append(f'<text x="{left - 10}" y="{y + bar * len(engines) / 2 + 4}" text-anchor="end">{html.escape(operation)}</text>')
        for colour, engine in zip(COLOURS, engines):
            values = results.runs[operation].get(engine)
            if values:
                length = statistics.median(values) * scale
                parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" fill="{colour}"/>')
                parts.append(f'<line x1="{left + min(values) * scale:.1f}" x2="{left + max(values) * scale:.1f}" y1="{y + bar / 2 - 1}" y2="{y + bar / 2 - 1}" stroke="#111" stroke-width="1"/>')
                parts.append(f'<text x="{left + max(values) * scale + 6:.1f}" y="{y + bar - 5}" font-size="11">{statistics.median(values):.2f} s</text>')
            y += bar
        y += gap
    legend = "".join(
        f'<rect x="{left + i * 110}" y="32" width="12" height="12" fill="{colour}"/><text x="{left + i * 110 + 17}" y="42">{html.escape(engine)}</text>'
        for i, (colour, engine) in enumerate(zip(COLOURS, engines))
    )
    note = html.escape(f"{results.sample}; kernel {results.machine['kernel']}, {results.machine['processor']}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + right}" height="{y + 20}" font-family="sans-serif" font-size="13">'
            f'<rect width="100%" height="100%" fill="#fff"/><text x="{left}" y="20" font-size="12">{note}</text>{legend}{"".join(parts)}</svg>\n'
        )
