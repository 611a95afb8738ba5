// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates vCPUs while the table for their time away, and nothing else, can't be
 * allocated: each must be created all the same, to count exits without it.
 *
 * Whoever calls this has failslab and fail_page_alloc set up to fail what only the
 * table asks for first, in a task with make-it-fail.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TIMES	100

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void set(const char *path, const char *digit)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, digit, 1) != 1)
		die(path);
	close(fd);
}

/* The first try and the last, and no allocation after them. */
static void fail_once_each(void)
{
	set("/sys/kernel/debug/fail_page_alloc/times", "1");
	set("/sys/kernel/debug/failslab/times", "1");
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR), vm, i;

	if (kvm < 0)
		die("/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		die("KVM_CREATE_VM");

	set("/proc/self/make-it-fail", "1");
	for (i = 0; i < TIMES; i++) {
		fail_once_each();
		if (ioctl(vm, KVM_CREATE_VCPU, i) < 0)
			die("KVM_CREATE_VCPU without memory for the table");
	}
	set("/proc/self/make-it-fail", "0");
	return 0;
}
