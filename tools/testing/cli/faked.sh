# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the program for a faked processor whose counters run, for what run-stat,
# run-why, run-record and run-top share; they are in this folder when they read it.
#
# RUN_UNDER is a command to run the program under, such as valgrind; CFLAGS are
# for the program.  PAUSE is how many milliseconds it needs to be ready for a key.
#
# shellcheck disable=SC2034 # the suites use these
source=$(realpath ../../cpuid-exits)
dumps=$PWD/dumps

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
binary=$tmp/cpuid-exits
pty_run=$tmp/tools/testing/cli/pty-run
# shellcheck source-path=SCRIPTDIR source=expect.sh
. ./expect.sh
# Now that functions have to pass arguments to it through other programs.
program=("${run_under[@]}" "$binary")
: "${PAUSE:=400}"
# Those that svm-vcpus.txt has.
on_two_cpus=(taskset -c 0-1)

build() {
	local include=$source/../../include/uapi
	gcc -Wall -Wextra -Werror -D_GNU_SOURCE -O2 -I"$source" -I"$include" -r \
		fake-cpuid.c fake-files.c -o "$tmp/fake.o" &&
	env -u CFLAGS make BUILD="$tmp" "$tmp/tools/testing/cli/pty-run" &&
	make -C "$source" BUILD="$tmp" CPPFLAGS="-include $PWD/fake-cpuid.h" \
		${CFLAGS:+"CFLAGS=$CFLAGS"} LDFLAGS="$tmp/fake.o -Wl,--wrap=fopen,--wrap=glob"
}

# begin DUMP: the processor to fake; $runs gets the exits that happen, see fake-cpuid.c.
begin() {
	export FAKE_CPUID=$dumps/$1.txt FAKE_CPUID_RUNS=$tmp/runs
	runs=$FAKE_CPUID_RUNS
	: > "$runs"
	rm -f rec.csv
}

# run ARG...: stdout and stderr go to files of these names; leaves the status in $status.
run() {
	status=0
	exits "$@" > stdout 2> stderr || status=$?
}

# says STATUS MESSAGE: what run has to have left.
says() {
	echo "status $status, expected $1"
	cat stdout stderr
	[ "$status" = "$1" ] && [ ! -s stdout ] && [ "$(cat stderr)" = "cpuid-exits: $2" ]
}

# wait_until COMMAND...: waits until it is true, 20 s at most.
wait_until() {
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.1
	done
	echo "waited for too long: $*"
	return 1
}

check "build" build
[ -x "$binary" ] || exit 1
cd "$tmp" || exit
