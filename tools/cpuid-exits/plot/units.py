# SPDX-License-Identifier: GPL-2.0
"""Numbers as people read them."""

import math

UNITS = ((18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"))
TIMES = ("ns", "µs", "ms", "s")


def grouped(value):
    """A count: 0.25, 12,345, 1.234 M."""
    for power, unit in UNITS:
        if value >= 10 ** power:
            return f"{value / 10 ** power:.4g} {unit}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def duration(ns, all_digits="#"):
    """Three digits, trailing zeros too, and the unit that fits."""
    unit = min(3, max(0, int(math.log10(ns * 1.0005) // 3))) if ns > 0 else 0
    number = ns / 1000 ** unit
    if number >= 999.5:
        return f"{number:,.0f} {TIMES[unit]}"
    return f"{number:{all_digits}.3g}".rstrip(".") + " " + TIMES[unit]
