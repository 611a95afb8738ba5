# SPDX-License-Identifier: GPL-2.0
"""Exits by reason since the VM began, stacked: what a boot took.

A guest's first sample has all that firmware and kernel caused before the recorder
could begin, as one number a reason; how these came about is not known to it.  So
they are a bar, with no time, beside the course from the first sample on.
"""

from .bands import Bands
from .figure import LIGHT, SIZE, describe
from .units import duration, grouped


def draw(recordings, args):
    recording, = recordings
    if len(recording.parts) > 1:
        raise recording.bad(f"the VM was moved or restored at {recording.parts[1].times[0]:g} s:"
                            " not one boot")
    part, = recording.parts
    if len(part.times) < 2:
        raise recording.bad("only one sample: there is no course to draw")
    counts = {code: [part.before[code] + number for number in exits]
              for code, exits in part.exits.items()}
    totals = {code: values[-1] for code, values in counts.items()}
    start, end = part.times[0], part.times[-1]
    # A fifth of the course's width is for the bar and the space between.
    bar = [start - (end - start) * share for share in (0.2, 0.05)]

    facts = [f"{text} {duration((start - x) * 1e9)} before the first sample"
             for x, text in sorted(recording.marks) if x < start]
    picture = Bands(recording, args.title or f"{grouped(sum(totals.values()))} exits since the VM"
                    " began, by reason", facts + describe(recording), totals, grouped, "at the end",
                    (bar[0], end), [mark for mark in recording.marks if start <= mark[0] <= end])
    picture.add(bar, {code: values[:1] * 2 for code, values in counts.items()}, "bar")
    picture.add(part.times, counts)
    picture.finish("seconds since the first sample", "exits since the VM began")

    axes = picture.axes
    before = sum(part.before.values())
    for text, y, va, size in ((grouped(before), before, "bottom", SIZE), ("before", 0, "top", 10)):
        axes.annotate(text, (sum(bar) / 2, y), xytext=(0, 3 if y else -7), ha="center", va=va,
                      textcoords="offset points", size=size, color=LIGHT)
    axes.set_xticks([tick for tick in axes.get_xticks() if start <= tick <= end])
    return picture.save(args.output)
