# SPDX-License-Identifier: GPL-2.0
"""Pictures of reasons as bands, one above the other, over time."""

from matplotlib.patches import Rectangle

from .figure import DARK, LIGHT, LINE, MARGIN, SIZE, WIDTH, Picture, label, widest, width
from .reasons import REST, filling, style

MOST_REASONS = 8
LEAST_SHARE = 0.01
MANY = 60  # samples
MOST_ROWS = 8  # of marks; what would be above has a line only
KEY = 0.22  # from the axes to the key of a band
GAP = 0.2  # from there to its text


class Bands(Picture):
    """Bands of the reasons that most exits are of.

    totals has a number for each code, form(number) is how to show it, and heading says
    what it is.  The x axis shows span; marks are (x, text).
    """

    def __init__(self, recording, title, facts, totals, form, heading, span, marks):
        self.stack = stack(recording, totals)
        self.texts = [f"{name}  {form(sum(totals[code] for code in codes))}"
                      for _, name, _, codes in self.stack]
        self.heading = heading
        self.middles = {}
        right = KEY + GAP + widest(self.texts) + MARGIN
        self.marks = in_rows(marks, span, WIDTH - 0.95 - right)
        rows = min(MOST_ROWS, 1 + max((row for _, _, row in self.marks), default=-1))
        super().__init__(title, facts, 3.0, right=right, above=LINE * rows)
        self.axes.set_xlim(*span)
        self.axes.set_ylim(0, 1e-9)

    def add(self, x, values, kind="band", **how):
        """Draw bands: values has a list for each code, of a number for each x."""
        below = [0] * len(x)
        for key, _, fill, codes in self.stack:
            above = [sum(column) for column in
                     zip(below, *(values[code] for code in codes if code in values))]
            # White lines around bands set them apart, but would cover narrow steps.
            if len(x) > MANY:
                fill = {**fill, "linewidth": 0.0}
            self.axes.fill_between(x, below, above, gid=f"{kind}-{key}", **fill, **how)
            self.middles[key] = (below[-1] + above[-1]) / 2
            below = above
        self.axes.set_ylim(0, max(self.axes.get_ylim()[1], 1.08 * max(below)))

    def finish(self, x_title, y_title):
        """Name axes, marks, and each band at its right end."""
        label(self.axes.xaxis, x_title)
        label(self.axes.yaxis, y_title)
        for x, text, row in self.marks:
            if row < MOST_ROWS:
                self.axes.annotate(text, (x, 1), xycoords=("data", "axes fraction"),
                                   xytext=(4, 72 * LINE * row + 2), textcoords="offset points",
                                   va="bottom", size=SIZE)
            top = LINE * min(row + 0.9, MOST_ROWS)
            self.axes.axvline(x, 0, 1 + top / self.height, color=DARK, linewidth=0.9,
                              linestyle=(0, (4, 2)), clip_on=False, gid="mark-" + text)

        high = self.axes.get_ylim()[1]
        step = 0.95 * LINE / self.height * high
        places = spread(list(self.middles.values()), step, step / 2, high - 1.5 * step)
        left = self.right + KEY
        for (key, _, fill, _), text, place in zip(self.stack, self.texts, places):
            self.axes.plot((self.right + 0.02, left - 0.04), (self.middles[key], place),
                           transform=self.beside, clip_on=False, color=LIGHT, linewidth=0.7)
            self.axes.add_patch(Rectangle((left, place - step * 0.36), 0.12, step * 0.72,
                                          transform=self.beside, clip_on=False, gid="key-" + key,
                                          **fill))
            self.text(left + GAP, place, text)
        self.text(left + GAP, places[-1] + step, self.heading, color=LIGHT)


def stack(recording, totals):
    """(key, name, filling, codes) for each band, from the bottom to the top."""
    codes = sorted((code for code in totals if totals[code] > 0), key=lambda c: (-totals[c], c))
    bound = LEAST_SHARE * sum(totals.values())
    shown = [code for code in codes[:MOST_REASONS] if totals[code] >= bound]
    rest = codes[len(shown):]
    if len(rest) == 1:  # "1 other reason" says less than its name
        shown, rest = codes, []
    result = [(recording.reasons[code], recording.reasons[code], style(recording.isa, code), [code])
              for code in shown]
    if rest:
        result.append(("rest", f"{len(rest)} other reasons", filling(REST), rest))
    return result


def in_rows(marks, span, room):
    """(x, text, row) of marks: in which row above the axes a text reaches over no later line."""
    placed = []
    scale = room / (span[1] - span[0])
    for x, text in sorted(marks, reverse=True):
        end = x + (width(text) + 0.11) / scale
        placed.append((x, text, 1 + max((row for later, _, row in placed if later < end),
                                        default=-1)))
    return placed


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
