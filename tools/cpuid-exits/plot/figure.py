# SPDX-License-Identifier: GPL-2.0
"""What all pictures have in common: size, fonts, headings, labels, the file."""

import io
import textwrap

import matplotlib
from matplotlib.figure import Figure

from .reasons import REST, filling, style

# 8 inches are some 800 pixels on a screen; a PNG has more, to be sharp.
WIDTH = 8.0
DPI = 140
MANY = 60  # samples
DARK, LIGHT = "#222222", "#666666"

matplotlib.use("agg")
matplotlib.rcParams.update({
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": LIGHT,
    "axes.labelcolor": LIGHT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LIGHT,
    "ytick.color": LIGHT,
    "text.color": DARK,
    "hatch.linewidth": 1.2,
    "svg.fonttype": "none",  # text stays text, to be searched and read aloud
    "svg.hashsalt": "cpuid-exits",  # the same picture is the same file
})


class Picture:
    """A figure with heading and axes; margins are in inches."""

    def __init__(self, height, title, subtitle, left=0.95, right=0.2, bottom=0.6):
        self.figure = Figure(figsize=(WIDTH, height), facecolor="white")
        lines = textwrap.wrap(subtitle, 105, max_lines=2, placeholder=" ...")
        top = 0.62 + 0.2 * len(lines)
        self.axes = self.figure.add_axes((
            left / WIDTH, bottom / height,
            1 - (left + right) / WIDTH, 1 - (bottom + top) / height))
        self.height = height - top - bottom
        self.figure.text(0.15 / WIDTH, 1 - 0.12 / height, title, va="top", size=13, weight="bold",
                         parse_math=False)
        self.figure.text(0.15 / WIDTH, 1 - 0.40 / height, "\n".join(lines), va="top",
                         size=9.5, color=LIGHT, linespacing=1.35, parse_math=False)

    def axis(self, which, label):
        """Label an axis and group the digits of its numbers."""
        axis = getattr(self.axes, which + "axis")
        getattr(self.axes, "set_" + which + "label")(label)
        axis.set_major_formatter(lambda value, _: grouped(value))

    def band(self, x, below, above, fill, **how):
        """Fill between two curves.

        White lines around bands set them apart, but would cover narrow steps.
        """
        if len(x) > MANY:
            fill = {**fill, "linewidth": 0.0}
        self.axes.fill_between(x, below, above, **fill, **how)

    def label_bands(self, bands, heading):
        """Name each band at its right end, with a line from one to the other.

        bands has (key, text, filling, middle); heading says what the numbers are.
        """
        low, high = self.axes.get_ylim()
        lines = self.height / 0.19  # what fits
        step = (high - low) / lines
        places = spread([band[3] for band in bands], step, low + step / 2, high - step / 2)
        blend = self.axes.get_yaxis_transform()  # x in widths of the axes, y in data
        for (key, text, fill, middle), place in zip(bands, places):
            self.axes.plot((1.002, 1.02), (middle, place), transform=blend, clip_on=False,
                           color=LIGHT, linewidth=0.7)
            self.axes.add_patch(matplotlib.patches.Rectangle(
                (1.025, place - step * 0.36), 0.02, step * 0.72, transform=blend,
                clip_on=False, gid="key-" + key, **fill))
            self.axes.text(1.056, place, text, transform=blend, va="center", size=9.5,
                           parse_math=False)
        self.axes.annotate(heading, (1.056, places[-1]), xycoords=blend, xytext=(0, 11),
                           textcoords="offset points", va="bottom", size=9, color=LIGHT)

    def marks(self, marks):
        """Vertical lines at (x, text), texts at their top and clear of each other.

        A text that would reach over the next line is above the end of that line.
        Returns how many rows of text there are.
        """
        low, high = self.axes.get_xlim()
        width = self.axes.get_position().width * WIDTH
        ends = []  # of the last text in each row, in inches
        for x, text in sorted(marks):
            label = self.axes.annotate(
                text, (x, 1), xycoords=("data", "axes fraction"), xytext=(4, 0),
                textcoords="offset points", va="top", size=9.5, parse_math=False, zorder=6,
                bbox={"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 1.2})
            place = (x - low) / (high - low) * width
            row = max((i + 1 for i, end in enumerate(ends) if end >= place), default=0)
            ends[row:row + 1] = [place + label.get_window_extent().width / self.figure.dpi + 0.1]
            label.xyann = (4, -4 - 14 * row)
            self.axes.axvline(x, 0, 1 - (14 * row + 2) / 72 / self.height, color=DARK,
                              linewidth=0.9, linestyle=(0, (4, 2)), zorder=5, gid="mark-" + text)
        return len(ends)

    def save(self, path):
        """The picture as bytes, in the format that the file's name asks for."""
        file = io.BytesIO()
        if path.lower().endswith(".svg"):
            # Without a date the same picture is the same file.
            self.figure.savefig(file, format="svg", metadata={"Date": None})
        else:
            self.figure.savefig(file, format="png", dpi=DPI, pil_kwargs={"optimize": True})
        return file.getvalue()


def spread(wanted, step, low, high):
    """Places near those wanted (ascending), at least step apart, from low to high."""
    places = []
    for place in wanted:
        places.append(max(place, places[-1] + step if places else low))
    limit = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - step
    return places


def grouped(value):
    """A number to read: 0.25, 12,345, 1.234 M."""
    for unit, name in ((10 ** 9, " G"), (10 ** 6, " M")):
        if abs(value) >= unit:
            return f"{value / unit:.4g}{name}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


def share_out(totals, most=8, least=0.01):
    """The codes to show, biggest first, and those too rare for a colour of their own."""
    codes = sorted((code for code in totals if totals[code] > 0), key=lambda c: (-totals[c], c))
    bound = least * sum(totals.values())
    shown = [code for code in codes[:most] if totals[code] >= bound]
    rest = codes[len(shown):]
    if len(rest) == 1:  # "1 other reason" says less than its name
        shown, rest = shown + rest, []
    return shown, rest


def bands(recording, shown, rest):
    """(key, name, filling, codes) for each band, from the bottom to the top."""
    result = [(recording.reasons[code], recording.reasons[code], style(recording.isa, code), [code])
              for code in shown]
    if rest:
        result.append(("rest", f"{len(rest)} other reasons", filling(REST), rest))
    return result


def describe(recording):
    """One line on where a recording is from."""
    notes = {**recording.notes, **recording.parts[0].notes}
    vcpus = notes.get("vcpus", "?")
    said = [f"{notes.get('isa', 'unknown')}, {vcpus} vCPU{'s' * (vcpus != '1')}"]
    if "kernel" in notes:
        said.append(notes["kernel"])
    if "command" in notes:
        said.append("command: " + notes["command"])
    return " · ".join(said)
