# SPDX-License-Identifier: GPL-2.0
"""Absences from the guest by length, a row for each reason: where its time goes."""

import math

from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator

from .figure import LIGHT, WIDTH, Picture, describe, grouped
from .reasons import is_idle
from .recording import HAS_AWAY, HAS_BUCKETS, NR_BUCKETS, Count

MOST_ROWS = 16
ROW = 0.27  # inches
# From light to dark, the same order to the colour-blind; less its first part, which
# is as white as no absences.
COLOURS = LinearSegmentedColormap.from_list(
    "absences", [colormaps["YlGnBu"](0.15 + 0.85 * i / 63) for i in range(64)])
REST = "rest"


def draw(recordings, args):
    recording, = recordings
    khz = frequency(recording)
    lost, idle = rows(recording)
    everything = lost + idle
    if not everything:
        raise recording.bad(0, "nobody was away from the guest while it recorded:"
                            " there is nothing to draw")
    used = [bucket for _, _, count in everything
            for bucket, number in enumerate(count.buckets) if number]
    norm = LogNorm(1, max(10, *(max(count.buckets) for _, _, count in everything)))
    # The idle row is apart from the others by the height of one.
    heights = len(lost) + 2 * len(idle)

    said = [f"{recording.seconds:.3g} s", describe(recording)]
    own = sum(count.own for _, _, count in everything)
    if own:
        said.insert(1, f"{grouped(own)} CPUIDs are the recorder's own")
    if NR_BUCKETS - 1 in used:
        said.insert(1, "the last column has all longer ones too")
    names = [name for _, name, _ in everything]
    left = 0.3 + 0.082 * max(14, *map(len, names))
    picture = Picture(2.35 + ROW * heights, args.title or "Time away from the guest, by reason",
                      " · ".join(said), left=left, right=1.75, bottom=1.3)
    axes = picture.axes
    axes.set_xscale("log")
    axes.set_xlim(length(min(used), khz), length(max(used) + 1, khz))
    axes.set_ylim(heights, 0)
    axes.set_yticks([])
    places = [i + 0.5 for i in range(len(lost))] + [len(lost) + 1.5] * len(idle)
    for place, (key, name, count) in zip(places, everything):
        row(axes, place, key, name, count, khz, norm)
    headings(axes, len(lost), bool(idle))
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)

    picture.axis("x", "time away" if khz else "cycles away")
    if khz:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda ns, _: duration(ns, "")))
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    colour_bar(picture, norm)
    return picture.save(args.output)


def frequency(recording):
    """kHz of the host's TSC, 0 if unknown; absences have to be comparable."""
    if not recording.has(HAS_AWAY | HAS_BUCKETS):
        raise recording.bad(0, "no times away in it: they need a host with exit_stats=2"
                            " and a recorder that knows of them")
    first, *others = recording.parts
    khz = first.notes.get("tsc-khz", "0")
    for part in others:
        if part.notes.get("tsc-khz", "0") != khz:
            raise recording.bad(part.line, "the VM moved to a host of another TSC frequency:"
                                " its lengths of absences are others")
    if not khz.isdecimal():
        raise recording.bad(0, f"tsc-khz is a number, not {khz}")
    return int(khz)


def rows(recording):
    """(key, name, count) for each reason, most time lost first; and those of idling."""
    counts = {code: count for code, count in recording.total().items() if any(count.buckets)}
    codes = sorted(counts, key=lambda code: (-counts[code].away, code))
    result = [(recording.reasons[code], recording.reasons[code], counts[code]) for code in codes]
    idle = [entry for code, entry in zip(codes, result) if is_idle(recording.isa, code)]
    lost = [entry for entry in result if entry not in idle]
    rare = lost[MOST_ROWS - 1:]
    if len(rare) > 1:
        lost[MOST_ROWS - 1:] = [(REST, f"{len(rare)} other reasons",
                                 sum((count for _, _, count in rare), Count()))]
    return lost, idle


def length(bucket, khz):
    """Where a bucket begins, in ns, or cycles if these can't be told."""
    return 2 ** bucket * 1e6 / khz if khz else 2 ** bucket


def row(axes, place, key, name, count, khz, norm):
    """One reason: its cells, its name on the left, its figures on the right."""
    for bucket, number in enumerate(count.buckets):
        if number:
            left = length(bucket, khz)
            axes.add_patch(Rectangle((left, place - 0.44), left, 0.88, linewidth=0,
                                     facecolor=COLOURS(norm(number)), gid=f"cell-{key}-{bucket}"))
    figures = (count.away / sum(count.buckets), count.away)
    texts = [duration(cycles * 1e6 / khz) if khz else grouped(cycles) for cycles in figures]
    for x, text in zip((-0.1, 0.8, 1.6), (name, *texts)):
        beside(axes, x, place, text)


def beside(axes, x, place, text, **how):
    """Text that ends x inches right of the axes, or left of them if that is negative."""
    axes.annotate(text, (1 if x > 0 else 0, place), xycoords=axes.get_yaxis_transform(),
                  xytext=(72 * x, 0), textcoords="offset points", ha="right", va="center",
                  size=9.5, parse_math=False, **how)


def headings(axes, nr_lost, has_idle):
    for x, text in ((-0.1, "lost"), (0.8, "mean"), (1.6, "total")):
        beside(axes, x, -0.45, text, color=LIGHT)
    if has_idle:
        beside(axes, -0.1, nr_lost + 0.65, "idle, not lost", color=LIGHT)
        # As wide as names, cells and figures.
        inch = 1 / (axes.get_position().width * WIDTH)
        left = axes.get_position().x0 * WIDTH - 0.15
        axes.plot((-left * inch, 1 + 1.6 * inch), (nr_lost + 0.2,) * 2, color=LIGHT, linewidth=0.7,
                  transform=axes.get_yaxis_transform(), clip_on=False)


def colour_bar(picture, norm):
    figure, box = picture.figure, picture.axes.get_position()
    height = figure.get_figheight()
    bar = figure.add_axes((box.x0, 0.56 / height, box.width, 0.12 / height))
    figure.colorbar(ScalarMappable(norm, COLOURS), cax=bar, orientation="horizontal",
                    format=FuncFormatter(lambda number, _: grouped(number)))
    bar.minorticks_off()
    bar.set_xlabel("absences of that length")


def duration(ns, all_digits="#"):
    """Three digits, trailing zeros too, and the unit that fits."""
    unit = min(3, max(0, int(math.log10(ns * 1.0005) // 3))) if ns > 0 else 0
    digits = f"{ns / 1000 ** unit:{all_digits}.3g}".rstrip(".")
    return f"{digits} {('ns', 'µs', 'ms', 's')[unit]}"
