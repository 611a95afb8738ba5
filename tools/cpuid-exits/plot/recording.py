# SPDX-License-Identifier: GPL-2.0
"""Reads recordings, the format of docs/recording.md, and refuses bad ones."""

import os
import re
import sys
from itertools import zip_longest

COLUMNS = "time,vcpu,code,reason,exits,cycles,own"
AWAY_COLUMNS = ",away,longest,buckets"
FIRST_LINE = "# cpuid-exits recording"
SAMPLE = r"(\d+\.\d+),(all|\d+),(\d+),([^,]+),(\d+),(\d+),(\d+)"
AWAY = r",(\d*),(\d*),((?:\d+:\d+(?: \d+:\d+)*)?)"
# By the first line's number: the column headings, a line of a sample.
FORMATS = {
    "1": (COLUMNS, re.compile(SAMPLE)),
    "2": (COLUMNS + AWAY_COLUMNS, re.compile(SAMPLE + AWAY)),
}
ISAS = ("VMX", "SVM", "unknown")
# Feature bits of the leaf.
HAS_AWAY, HAS_BUCKETS = 0x2, 0x4
NR_BUCKETS = 32


class BadRecording(Exception):
    """What is wrong, and where, as one line."""


class Count:
    """Exits of one reason, cycles that they took, exits by the recorder itself; cycles
    away from the guest, the longest absence, absences by length.

    The longest is since the counters began, also in a difference.  Buckets that are
    missing at the end are empty: most counts of a recording may have none at all.
    """

    def __init__(self, exits=0, cycles=0, own=0, away=0, longest=0, buckets=()):
        self.exits, self.cycles, self.own = exits, cycles, own
        self.away, self.longest, self.buckets = away, longest, buckets

    def __sub__(self, other):
        return Count(self.exits - other.exits, self.cycles - other.cycles, self.own - other.own,
                     self.away - other.away, self.longest,
                     tuple(a - b for a, b in zip_longest(self.buckets, other.buckets, fillvalue=0)))

    def __add__(self, other):
        return Count(self.exits + other.exits, self.cycles + other.cycles, self.own + other.own,
                     self.away + other.away, max(self.longest, other.longest),
                     tuple(a + b for a, b in zip_longest(self.buckets, other.buckets, fillvalue=0)))

    def decreased(self, before):
        """Whether anything is less than it was before."""
        step = self - before
        return (min(step.exits, step.cycles, step.own, step.away, *step.buckets) < 0
                or self.longest < before.longest)

    @property
    def others(self):
        """Exits that were not the recorder's; of a difference of samples only."""
        return self.exits - self.own


class Part:
    """Samples of one epoch: at times[i], counts[code][i], since the VM began."""

    def __init__(self, line):
        self.line = line
        self.notes = {}
        self.features = 0
        self.times = []
        self.counts = {}

    @property
    def isa(self):
        return self.notes.get("isa", "unknown")

    @property
    def khz(self):
        return int(self.notes.get("tsc-khz", "0"))

    def since_start(self, code):
        """What was counted from the first sample on, for each sample."""
        counts = self.counts[code]
        return [count - counts[0] for count in counts]


class Recording:
    """A whole file."""

    def __init__(self, path):
        self.path = path
        self.format = None
        self.name = os.path.basename(path).removesuffix(".csv")
        self.notes = {}
        self.marks = []
        self.parts = []
        self.reasons = {}

    def bad(self, message, line=0):
        return BadRecording(f"{self.path}:{line}: {message}" if line else f"{self.path}: {message}")

    @property
    def isa(self):
        return self.parts[0].isa

    @property
    def interval(self):
        """Seconds from one sample to the next, as asked for."""
        try:
            return float(self.notes.get("interval", "0"))
        except ValueError:
            return 0.0

    @property
    def seconds(self):
        """Time between samples, all parts together."""
        return sum(part.times[-1] - part.times[0] for part in self.parts)

    def need(self, features):
        if not self.has(features):
            raise self.bad("no times away in it: they need a host with exit_stats=2"
                           " and a recorder that knows of them")

    def has(self, features):
        """Whether all of it has the columns of these feature bits."""
        return self.format != "1" and all(part.features & features == features
                                          for part in self.parts)

    def total(self):
        """What was counted while it recorded: code to Count."""
        total = {}
        for part in self.parts:
            for code in part.counts:
                total[code] = total.get(code, Count()) + part.since_start(code)[-1]
        return total


def read(path):
    """The recording in a file, which may have been cut off."""
    try:
        with sys.stdin.buffer if path == "-" else open(path, "rb") as file:
            text = file.read().decode("utf-8")
    except OSError as error:
        raise BadRecording(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadRecording(f"{path}: not a recording of cpuid-exits") from None
    return _Reader(Recording(path), text).recording


class _Reader:
    def __init__(self, recording, text):
        self.recording = recording
        self.part = None
        self.number = 0
        self.vcpus = None  # "all", or a number where the lines are of vCPUs
        self.latest = {}  # (vCPU, code) to Count
        self.time = -1.0  # of the last line
        self.seen = set()  # (vCPU, code) of this sample's lines

        if not text:
            raise recording.bad(line=0, message="empty")
        # What follows the last newline was still being written.
        lines = text.split("\n")[:-1]
        if not lines or not lines[0].startswith(FIRST_LINE):
            raise recording.bad(line=1, message="not a recording of cpuid-exits")
        recording.format = lines[0].removeprefix(FIRST_LINE + " ")
        if recording.format not in FORMATS:
            raise recording.bad(line=1, message=f"unknown format: {lines[0][2:]}")
        columns, self.sample_line = FORMATS[recording.format]
        columns_seen = False
        for self.number, line in enumerate(lines[1:], 2):
            if line.startswith("#"):
                self.note(line)
            elif not columns_seen:
                if line != columns:
                    raise self.bad(f"expected the column headings, {columns}")
                columns_seen = True
            else:
                self.sample(line)
        self.end_sample()
        recording.parts = [part for part in recording.parts if part.times]
        if not recording.parts:
            raise recording.bad(line=0, message="no samples")

    def bad(self, message):
        return self.recording.bad(message, self.number)

    def note(self, line):
        key, colon, value = line[1:].strip().partition(":")
        value = value.strip()
        if not colon:
            return
        if key == "epoch":
            self.begin_part()
        if key == "isa":
            self.isa(value)
        if key == "features":
            self.features(value)
        if key == "mark":
            self.mark(value)
        (self.part or self.recording).notes[key] = value

    def isa(self, value):
        if value not in ISAS:
            raise self.bad(f"unknown ISA: {value}")
        if self.recording.parts and value != self.recording.parts[0].notes.get("isa", value):
            raise self.bad(f"the VM moved to another kind of processor ({value})")

    def features(self, value):
        if not re.fullmatch("0x[0-9a-fA-F]+", value):
            raise self.bad(f"features are bits in hexadecimal, not {value}")
        if self.part:
            self.part.features = int(value, 16)

    def mark(self, value):
        seconds, _, text = value.partition(" ")
        try:
            self.recording.marks.append((float(seconds), text.strip()))
        except ValueError:
            raise self.bad("a mark is '# mark: SECONDS TEXT'") from None

    def begin_part(self):
        self.end_sample()
        self.part = Part(self.number)
        self.recording.parts.append(self.part)
        self.latest = {}
        self.seen = set()

    def sample(self, line):
        match = self.sample_line.fullmatch(line)
        if not match:
            raise self.bad("not a line of a sample")
        if self.part is None:
            raise self.bad("a sample before the first epoch")
        time, vcpu = float(match[1]), match[2]
        code, exits, cycles, own = map(int, match.group(3, 5, 6, 7))
        if self.vcpus and (vcpu == "all") != (self.vcpus == "all"):
            raise self.bad("lines of vCPUs and of the whole VM")
        self.vcpus = vcpu

        if time < self.time or time == self.time and not self.seen:
            raise self.bad("time does not grow")
        if time > self.time:
            self.end_sample()
            self.part.times.append(time)
            self.time = time
            self.seen = set()
        place = (vcpu, code)
        if place in self.seen:
            raise self.bad("a reason is there twice in one sample")
        self.seen.add(place)

        count = Count(exits, cycles, own, *self.absences(*match.groups()[7:]))
        if count.decreased(self.latest.get(place, Count())):
            raise self.bad("a count decreases: the file was edited")
        self.latest[place] = count
        self.recording.reasons[code] = match[4]

    def absences(self, away="", longest="", buckets=""):
        """What the last three columns say, which only format 2 has."""
        if self.recording.format == "2":
            has_away = bool(self.part.features & HAS_AWAY)
            if bool(away) != has_away or bool(longest) != has_away:
                raise self.bad("away and longest are there with feature "
                               f"{HAS_AWAY:#x}, and only with it")
            if buckets and not self.part.features & HAS_BUCKETS:
                raise self.bad(f"buckets are there with feature {HAS_BUCKETS:#x} only")
        numbers = [0] * NR_BUCKETS
        last = -1
        for item in buckets.split():
            bucket, count = map(int, item.split(":"))
            if not last < bucket < NR_BUCKETS or count == 0:
                raise self.bad(f"not a bucket that belongs here: {item}")
            numbers[bucket] = count
            last = bucket
        return int(away or 0), int(longest or 0), tuple(numbers[:last + 1])

    def end_sample(self):
        """All lines of a sample are read: add up the vCPUs, repeat what is missing."""
        part = self.part
        if part is None or not part.times:
            return
        sums = {}
        for (_, code), count in self.latest.items():
            sums[code] = sums.get(code, Count()) + count
        index = len(part.times) - 1
        for code, count in sums.items():
            counts = part.counts.setdefault(code, [Count()] * index)
            if len(counts) == index:
                counts.append(count)


def version(): return "0"
