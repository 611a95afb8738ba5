# SPDX-License-Identifier: GPL-2.0
"""Exits per second by reason over time, stacked."""

from .bands import Bands
from .figure import describe
from .units import grouped

MOST_STEPS = 100  # more are too narrow to tell apart


def draw(recordings, args):
    recording, = recordings
    parts = [part for part in recording.parts if len(part.times) > 1]
    if not parts:
        raise recording.bad("only one sample: there is no rate to draw")
    totals = {code: count["exits"] - count["own"] for code, count in recording.total().items()}
    if not any(totals.values()):
        raise recording.bad("no exits while it recorded: there is nothing to draw")
    span = recording.parts[0].times[0], recording.parts[-1].times[-1]
    marks = recording.marks + [(part.times[0], "moved or restored") for part in recording.parts[1:]]

    picture = Bands(recording, args.title or "Exits per second by reason",
                    describe(recording), totals,
                    lambda number: f"{grouped(round(number / recording.seconds, 1))}/s", "mean",
                    span, [mark for mark in marks if span[0] <= mark[0] <= span[1]])
    for part in parts:
        length = part.times[-1] - part.times[0]
        chosen = spaced(part.times, max(recording.interval / 2, length / MOST_STEPS))
        picture.add([part.times[i] for i in chosen],
                    {code: rates(part, code, chosen) for code in part.exits}, step="post")
    picture.finish("seconds", "exits per second")
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


def rates(part, code, chosen):
    """Exits a second from each chosen sample to the next; the last one twice, to end the step."""
    exits, times = part.exits[code], part.times
    result = [(exits[j] - exits[i]) / (times[j] - times[i]) for i, j in zip(chosen, chosen[1:])]
    return result + result[-1:]
