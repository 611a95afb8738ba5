# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a guest script may call.  Runs in the guest.

# ask FUNCTION [ARGUMENT...]: has the host run that function of the host's
# script, and waits for it.  Prints what it printed, returns what it returned.
ask() {
	local answer
	echo "@ask $*" >/dev/ttyS1
	answer=$(timeout 60 head -n 1 </dev/ttyS1)
	case $answer in
	[0-9]*)
		echo "${answer#* }"
		return "${answer%% *}"
		;;
	*)
		echo "the host does not answer: $*"
		return 1
		;;
	esac
}
