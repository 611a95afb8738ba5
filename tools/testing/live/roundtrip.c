// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one exit takes, guest to guest: a VMM of a few lines and a guest of a few
 * instructions, so that nothing but KVM is in between.
 *
 *	roundtrip [VCPUS]
 *
 * Prints "WHAT CYCLES" lines, medians in cycles of the guest's TSC; on Bochs a cycle
 * is one instruction.  And "samples N": of so many.  VCPUS exist in the VM, one runs.
 * Built with MARKED, for a look at each instruction between two marks.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "roundtrip.h"

#ifdef MARKED
#define SAMPLES		5
#else
#define SAMPLES		2001
#endif
#define MEMORY		0x10000
#define CODE		0x1000
#define RESULTS		0x4000
#define MAX_CPUID	256

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

LOOP(nothing, 0, 0, "");
LOOP(cpuid, 0, 0, "cpuid");
/* MSR_UCODE_REV: KVM ignores it in the kernel, and its fast path isn't for it. */
LOOP(wrmsr, 0, 0x8b, "wrmsr");
LOOP(inb, 0, 0, "inb $0x80, %al");
LOOP(query_totals, 0x4fffffff, 0, "cpuid");
LOOP(query_reason, 0x4fffffff, 0x1000a, "cpuid");
LOOP(query_map, 0x4fffffff, 0x20000, "cpuid");

static const struct {
	const char *name;
	const char *code;
	const char *end;
} loops[] = {
	{ "nothing", nothing, nothing_end },
	{ "CPUID", cpuid, cpuid_end },
	{ "MSR-write", wrmsr, wrmsr_end },
	{ "port-read", inb, inb_end },
	{ "query-totals", query_totals, query_totals_end },
	{ "query-reason", query_reason, query_reason_end },
	{ "query-map", query_map, query_map_end },
};

static int do_ioctl(int fd, unsigned long request, void *arg, const char *what)
{
	int ret = ioctl(fd, request, arg);

	if (ret < 0)
		err(1, "%s", what);
	return ret;
}

static int compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void set_cpuid(int kvm, int vcpu)
{
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof(*cpuid) +
					  MAX_CPUID * sizeof(cpuid->entries[0]));

	if (!cpuid)
		err(1, "memory");
	cpuid->nent = MAX_CPUID;
	do_ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid, "KVM_GET_SUPPORTED_CPUID");
	do_ioctl(vcpu, KVM_SET_CPUID2, cpuid, "KVM_SET_CPUID2");
	free(cpuid);
}

/* Real mode, flat from address 0. */
static void set_registers(int vcpu)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2, .rdi = RESULTS, .rbp = SAMPLES };
	struct kvm_sregs sregs;

	do_ioctl(vcpu, KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	do_ioctl(vcpu, KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");
	do_ioctl(vcpu, KVM_SET_REGS, &regs, "KVM_SET_REGS");
}

static uint32_t run_loop(int vcpu, struct kvm_run *run, char *memory, int i)
{
	uint32_t *results = (uint32_t *)(memory + RESULTS);

	memcpy(memory + CODE, loops[i].code, loops[i].end - loops[i].code);
	set_registers(vcpu);
	for (;;) {
		do_ioctl(vcpu, KVM_RUN, NULL, "KVM_RUN");
		if (run->exit_reason == KVM_EXIT_HLT)
			break;
		if (run->exit_reason != KVM_EXIT_IO)
			errx(1, "%s: KVM_RUN ended with reason %u", loops[i].name,
			     run->exit_reason);
	}

	qsort(results, SAMPLES, sizeof(results[0]), compare);
	return results[SAMPLES / 2];
}

int main(int argc, char **argv)
{
	int nr_vcpus = argc > 1 ? atoi(argv[1]) : 1;
	int kvm, vm, vcpu, run_size, i;
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	struct kvm_run *run;
	char *memory;

	kvm = open("/dev/kvm", O_RDWR);
	if (kvm < 0)
		err(1, "/dev/kvm");
	vm = do_ioctl(kvm, KVM_CREATE_VM, NULL, "KVM_CREATE_VM");
	do_ioctl(vm, KVM_SET_TSS_ADDR, (void *)0xfffbd000ul, "KVM_SET_TSS_ADDR");

	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "memory");
	region.userspace_addr = (uintptr_t)memory;
	do_ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");

	vcpu = do_ioctl(vm, KVM_CREATE_VCPU, NULL, "KVM_CREATE_VCPU");
	for (i = 1; i < nr_vcpus; i++)
		do_ioctl(vm, KVM_CREATE_VCPU, (void *)(uintptr_t)i, "KVM_CREATE_VCPU");
	set_cpuid(kvm, vcpu);

	run_size = do_ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, "KVM_GET_VCPU_MMAP_SIZE");
	run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		err(1, "kvm_run");

	printf("samples %d\n", SAMPLES);
	for (i = 0; i < (int)ARRAY_SIZE(loops); i++)
		printf("%s %u\n", loops[i].name, run_loop(vcpu, run, memory, i));
	return 0;
}
