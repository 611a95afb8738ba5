# SPDX-License-Identifier: GPL-2.0
"""Several recordings side by side: a group of bars for each reason."""

from .figure import DARK, LIGHT, Picture, grouped
from .reasons import COLOURS, family, filling, style

MOST_BARS = 36
LOG_FROM = 50  # a logarithmic scale where the biggest is this many times the smallest
UNITS = {"rate": "exits per second", "exits": "exits", "cycles": "cycles in exit handling"}


def draw(recordings, args):
    families = len({recording.isa for recording in recordings}) > 1
    values = [measure(recording, args.value, families) for recording in recordings]
    groups, left_out = choose(values)
    if not groups:
        raise recordings[0].bad(0, "no exits in any recording: there is nothing to draw")
    numbers = [number for _, members in groups for _, number in members]
    log = max(numbers) >= LOG_FROM * min(numbers)
    names = distinct_names(recordings)

    said = ["log scale" if log else "linear scale", "no bar where there were none"]
    if families:
        said.append("reasons of VMX and SVM are gathered into families")
    if left_out:
        said.append("left out as rarer: " + ", ".join(left_out))
    picture = Picture(1.5 + 0.19 * (len(numbers) + 1.6 * len(groups)),
                      args.title or f"{UNITS[args.value].capitalize()} by reason",
                      " · ".join(said), left=0.35 + 0.078 * max(map(len, names)), right=0.85)
    scale(picture.axes, numbers, log)
    bars(picture.axes, groups, names, recordings)
    picture.axis("x", UNITS[args.value])
    return picture.save(args.output)


def measure(recording, value, families):
    """What is compared, by name of reason or of family."""
    if value == "rate" and recording.seconds == 0:
        raise recording.bad(0, "only one sample: there is no rate to compare")
    result = {}
    for code, count in recording.total().items():
        key = family(recording.isa, code) if families else recording.reasons[code]
        number = count.cycles if value == "cycles" else count.others
        if value == "rate":
            number /= recording.seconds
        result[key] = result.get(key, 0) + number
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
    while len(groups) > 1 and sum(len(members) for _, members in groups) > MOST_BARS:
        left_out.insert(0, groups.pop()[0])
    return groups, left_out


def scale(axes, numbers, log):
    if log:
        axes.set_xscale("log")
        # From a power of ten below the smallest, so that it has a bar too.
        low = 10.0 ** -9
        while low * 10 < min(numbers):
            low *= 10
        axes.set_xlim(low, max(numbers) * 1.3)
    else:
        axes.set_xlim(0, max(numbers) * 1.1)


def bars(axes, groups, names, recordings):
    left = axes.get_xlim()[0]
    y, ticks, labels = 0.0, [], []
    for key, members in groups:
        axes.text(0.006, y, key, transform=axes.get_yaxis_transform(), va="center",
                  weight="bold", parse_math=False)
        fill = fill_of(key, recordings)
        for i, number in members:
            y += 1
            axes.barh(y, number - left, 0.86, left=left, gid=f"bar-{key}-{i}", **fill)
            axes.annotate(grouped(number if number < 10 else round(number)), (number, y),
                          xytext=(4, 0), textcoords="offset points", va="center", size=9)
            ticks.append(y)
            labels.append(names[i])
        y += 1.6
    axes.set_yticks(ticks, labels, size=9, color=DARK)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(LIGHT)
    axes.set_ylim(y - 0.8, -0.7)


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
    return names
