# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a host script may call.  Runs in the emulated host.

tracing=/sys/kernel/tracing
kvm_exit=$tracing/events/kvm/kvm_exit

stage() {
	echo "@stage $*"
}

vendor_module() {
	if grep -qw vmx /proc/cpuinfo; then
		echo kvm-intel
	else
		echo kvm-amd
	fi
}

# kernel_log: what the kernel said since the last time.
kernel_log() {
	# An emulator's timer may be late: Bochs' is, by 43 s, if a guest only spins.
	dmesg -c | grep -vE 'rcu: INFO: rcu_[a-z]* .*stall|watchdog: BUG: soft lockup'
}

# load stock|ours [PARAMETER=VALUE...] [-- PARAMETER=VALUE...]
# Loads KVM in place of the one that is loaded, if any: Debian's or the changed
# one.  Parameters before the -- are for kvm.ko, those after it for the vendor's.
load() {
	local which=$1 parameters=
	shift
	stage "loading the $which kvm modules"
	if [ -e /sys/module/kvm ]; then
		rmmod "$(vendor_module)" kvm || return
	else
		insmod /modules/stock/irqbypass.ko || return
	fi
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		parameters="$parameters $1"
		shift
	done
	[ $# -eq 0 ] || shift
	# shellcheck disable=SC2086 # one word a parameter
	insmod "/modules/$which/kvm.ko" $parameters || return
	insmod "/modules/$which/$(vendor_module).ko" "$@"
}

# start_guest CPUS QEMU-ARG...: QEMU with a guest; QEMU-ARGs say what its second serial
# port is.
start_guest() {
	local cpus=$1
	shift
	# Only a guard: a busy machine makes the emulated clock run fast, by several
	# times, and what really limits a run is outside.  A user may take all day.
	timeout 86400 qemu-system-x86_64 -accel kvm \
		-cpu "$(cat /agenda/guest-cpu)${guest_cpu_more:-}" \
		-M pc -m "${guest_memory:-192}" -smp "$cpus" -L /firmware \
		-nodefaults -no-user-config -no-reboot -display none \
		-serial file:/run/guest.console "$@" \
		-kernel /guest/vmlinuz -initrd /run/guest.initrd \
		-append "$(cat /agenda/cmdline)"
}

# run_qemu CPUS [ARGUMENT...]: the guest, which guest() below sets up.
run_qemu() {
	local cpus=$1
	shift
	[ -z "${guest_qmp:-}" ] || set -- "$@" -qmp "pipe:$guest_qmp"
	start_guest "$cpus" -chardev pipe,id=talk,path=/run/talk -serial chardev:talk \
		-chardev pipe,id=monitor,path=/run/monitor -mon monitor "$@" >/run/guest.qemu 2>&1
}

# qmp COMMAND...: has QEMU execute each, in JSON, and prints its answer to the last.
qmp() {
	local line number=0
	{
		printf '{"execute":"qmp_capabilities"}\n'
		for line; do
			number=$((number + 1))
			printf '{"id":%d,%s}\n' $number "$line"
		done
	} >"$guest_qmp.in"
	while IFS= read -r line; do
		case $line in
		*"\"id\": $number,"* | *"\"id\": $number}"*) break ;;
		esac
	done <"$guest_qmp.out"
	printf '%s\n' "$line"
}

# move_guest: migrates the running guest to another QEMU, on the same host.
move_guest() {
	# The guest is stopped for as long as it takes; the monitor waits with its commands.
	printf '%s\n' 'migrate_set_parameter downtime-limit 60000' \
		'migrate "exec:cat >/run/guest.state"' quit >/run/monitor.in
	until [ -e /run/guest.incoming ]; do
		sleep 0.1
	done
	while [ -e /run/guest.incoming ]; do
		sleep 0.1
	done
	# A serial port takes what it is sent before its state was loaded, and loses it.
	sleep 1
}

# guest CPUS
# Boots the guest; its script's output appears here behind "guest| ".  Returns
# the status of the guest's script, or 125 with the guest's console shown if the
# guest did not come that far.
# The host script may set guest_memory, in MiB; guest_cpu_more, what is appended to
# QEMU's -cpu; and guest_qmp, QEMU's second monitor, see qmp.
#
# A line "@ask FUNCTION ARGUMENT..." from the guest has that function of the
# host script run; the guest gets one line back, its status and what it printed.
guest() {
	local line cpus=$1 status=''
	stage "booting the guest"
	rm -f /run/talk.in /run/talk.out /run/monitor.in /run/monitor.out
	mkfifo /run/talk.in /run/talk.out /run/monitor.in /run/monitor.out
	# Open for reading and writing, so that neither side waits for the other.
	exec 6<>/run/monitor.out 7<>/run/monitor.in 8<>/run/talk.out 9<>/run/talk.in
	{
		cat /guest/initrd
		find /guest -name '*.cpio' -exec cat {} +
		cat /agenda/guest.cpio
	} >/run/guest.initrd
	: >/run/guest.console
	{
		run_qemu "$cpus"
		status=$?
		while [ -e /run/guest.state ]; do
			mv /run/guest.state /run/guest.incoming
			run_qemu "$cpus" -incoming 'exec:cat /run/guest.incoming; rm /run/guest.incoming'
			status=$?
		done
		echo "@ended $status" >&8
	} &
	while IFS= read -r line <&8; do
		case $line in
		'@ask '*)
			# shellcheck disable=SC2086 # the words of a command
			answer ${line#@ask } >&9
			;;
		'@exit '*)
			status=${line#@exit }
			;;
		*'@ended '*)
			# The guest may have died in the middle of a line.
			[ -z "${line%@ended *}" ] || echo "guest| ${line%@ended *}"
			break
			;;
		*)
			echo "guest| $line"
			;;
		esac
	done
	exec 6>&- 7>&- 8>&- 9>&-
	if [ -z "$status" ]; then
		echo "QEMU ended with status ${line##* } before the guest's script did:"
		sed 's/^/    /' /run/guest.qemu
		sed 's/\r//; s/^/    /' /run/guest.console
		return 125
	fi
	return "$status"
}

# answer FUNCTION [ARGUMENT...]: one line, its status and what it printed.
answer() {
	local said status=0
	said=$("$@" 2>&1) || status=$?
	# shellcheck disable=SC2086 # one line, whatever was said
	echo $status $said
}

# hist_start: begin to count every exit by reason with the kernel's own histogram.
hist_start() {
	[ -e $kvm_exit ] || mount -t tracefs tracefs $tracing || return
	echo 'hist:keys=exit_reason' >$kvm_exit/trigger
}

# by_code: lines of an exit reason as the kernel traces it and a number, with the
# code in its place.  On VMX the upper half of an exit reason holds flags.
by_code() {
	local mask=0xffff
	[ "$(vendor_module)" = kvm-intel ] || mask=0xffffffff
	while read -r reason number; do
		echo "$((reason & mask)) $number"
	done
}

# hist_read: the histogram, one line "CODE EXITS" each.
hist_read() {
	sed -n 's/^{ exit_reason: *\([0-9]*\) } hitcount: *\([0-9]*\).*/\1 \2/p' $kvm_exit/hist |
	by_code
}
