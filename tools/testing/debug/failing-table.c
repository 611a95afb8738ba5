// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates vCPUs while the table of the exit statistics can't be allocated in any
 * way: each creation must say ENOMEM.  Then it can, and the same VM must get its
 * vCPU.
 *
 * Whoever calls this has failslab and fail_page_alloc set up to fail that, in a
 * task with make-it-fail.
 */
#include <errno.h>
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

static void make_it_fail(const char *on)
{
	int fd = open("/proc/self/make-it-fail", O_WRONLY);

	if (fd < 0 || write(fd, on, 1) != 1)
		die("make-it-fail");
	close(fd);
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR), vm, i;

	if (kvm < 0)
		die("/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		die("KVM_CREATE_VM");

	make_it_fail("1");
	for (i = 0; i < TIMES; i++) {
		if (ioctl(vm, KVM_CREATE_VCPU, 0) >= 0) {
			fprintf(stderr, "vCPU created without its table\n");
			return 1;
		}
		if (errno != ENOMEM)
			die("KVM_CREATE_VCPU without memory for the table");
	}
	make_it_fail("0");

	if (ioctl(vm, KVM_CREATE_VCPU, 0) < 0)
		die("KVM_CREATE_VCPU after it failed");
	return 0;
}
