# SPDX-License-Identifier: GPL-2.0
"""Exits per second by reason over time, stacked."""

from .figure import Picture, bands, describe, grouped, share_out

MOST_STEPS = 100  # more are too narrow to tell apart


def draw(recordings, args):
    recording, = recordings
    if all(len(part.times) < 2 for part in recording.parts):
        raise recording.bad(0, "only one sample: there is no rate to draw")
    totals = {code: count.others for code, count in recording.total().items()}
    if not any(totals.values()):
        raise recording.bad(0, "no exits while it recorded: there is nothing to draw")
    stack = bands(recording, *share_out(totals))

    picture = Picture(4.2, args.title or "Exits per second by reason", describe(recording),
                      right=2.35)
    axes = picture.axes
    highest, labels = 0, {}
    for part in recording.parts:
        if len(part.times) < 2:
            continue
        length = part.times[-1] - part.times[0]
        chosen = spaced(part.times, max(recording.interval / 2, length / MOST_STEPS))
        times = [part.times[i] for i in chosen]
        below = [0] * len(times)
        for key, _, fill, codes in stack:
            above = [a + b for a, b in zip(below, rates(part, codes, chosen))]
            picture.band(times, below, above, fill, step="post")
            labels[key] = (below[-1] + above[-1]) / 2
            below = above
        highest = max(highest, *below)

    axes.set_xlim(recording.parts[0].times[0], recording.parts[-1].times[-1])
    picture.axis("x", "seconds")
    picture.axis("y", "exits per second")
    low, high = axes.get_xlim()
    rows = picture.marks([mark for mark in recording.marks + gaps(recording)
                          if low <= mark[0] <= high])
    axes.set_ylim(0, highest * (1.06 + 0.09 * rows))
    picture.label_bands([
        (key, f"{name}  {grouped(round(sum(totals[c] for c in codes) / recording.seconds, 1))}/s",
         fill, labels[key])
        for key, name, fill, codes in stack], "mean")
    return picture.save(args.output)


def spaced(times, least):
    """Which samples to use: the first, the last, and of the others those not too near.

    A late sample may be followed at once by the next one: a rate of that instant
    would be noise.  Counts are cumulative, so that nothing is lost.
    """
    chosen = [0]
    for i, time in enumerate(times):
        if i and time - times[chosen[-1]] >= least:
            chosen.append(i)
    if len(chosen) == 1:
        chosen.append(len(times) - 1)
    chosen[-1] = len(times) - 1
    return chosen


def rates(part, codes, chosen):
    """Exits a second from each chosen sample to the next; the last one twice, to end the step."""
    result = [0.0] * (len(chosen) - 1)
    for code in codes:
        if code not in part.counts:
            continue
        counts = [part.counts[code][i] for i in chosen]
        for i, (a, b) in enumerate(zip(counts, counts[1:])):
            result[i] += (b - a).others / (part.times[chosen[i + 1]] - part.times[chosen[i]])
    return result + result[-1:]


def gaps(recording):
    """Where the counters began anew."""
    return [(part.times[0], "moved or restored") for part in recording.parts[1:]]
