# SPDX-License-Identifier: GPL-2.0
"""What all pictures have in common: size, fonts, headings, axes, the file.

All lengths are in inches.
"""

import io
import textwrap

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import blended_transform_factory

from .units import grouped

# 8 inches are some 800 pixels on a screen; a PNG has more, to be sharp.
WIDTH = 8.0
DPI = 140
MARGIN = 0.15
SIZE = 9.5  # of texts, in points
LINE = 0.2  # from one to the next
DARK, LIGHT = "#222222", "#666666"

matplotlib.use("agg")
matplotlib.rcParams.update({
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": LIGHT,
    "axes.labelcolor": LIGHT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": DARK,
    "text.parse_math": False,
    "xtick.color": LIGHT,
    "ytick.color": LIGHT,
    "hatch.linewidth": 1.2,
    "svg.fonttype": "none",  # text stays text, to be searched and read aloud
    "svg.hashsalt": "cpuid-exits",  # the same picture is the same file
})


def width(text, size=SIZE, weight="normal"):
    """How wide a text is."""
    font = FontProperties(size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, False)[0] / 72


def widest(texts):
    return max(map(width, texts), default=0)


def wrap(text, size, weight="normal"):
    """A text in at most two lines that fit."""
    for columns in range(160, 20, -4):
        lines = textwrap.wrap(text, columns, max_lines=2, placeholder=" …", break_on_hyphens=False)
        if all(width(line, size, weight) < WIDTH - 2 * MARGIN for line in lines):
            break
    return lines


class Picture:
    """A figure with a heading, facts under it, and axes of some height."""

    def __init__(self, title, facts, height, left=0.95, right=MARGIN, bottom=0.6, above=0.0):
        heading, lines = wrap(title, 13, "bold"), wrap(" · ".join(facts), SIZE)
        under = 0.15 + 0.25 * len(heading)  # from the top to the facts
        whole = under + LINE * len(lines) + 0.15 + above + height + bottom
        self.left, self.right, self.height = left, WIDTH - right, height
        self.width = self.right - self.left
        self.figure = Figure(figsize=(WIDTH, whole), facecolor="white")
        self.axes = self.figure.add_axes((left / WIDTH, bottom / whole,
                                          self.width / WIDTH, height / whole))
        # For what is beside the axes: inches from the figure's left, data of the y axis.
        self.beside = blended_transform_factory(self.figure.dpi_scale_trans, self.axes.transData)
        for y, text, how in ((0.12, heading, {"size": 13, "weight": "bold"}),
                             (under, lines, {"size": SIZE, "color": LIGHT})):
            self.figure.text(MARGIN, whole - y, "\n".join(text), va="top", linespacing=1.35,
                             transform=self.figure.dpi_scale_trans, **how)

    def text(self, x, y, text, **how):
        """A text beside the axes."""
        self.axes.text(x, y, text, transform=self.beside,
                       **{"va": "center", "size": SIZE, **how})

    def save(self, path):
        """The picture as bytes, in the format that the file's name asks for."""
        file = io.BytesIO()
        if path.lower().endswith(".svg"):
            # Without a date the same picture is the same file.
            self.figure.savefig(file, format="svg", metadata={"Date": None})
        else:
            self.figure.savefig(file, format="png", dpi=DPI, pil_kwargs={"optimize": True})
        return file.getvalue()


def label(axis, title, form=grouped):
    """Give an axis a title, and numbers to read."""
    axis.set_label_text(title)
    axis.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
    if axis.get_scale() == "log":
        low, high = axis.get_view_interval()
        axis.set_major_locator(LogLocator(subs=(1,) if high > 100 * low else (1, 2, 5), numticks=8))
        axis.set_minor_formatter(NullFormatter())


def describe(recording):
    """Where a recording is from."""
    vcpus = recording.parts[0].vcpus
    facts = [recording.isa + (f", {vcpus} vCPU{'s' * (vcpus != '1')}" if vcpus else ""),
             recording.notes["kernel"]]
    if "command" in recording.notes:
        facts.append("command: " + recording.notes["command"])
    return facts
