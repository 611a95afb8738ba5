# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of cpuid-exits that need no hypervisor share.  $binary is the
# program, $tmp a folder for files, run_under a command to run the program under.

: "${binary:?}" "${tmp:?}"
# What is written in UTF-8 is compared.
export LC_ALL=C.UTF-8
read -ra run_under <<< "${RUN_UNDER:-}"

exits() {
	"${run_under[@]}" "$binary" "$@"
}

# prints NAME EXPECTED-FILE ARG...: status 0, nothing on stderr, this on stdout.
prints() {
	local name=$1 expected=$2
	shift 2
	prints_and_says "$name" "$expected" /dev/null "$@"
}

# prints_and_says NAME EXPECTED-STDOUT EXPECTED-STDERR ARG...: likewise, with files.
prints_and_says() {
	local name=$1 stdout=$2 stderr=$3 status=0
	shift 3
	exits "$@" > "$tmp/out" 2> "$tmp/err" || status=$?
	if [ $status = 0 ] && diff -u "$stderr" "$tmp/err" > "$tmp/diff" &&
	   diff -u "$stdout" "$tmp/out" >> "$tmp/diff"; then
		pass "$name"
	else
		fail "$name" "status $status" "$(cat "$tmp/diff")"
	fi
}

# digits_differ GOLDEN: valgrind computes long doubles in 64 bits instead of 80; these have
# digits that a double doesn't hold.
digits_differ() {
	[ -n "${RUN_UNDER:-}" ] || return
	case ${1##*/} in
	unknown-isa.json | unknown-isa.table | vmx.compare-exits-json) ;;
	*) return 1 ;;
	esac
}

# fails NAME MESSAGE ARG...: status 1, this one line on stderr, nothing on stdout.
fails() {
	local name=$1 message=$2 status=0
	shift 2
	exits "$@" > "$tmp/out" 2> "$tmp/err" || status=$?
	if [ $status = 1 ] && [ ! -s "$tmp/out" ] &&
	   [ "$(cat "$tmp/err")" = "cpuid-exits: $message" ]; then
		pass "$name"
	else
		fail "$name" "status $status, expected 1 and: $message" "$(cat "$tmp/err" "$tmp/out")"
	fi
}

# full_disk ARG...
full_disk() {
	local status=0
	exits "$@" > /dev/full 2> "$tmp/err" || status=$?
	cat "$tmp/err"
	[ $status = 1 ] &&
		[ "$(cat "$tmp/err")" = "cpuid-exits: standard output: No space left on device" ]
}
