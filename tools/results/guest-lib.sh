# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What the guests' scripts have in common.

# Returns with a guest that has what a program may ask for.
set_up() {
	export PATH=/bin
	/bin/busybox mkdir -p /proc /sys /dev /run /tmp /sbin /etc /results
	/bin/busybox --install -s /bin
	mount -t proc proc /proc
	# Not what /proc/1/stat says: that is when the kernel made the thread.
	uptime_now >/began
	mount -t sysfs sysfs /sys
	mount -t devtmpfs dev /dev
	hostname guest
}

load_virtio() {
	local module
	while read -r module; do
		insmod "/modules/$module.ko" || return
	done </modules/load-order
}

# marks RECORDING BEGAN UPTIME: says in a recording when the kernel began, whose
# clock BEGAN and UPTIME are of: when the first process did, and the first sample.
marks() {
	sed -i "/^# interval/a # mark: -$3 kernel starts\n# mark: $(
		awk "BEGIN { print $2 - $3 }") first process" "$1"
}

uptime_now() {
	cut -d' ' -f1 /proc/uptime
}

# hand_over DIR: the host gets what is in DIR, in few bytes, each of which is an exit.
# Kernel and firmware have the first serial port.
hand_over() {
	stty -F /dev/ttyS1 raw -echo 115200
	{
		echo @results
		tar -C "$1" -cz . | base64
		echo @end
	} >/dev/ttyS1
}
