# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the test suites: each result is one line on stdout, which
# tools/testing/run-tests counts.
#
#	ok SUITE: NAME
#	not ok SUITE: NAME
#
# A failed result is followed by its evidence, indented.

: "${SUITE:=$(basename "$0")}"

pass() {
	printf 'ok %s: %s\n' "$SUITE" "$1"
}

# fail NAME [EVIDENCE...]
fail() {
	printf 'not ok %s: %s\n' "$SUITE" "$1"
	shift
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" | sed 's/^/    /'
	fi
}

# check NAME COMMAND [ARG...]: passes if COMMAND exits with 0, else shows its output.
check() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		pass "$name"
	else
		fail "$name" "$out"
	fi
}
