# SPDX-License-Identifier: GPL-2.0
"""Exits by reason since the VM began, stacked: what a boot took.

A guest's first sample has all that firmware and kernel caused before the recorder
could begin, as one number a reason; how these came about is not known to it.
"""

from .figure import LIGHT, Picture, bands, describe, grouped, share_out


def draw(recordings, args):
    recording, = recordings
    if len(recording.parts) > 1:
        raise recording.bad(recording.parts[1].line,
                            "the VM was moved or restored here: not one boot")
    part = recording.parts[0]
    if len(part.times) < 2:
        raise recording.bad(0, "only one sample: there is no course to draw")
    counts = {code: cumulative(part, code) for code in part.counts}
    totals = {code: values[-1] for code, values in counts.items()}
    shown, rest = share_out(totals)
    stack = bands(recording, shown, rest)
    before = sum(values[0] for values in counts.values())
    total = sum(totals.values())

    picture = Picture(4.4, args.title or f"{grouped(total)} exits since the VM began, by reason",
                      describe(recording), right=2.5)
    axes = picture.axes
    start = min([part.times[0]] + [x for x, _ in recording.marks])
    end = part.times[-1]
    # Room for what was before, on the left of all marks.
    start -= (end - start) / 6
    axes.set_xlim(start, end)
    axes.set_ylim(0, total * 1.12)

    labels, below = [], [0] * len(part.times)
    for key, name, fill, codes in stack:
        above = [b + sum(counts[c][i] for c in codes) for i, b in enumerate(below)]
        picture.band(part.times, below, above, fill)
        labels.append((key, f"{name}  {grouped(above[-1] - below[-1])}", fill,
                       (below[-1] + above[-1]) / 2))
        below = above
    # Before the first sample only the sum is known.
    axes.fill_between((start, part.times[0]), 0, before, facecolor="#f3f3f3", linewidth=0)
    axes.plot((start, part.times[0]), (before, before), color=LIGHT, linewidth=0.8,
              linestyle=(0, (1, 2)))
    axes.annotate(f"{grouped(before)}\nbefore", (start, before), xytext=(5, 4),
                  textcoords="offset points", va="bottom", size=9.5)

    picture.axis("x", "seconds since the first sample")
    picture.axis("y", "exits since the VM began")
    picture.marks(recording.marks)
    picture.label_bands(labels, "at the end")
    return picture.save(args.output)


def cumulative(part, code):
    """Exits of a code since the VM began, without the recorder's later own ones."""
    first = part.counts[code][0].exits
    return [first + count.others for count in part.since_start(code)]
