# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the scripts: where things are, and how to talk to the user.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$TOP/build}
: "${TOP}" "${BUILD}"

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# say TEXT: one line about a long step, with the time since the script began.
say() {
	printf '[%3ds] %s\n' "$SECONDS" "$*" >&2
}

# libraries PROGRAM: the files that the dynamic loader loads for it, a line each.
libraries() {
	# ldd fails on a static program, which has none.
	{ ldd "$1" 2>/dev/null || true; } | sed -n 's,^[^/]*\(/[^ ]*\).*,\1,p'
}

# alone PATH: waits until no other script builds PATH; that is this one's from here on,
# until it ends.
alone() {
	mkdir -p "$(dirname "$1")"
	exec 9>"$1.lock"
	flock -w 1800 9 || die "$1.lock: whatever has it locked does not end"
}

# logged FILE COMMAND...: COMMAND's output goes to FILE; shown if it fails.
logged() {
	local log=$1
	shift
	if ! "$@" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		die "failed: $* (whole output: $log)"
	fi
}
