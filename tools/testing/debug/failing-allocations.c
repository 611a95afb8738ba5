// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates VMs and vCPUs with the first, the second, the third ... allocation
 * failing, until there is none left to fail.  A failed creation must say ENOMEM
 * (or why it went on without), and the same creation must succeed right after.
 *
 *	failing-allocations vm|vcpu|vcpu-irqchip
 *
 * The kernel must have failslab and fail_page_alloc set up to fail GFP_KERNEL
 * too.  Prints what was tried; status 0 if all went as it must.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Far more than a vCPU has; whoever reaches it goes round in circles. */
#define MAX_ALLOCATIONS	5000

struct target {
	const char *name;
	bool irqchip;
	/* The call under test: on /dev/kvm or on a VM. */
	bool on_vm;
	unsigned long request;
};

static const struct target targets[] = {
	{ "vm",			false,	false,	KVM_CREATE_VM },
	{ "vcpu",		false,	true,	KVM_CREATE_VCPU },
	{ "vcpu-irqchip",	true,	true,	KVM_CREATE_VCPU },
};

static int kvm;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/*
 * Has this thread's allocation number @nth from now on fail; 0: none.  Returns
 * what was left of the last such number: 0 if that allocation has failed.
 */
static unsigned int fail_nth(unsigned int nth)
{
	static int fd = -1;
	char text[16] = "";
	unsigned int left;

	if (fd < 0)
		fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fd < 0 || pread(fd, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth");
	left = strtoul(text, NULL, 10);
	snprintf(text, sizeof(text), "%u", nth);
	if (pwrite(fd, text, strlen(text), 0) < 0)
		die("fail-nth");
	return left;
}

static int create_vm(const struct target *target)
{
	int vcpu, vm = ioctl(kvm, KVM_CREATE_VM, 0);

	if (vm < 0)
		die("KVM_CREATE_VM without a failing allocation");
	if (!target->irqchip)
		return vm;
	if (ioctl(vm, KVM_CREATE_IRQCHIP, 0))
		die("KVM_CREATE_IRQCHIP without a failing allocation");
	/*
	 * With the first vCPU, VMX sets up the VM's APIC access page.  If that fails
	 * half way, stock KVM has EFAULT or EEXIST for this and all further vCPUs.
	 */
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		die("KVM_CREATE_VCPU without a failing allocation");
	close(vcpu);
	return vm;
}

struct outcomes {
	unsigned int failed, survived;
	bool wrong;
};

/* Returns whether there was an allocation number @nth to fail. */
static bool try(const struct target *target, unsigned int nth, struct outcomes *outcomes)
{
	const int on = target->on_vm ? create_vm(target) : kvm;
	/* A vCPU's id, or a VM's type. */
	const unsigned long argument = target->irqchip ? 1 : 0;
	bool reached;
	int fd, error;

	fail_nth(nth);
	fd = ioctl(on, target->request, argument);
	error = errno;
	reached = !fail_nth(0);

	if (fd < 0 && (!reached || error != ENOMEM)) {
		printf("allocation %u: %s\n", nth, strerror(error));
		outcomes->wrong = true;
	}
	if (reached)
		++*(fd < 0 ? &outcomes->failed : &outcomes->survived);

	/* What failed has left nothing behind that is in the way. */
	if (fd < 0) {
		fd = ioctl(on, target->request, argument);
		if (fd < 0) {
			perror("once more, with no allocation failing");
			outcomes->wrong = true;
		}
	}
	close(fd);
	if (target->on_vm)
		close(on);
	return reached;
}

int main(int argc, char *argv[])
{
	const struct target *target = NULL;
	struct outcomes outcomes = {};
	unsigned int i, nth = 1;

	for (i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		if (argc == 2 && !strcmp(argv[1], targets[i].name))
			target = &targets[i];
	if (!target) {
		fprintf(stderr, "usage: failing-allocations vm|vcpu|vcpu-irqchip\n");
		return 2;
	}
	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0)
		die("/dev/kvm");

	/* Once without, for what is allocated only the first time. */
	fail_nth(0);
	try(target, MAX_ALLOCATIONS, &outcomes);
	while (nth < MAX_ALLOCATIONS && try(target, nth, &outcomes))
		nth++;

	printf("# %s: %u allocations failed in turn: creation failed %u times, not %u times\n",
	       target->name, nth - 1, outcomes.failed, outcomes.survived);
	return outcomes.wrong || !outcomes.failed || nth == MAX_ALLOCATIONS;
}
