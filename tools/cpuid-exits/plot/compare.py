# SPDX-License-Identifier: GPL-2.0
"""Several recordings side by side: a group of dots for each reason.

The scale is logarithmic: as long a way is as many times as many, whatever the number.
Such a scale has no zero, so there are no bars, whose lengths would mean nothing.
"""

import math

from .figure import MARGIN, SIZE, Picture, label, widest
from .reasons import COLOURS, family, filling, style
from .recording import HAS_AWAY, HAS_HANDLED
from .units import duration, grouped

MOST_DOTS = 36
ROW = 0.19
LONGEST = 36  # characters of a name
TITLES = {"rate": "exits per second", "exits": "exits", "handled": "time in exit handling",
          "away": "time away from the guest"}
TIMES = {"handled": HAS_HANDLED, "away": HAS_AWAY}  # and what they need


def draw(recordings, args):
    in_time = args.value in TIMES and have_frequency(recordings)
    title = TITLES[args.value]
    if not in_time:
        title = title.replace("time", "cycles")
    form = duration if in_time else grouped
    families = len({recording.isa for recording in recordings}) > 1
    values = [measure(recording, args.value, families, in_time) for recording in recordings]
    groups, left_out = choose(values)
    if not groups:
        raise recordings[0].bad("no exits in any recording: there is nothing to draw")
    numbers = [number for _, members in groups for _, number in members]
    names = distinct_names(recordings)

    facts = ["log scale", "no dot where there were none"]
    if args.value == "away":
        facts.append("idle time is left out")
    own = sum(count["own"] for recording in recordings for count in recording.total().values())
    if own and args.value in TIMES:
        facts.append(f"{grouped(own)} CPUIDs are the recorders' own")
    if families:
        facts.append("reasons of VMX and SVM are gathered into families")
    if left_out:
        facts.append("left out as smaller: " + ", ".join(left_out))
    rows = len(numbers) + 1.6 * len(groups)
    picture = Picture(args.title or f"{title.capitalize()} by reason", facts, ROW * rows,
                      left=MARGIN + widest(names) + 0.1,
                      right=MARGIN + widest(map(form, numbers)))
    axes = picture.axes
    axes.set_xscale("log")
    axes.set_xlim(10.0 ** math.floor(math.log10(min(numbers) * 0.9)),
                  10.0 ** math.ceil(math.log10(max(numbers) * 1.1)))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    y = 0.0
    for key, members in groups:
        axes.text(picture.left + 0.05, y, key, transform=picture.beside, va="center", weight="bold")
        fill = fill_of(key, recordings)
        for i, number in members:
            y += 1
            axes.hlines(y, 0, number, color="#dddddd", linewidth=0.8, zorder=0)
            axes.scatter([number], [y], s=70, gid=f"dot-{key}-{i}", **fill)
            picture.text(picture.left - 0.07, y, names[i], ha="right")
            axes.annotate(form(number), (number, y), xytext=(7, 0), textcoords="offset points",
                          va="center", size=SIZE)
        y += 1.6
    label(axes.xaxis, title, lambda number: duration(number, "") if in_time else grouped(number))
    return picture.save(args.output)


def have_frequency(recordings):
    """Whether cycles can be told in time; if only some can, they can't be compared."""
    known = [all(part.khz for part in recording.parts) for recording in recordings]
    if any(known) and not all(known):
        raise recordings[known.index(False)].bad(
            "the TSC's frequency is not known, but that of another recording is")
    return all(known)


def measure(recording, value, families, in_time):
    """What is compared, by name of reason or of family."""
    if value == "rate" and recording.seconds == 0:
        raise recording.bad("only one sample: there is no rate to compare")
    if value in TIMES:
        recording.need(TIMES[value])
    result = {}
    for part in recording.parts:
        scale = 1e6 / part.khz if in_time else 1 / recording.seconds if value == "rate" else 1
        for code, count in part.total.items():
            if value == "away" and code in recording.idle:
                continue
            key = family(part.isa, code) if families else recording.reasons[code]
            number = count[value] if value in TIMES else count["exits"] - count["own"]
            result[key] = result.get(key, 0) + number * scale
    return result


def choose(values):
    """((key, ((recording, number) ...)) ...), biggest first, and keys there is no room for."""
    groups = []
    for key in {key for value in values for key in value}:
        members = [(i, value[key]) for i, value in enumerate(values) if value.get(key, 0) > 0]
        if members:
            groups.append((key, members))
    groups.sort(key=lambda group: (-max(number for _, number in group[1]), group[0]))
    left_out = []
    while len(groups) > 1 and sum(len(members) for _, members in groups) > MOST_DOTS:
        left_out.insert(0, groups.pop()[0])
    return groups, left_out


def fill_of(key, recordings):
    """The colour of a family, or of the reason with that name."""
    for recording in recordings:
        for code, name in recording.reasons.items():
            if name == key:
                return style(recording.isa, code)
    return filling(COLOURS[key])


def distinct_names(recordings):
    """File names, with their folders where they would be the same."""
    names = [recording.name for recording in recordings]
    if len(set(names)) < len(names):
        names = ["/".join(recording.path.split("/")[-2:]).removesuffix(".csv")
                 for recording in recordings]
    return [name if len(name) <= LONGEST else name[:LONGEST // 2] + "…" + name[-LONGEST // 2:]
            for name in names]
