# SPDX-License-Identifier: GPL-2.0
"""type-shell.py COMMAND...: types to the lab's shell, on a terminal of 31 rows and 97
columns; a result line for each thing that must hold.  Exits with 124 if a command isn't
answered: the guest stands still."""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PROMPT = b"guest# "


class StandsStill(Exception):
    pass


class Terminal:
    def __init__(self, command):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ["TERM"] = "xterm"
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 97, 0, 0))
            os.execvp(command[0], command)
        # Its modes, to be compared with those at the end.
        self.modes = termios.tcgetattr(self.fd)

    def wait_for(self, text, seconds):
        """Reads until text comes; returns what came before, None if it doesn't come."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            try:
                more = os.read(self.fd, 65536) if ready else b""
            except OSError:  # The other side is closed.
                more = b""
            if not more:
                return None
            self.seen += more
        before, self.seen = self.seen.split(text, 1)
        return before

    def type(self, text):
        os.write(self.fd, text)

    def run(self, command, seconds=60):
        """Types a command; returns what it printed, without the echo."""
        self.type(command + b"\r")
        said = self.wait_for(PROMPT, seconds)
        if said is None:
            result(f"an answer to {command.decode()}", False, self.seen)
            raise StandsStill
        return said.replace(b"\r", b"").partition(b"\n")[2].decode("latin-1")


def descendants(pid):
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += [int(entry)] + descendants(int(entry))
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def result(name, passed, evidence=""):
    print(f"{'ok' if passed else 'not ok'} shell: {name}")
    if not passed:
        print("    " + str(evidence).replace("\n", "\n    "))
    sys.stdout.flush()


def use(terminal):
    began = time.monotonic()
    there = terminal.wait_for(PROMPT, 240)
    print(f"a prompt after {time.monotonic() - began:.0f} s", file=sys.stderr)
    result("a prompt", there is not None, terminal.seen.decode("latin-1"))
    if there is None:
        raise StandsStill
    processes = descendants(terminal.pid)

    said = terminal.run(b"stty size")
    result("the terminal's size is the user's", said == "31 97\n", said)
    said = terminal.run(b"cpuid-exits")
    result("cpuid-exits has a table", "EXITS" in said, said)
    said = terminal.run(b"cpuid -1 -r -l 0")
    result("cpuid is there", "0x00000000 0x00: eax=" in said, said)
    said = terminal.run(b"devmem 0xfed00000")
    result("devmem reads a device", said.startswith("0x"), said)
    said = terminal.run(b"cpuid-exits stat -- dd if=/dev/zero of=/tmp/f bs=1M count=32")
    result("stat says what a command caused", "EXITS" in said, said)

    terminal.type(b"sleep 1000\r")
    time.sleep(3)
    terminal.type(b"\x03")
    result("Ctrl-C is the guest's", terminal.wait_for(PROMPT, 30) is not None, terminal.seen)
    terminal.type(b"cpuid-exits top\r")
    time.sleep(8)
    terminal.type(b"q")
    said = terminal.wait_for(PROMPT, 30)
    result("top runs, and q ends it", said and b"EXITS" in said, said)

    terminal.type(b"exit\r")
    terminal.wait_for(b"none of this comes", 60)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(map(alive, processes + [terminal.pid])):
        time.sleep(0.5)
    left = [pid for pid in processes + [terminal.pid] if alive(pid)]
    result("exit ends all of it", not left, left)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(terminal.pid, 0)
    result("with status 0", status == 0, status)


def main():
    terminal = Terminal(sys.argv[1:])
    try:
        use(terminal)
    except StandsStill:
        os.kill(terminal.pid, signal.SIGHUP)
        os.waitpid(terminal.pid, 0)
        sys.exit(124)


main()
