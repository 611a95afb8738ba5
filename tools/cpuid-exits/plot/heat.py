# SPDX-License-Identifier: GPL-2.0
"""Absences from the guest by length, a row for each reason: where its time goes."""

from collections import Counter

from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle

from .figure import LIGHT, MARGIN, WIDTH, Picture, describe, label, widest
from .recording import HAS_AWAY, HAS_BUCKETS, NR_BUCKETS
from .units import duration, grouped

MOST_ROWS = 16
LEAST_COLUMNS = 5  # so that there is a power of ten among them
ROW = 0.27  # inches
GAP = 0.1  # between names or figures and the cells
COLUMN = 0.8  # of figures
# From light to dark, the same order to the colour-blind; less its first part, which
# is as white as no absences.
COLOURS = LinearSegmentedColormap.from_list(
    "absences", [colormaps["YlGnBu"](0.15 + 0.85 * i / 63) for i in range(64)])


def draw(recordings, args):
    recording, = recordings
    khz = frequency(recording)
    lost, idle = rows(recording)
    everything = lost + idle
    if not everything:
        raise recording.bad("nobody was away from the guest while it recorded:"
                            " there is nothing to draw")
    used = [bucket for _, _, count in everything for bucket in buckets(count)]
    norm = LogNorm(1, max(10, *(max(buckets(count).values()) for _, _, count in everything)))
    # The idle row is apart from the others by the height of one.
    height = len(lost) + 2 * len(idle)

    facts = [f"{recording.seconds:.3g} s", *describe(recording)]
    own = sum(count["own"] for _, _, count in everything)
    if own:
        facts.insert(1, f"{grouped(own)} CPUIDs are the recorder's own")
    if NR_BUCKETS - 1 in used:
        facts.insert(1, "the last column has all longer ones too")
    names = ["idle, not lost", *(name for _, name, _ in everything)]
    picture = Picture(args.title or "Time away from the guest, by reason", facts, ROW * height,
                      left=MARGIN + widest(names) + GAP, right=MARGIN + 2 * COLUMN, above=0.15,
                      bottom=1.3)
    axes = picture.axes
    axes.set_xscale("log")
    axes.set_xlim(length(min(used), khz),
                  length(max(max(used) + 1, min(used) + LEAST_COLUMNS), khz))
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    places = [i + 0.5 for i in range(len(lost))] + [len(lost) + 1.5] * len(idle)
    for place, (key, name, count) in zip(places, everything):
        cells(axes, place, key, buckets(count), khz, norm)
        form = (lambda cycles: duration(cycles * 1e6 / khz)) if khz else grouped
        away = count["away"]
        line(picture, place, name, form(away / sum(buckets(count).values())), form(away))
    line(picture, -0.45, "lost", "mean", "total", color=LIGHT)
    if idle:
        line(picture, len(lost) + 0.65, "idle, not lost", color=LIGHT)
        axes.plot((MARGIN, WIDTH - MARGIN), (len(lost) + 0.2,) * 2, color=LIGHT, linewidth=0.7,
                  transform=picture.beside, clip_on=False)
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    label(axes.xaxis, "time away" if khz else "cycles away",
          lambda number: duration(number, "") if khz else grouped(number))
    colour_bar(picture, norm)
    return picture.save(args.output)


def frequency(recording):
    """kHz of the host's TSC, 0 if unknown; absences have to be comparable."""
    recording.need(HAS_AWAY | HAS_BUCKETS)
    khz = recording.parts[0].khz
    for part in recording.parts[1:]:
        if not 0.999 * khz <= part.khz <= 1.001 * khz:
            raise recording.bad(f"the VM moved to a host of another TSC frequency at "
                                f"{part.times[0]:g} s: its lengths of absences are others")
    return khz


def rows(recording):
    """(key, name, count) for each reason, most time lost first; and those of idling."""
    counts = {code: count for code, count in recording.total().items() if buckets(count)}
    codes = sorted(counts, key=lambda code: (-counts[code]["away"], code))
    lost, idle = ([(recording.reasons[code], recording.reasons[code], counts[code])
                   for code in codes if (code in recording.idle) == is_idle]
                  for is_idle in (False, True))
    rare = lost[MOST_ROWS - 1:]
    if len(rare) > 1:
        lost[MOST_ROWS - 1:] = [("rest", f"{len(rare)} other reasons",
                                 sum((count for _, _, count in rare), Counter()))]
    return lost, idle


def buckets(count):
    """Absences by bucket, where there are any."""
    return {bucket: count[bucket] for bucket in range(NR_BUCKETS) if count[bucket]}


def length(bucket, khz):
    """Where a bucket begins, in ns, or cycles if these can't be told."""
    return 2 ** bucket * 1e6 / khz if khz else 2 ** bucket


def cells(axes, place, key, numbers, khz, norm):
    for bucket, number in numbers.items():
        left = length(bucket, khz)
        axes.add_patch(Rectangle((left, place - 0.44), left, 0.88, linewidth=0,
                                 facecolor=COLOURS(norm(number)), gid=f"cell-{key}-{bucket}"))


def line(picture, place, *texts, **how):
    """A name on the left of the cells, and figures on their right."""
    ends = (picture.left - GAP, picture.right + COLUMN, picture.right + 2 * COLUMN)
    for x, text in zip(ends, texts):
        picture.text(x, place, text, ha="right", **how)


def colour_bar(picture, norm):
    figure, box = picture.figure, picture.axes.get_position()
    height = figure.get_figheight()
    bar = figure.add_axes((box.x0, 0.56 / height, box.width, 0.12 / height))
    figure.colorbar(ScalarMappable(norm, COLOURS), cax=bar, orientation="horizontal")
    label(bar.xaxis, "absences of that length")
    bar.minorticks_off()
