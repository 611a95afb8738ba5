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

# only_named [WORD...]: of the plan for a host on stdin, the lines that have one of the
# WORDs, and those that load modules; all if there is no WORD.
only_named() {
	if [ $# -eq 0 ]; then
		cat
	else
		grep -wE "^load|$(printf '%s\n' "$@" | paste -sd '|')"
	fi
}

# twice_on_qemu MACHINE COMMAND [ARG...]: once more if it ends with 124, the time being up.
# TCG loses what a halted guest waits for, once in a while: see docs/testing.md.
twice_on_qemu() {
	local machine=$1 status=0
	shift
	"$@" || status=$?
	if [ $status -eq 124 ] && [ "$machine" = qemu-svm ]; then
		say "trying once more, as QEMU may have let a guest stand still"
		status=0
		"$@" || status=$?
	fi
	return $status
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
