# SPDX-License-Identifier: GPL-2.0
"""Reads recordings, as cpuid-exits prints them: it has checked them."""

import os
import subprocess
import sys
from collections import Counter

# Feature bits of the leaf.
HAS_HANDLED, HAS_AWAY, HAS_BUCKETS = 0x1, 0x2, 0x4
NR_BUCKETS = 32


class BadRecording(Exception):
    """Why a recording can't be drawn, as one line."""


class Part:
    """What was counted while the VM was in one place: by code, from the first sample on."""

    def __init__(self, row):
        self.isa, self.vcpus = row["isa"], row.get("vcpus")
        self.khz, self.features = int(row["tsc-khz"]), int(row["features"], 16)
        self.times = []
        self.before = Counter()  # exits until the first sample, without the recorder's own
        self.exits = {}  # since then, at each of the times, without the recorder's own
        # Since then, at the end: exits, own, handled, away, and a count for each bucket.
        self.total = {}
        self.latest = {}  # the same, of each vCPU, and as it was at the vCPU's first sample
        self.first = {}
        self.began = {}

    def add(self, row):
        """A row that is of the same sample as the last one, or of the next."""
        time, vcpu, code = float(row["time"]), row["vcpu"], int(row["code"])
        if self.times[-1:] != [time]:
            self.end_sample()
            self.times.append(time)
        count = Counter({key: int(row[key] or 0) for key in ("exits", "own", "handled", "away")})
        count.update({int(bucket): int(number) for bucket, number in
                      (item.split(":") for item in row["buckets"].split())})
        if self.began.setdefault(vcpu, time) == time:
            self.first[vcpu, code] = count
            if time == self.times[0]:
                self.before[code] += count["exits"] - count["own"]
        count = count - self.first.get((vcpu, code), Counter())
        total = self.total.setdefault(code, Counter())
        total.update(count)
        total.subtract(self.latest.get((vcpu, code), Counter()))
        self.latest[vcpu, code] = count

    def end_sample(self):
        for code, total in self.total.items():
            exits = self.exits.setdefault(code, [0] * max(0, len(self.times) - 1))
            exits.append(total["exits"] - total["own"])


class Recording:
    """A whole file."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path).removesuffix(".csv")
        self.notes = {}
        self.marks = []
        self.parts = []
        self.reasons = {}  # code: name
        self.idle = set()  # codes of which time away is not lost

    def bad(self, message):
        return BadRecording(f"{self.path}: {message}")

    @property
    def isa(self):
        return self.parts[0].isa

    @property
    def interval(self):
        """Seconds from one sample to the next, as asked for."""
        return float(self.notes["interval"])

    @property
    def seconds(self):
        """Time between samples, all parts together."""
        return sum(part.times[-1] - part.times[0] for part in self.parts)

    def has(self, features):
        """Whether all of it has what these feature bits stand for."""
        return all(part.features & features == features for part in self.parts)

    def need(self, features):
        if not self.has(features & HAS_HANDLED):
            raise self.bad("no times of exit handling in it: its host measured none")
        if not self.has(features):
            raise self.bad("no times away in it: they need a host with exit_stats=2")

    def total(self):
        """What was counted while it recorded: code to Counter."""
        total = {}
        for part in self.parts:
            for code, count in part.total.items():
                total.setdefault(code, Counter()).update(count)
        return total

    def note(self, line):
        key, _, value = line[1:].strip().partition(": ")
        self.notes[key] = value
        if key == "mark":
            seconds, _, text = value.partition(" ")
            try:
                self.marks.append((float(seconds), text.strip()))
            except ValueError:
                raise self.bad(f"a mark is '# mark: SECONDS TEXT', not '{line}'") from None

    def sample(self, row):
        if int(row["part"]) > len(self.parts):
            self.end_part()
            self.parts.append(Part(row))
        self.parts[-1].add(row)
        code = int(row["code"])
        self.reasons[code] = row["reason"]
        if row["idle"] == "1":
            self.idle.add(code)

    def end_part(self):
        if self.parts:
            self.parts[-1].end_sample()
            if self.parts[-1].isa != self.isa:
                raise self.bad(f"the VM moved to another kind of processor ({self.parts[-1].isa})")


def program(*arguments):
    """Run cpuid-exits: what the environment says, beside what runs, of the source tree, or any."""
    beside = os.path.join(os.path.dirname(os.path.realpath(sys.argv[0])), "cpuid-exits")
    built = os.path.join(os.path.dirname(__file__), "../../../build/tools/cpuid-exits/cpuid-exits")
    path = os.environ.get("CPUID_EXITS") or next(
        (path for path in (beside, built) if os.path.isfile(path)), "cpuid-exits")
    try:
        return subprocess.Popen([path, *arguments], stdout=subprocess.PIPE, encoding="utf-8",
                                errors="replace")
    except OSError as error:
        raise BadRecording(f"{path}, which reads recordings: {error.strerror}") from None


def version():
    """The version of cpuid-exits, and so of this."""
    with program("--version") as process:
        return process.stdout.read().split()[-1]


def read(path):
    """The recording in a file; cpuid-exits says what is wrong with it."""
    recording = Recording(path)
    with program("report", "--samples", "--csv", "--", path) as process:
        columns = None
        for line in process.stdout:
            fields = line.rstrip("\n").split(",")
            if line.startswith("#"):
                recording.note(line.rstrip("\n"))
            elif columns is None:
                columns = fields
            else:
                recording.sample(dict(zip(columns, fields)))
    if process.returncode:
        sys.exit(1)
    recording.end_part()
    return recording
