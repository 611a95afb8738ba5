# SPDX-License-Identifier: GPL-2.0
"""Which colour a reason has: the same in every picture.

Colours are those of Okabe and Ito, which the colour-blind can tell apart.  There
are more reasons than colours, so a reason has its family's colour and, where it
is not the family's main one, hatching.  Counterparts of VMX and SVM share both.
"""

# Family: colour.
COLOURS = {
    "interrupt": "#56b4e9",
    "MSR": "#0072b2",
    "halt": "#999999",
    "port I/O": "#e69f00",
    "nested paging": "#009e73",
    "exception": "#d55e00",
    "CR access, TLB": "#cc79a7",
    "timer, APIC": "#f0e442",
    "CPUID": "#333333",
    "others": "#b8a288",
}
REST = "#dddddd"  # of reasons that are too rare to be shown on their own
HATCH = "////"

# Codes: family, and whether hatched.  A code that isn't here is in "others".
VMX = {
    (0,): ("exception", False),
    (1,): ("interrupt", False),
    (7, 8): ("interrupt", True),  # windows
    (10,): ("CPUID", False),
    (12,): ("halt", False),
    (36, 39, 40): ("halt", True),  # MWAIT, MONITOR, PAUSE
    (14, 58): ("CR access, TLB", True),  # INVLPG, INVPCID
    (28,): ("CR access, TLB", False),
    (30,): ("port I/O", False),
    (31,): ("MSR", True),  # read
    (32,): ("MSR", False),  # write
    (43, 44, 45, 56): ("timer, APIC", True),  # TPR, APIC access, EOI, APIC write
    (48,): ("nested paging", False),  # EPT violation
    (49, 62): ("nested paging", True),  # EPT misconfiguration, PML
    (52,): ("timer, APIC", False),  # preemption timer
}
SVM = {
    tuple(range(0x00, 0x20)) + (0x65,): ("CR access, TLB", False),
    tuple(range(0x40, 0x60)): ("exception", False),
    (0x60,): ("interrupt", False),
    (0x61,): ("exception", True),  # NMI
    (0x64,): ("interrupt", True),  # window
    (0x72,): ("CPUID", False),
    (0x77, 0x8a, 0x8b): ("halt", True),  # PAUSE, MONITOR, MWAIT
    (0x78,): ("halt", False),
    (0x79, 0xa2): ("CR access, TLB", True),  # INVLPG, INVPCID
    (0x7b,): ("port I/O", False),
    (0x7c,): ("MSR", False),
    (0x400,): ("nested paging", False),
    (0x401, 0x402): ("timer, APIC", True),  # AVIC
}
TABLES = {isa: {code: place for codes, place in table.items() for code in codes}
          for isa, table in (("VMX", VMX), ("SVM", SVM))}


def family(isa, code):
    """The family of a reason."""
    return TABLES.get(isa, {}).get(code, ("others", False))[0]


def style(isa, code):
    """Arguments for matplotlib to fill an area in the reason's colour."""
    name, hatched = TABLES.get(isa, {}).get(code, ("others", False))
    return filling(COLOURS[name], hatched)


def filling(colour, hatched=False):
    """Likewise, in a given colour."""
    return {"facecolor": colour, "edgecolor": "white", "linewidth": 0.0 if hatched else 0.4,
            "hatch": HATCH if hatched else None}
