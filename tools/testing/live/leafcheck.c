// SPDX-License-Identifier: GPL-2.0
/*
 * Runs in a guest and checks that the leaf's answers agree with what the guest
 * itself did, and with each other.  One line per result, as in ../lib.sh.
 *
 * Anything may make a vCPU exit between two queries: a timer, an interrupt.
 * Where a count must be exact all the same, the least of many tries is taken:
 * noise adds exits and never takes any away.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#include <asm/svm.h>
#include <asm/vmx.h>

#include "leaf.h"

#define TRIES		100
#define REPEAT		50	/* of an action whose exits are counted */
#define CPUS		16

#define PCI_CONFIG	"/sys/bus/pci/devices/0000:00:00.0/config"

#define THIS_VCPU	EXIT_STATS_THIS_VCPU
#define REASON		EXIT_STATS_REASON

static bool vmx;
static __u32 nr;
static int pci_config;
static int failures;
static char prefix[16];	/* which vCPU a result is about */

/* @seen is what shows why, if it isn't @ok. */
static void result(bool ok, const char *name, __u64 seen)
{
	printf("%sok live: %s%s\n", ok ? "" : "not ", prefix, name);
	if (!ok) {
		printf("    seen: %llu, %#llx\n", seen, seen);
		failures++;
	}
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		perror("sched_setaffinity");
		exit(1);
	}
}

static bool undefined(__u32 index)
{
	struct regs r = leaf(index);

	return !r.eax && !r.ebx && !r.ecx && r.edx == EXIT_STATS_UNDEFINED_EDX;
}

static void check_identity(void)
{
	struct regs r = leaf(EXIT_STATS_IDENTITY);
	char signature[13] = "";

	memcpy(signature, &r.ebx, 4);
	memcpy(signature + 4, &r.ecx, 4);
	memcpy(signature + 8, &r.edx, 4);
	result(r.eax == 1 && !strcmp(signature, "KVMExitStats"),
	       "the identity is revision 1 of KVMExitStats",
	       r.eax);
}

static void check_geometry(void)
{
	struct regs r = leaf(EXIT_STATS_GEOMETRY);
	__u32 known = vmx ? EXIT_REASON_XSAVES : SVM_EXIT_NPF;

	result(r.ebx == (vmx ? 1 : 2), "the ISA is the processor's", r.ebx);
	result(r.eax >= known && r.eax < 0xffff, "the highest code covers the known ones",
	       r.eax);
	result(r.edx == EXIT_STATS_F_CYCLES, "cycles are measured, no other feature bit is set",
	       r.edx);
}

static void check_epoch(int cpus)
{
	struct regs first = leaf(EXIT_STATS_EPOCH), r;
	__u32 eax, ebx, ecx, edx;
	bool same = true, id = true;

	for (int cpu = 0; cpu < cpus; cpu++) {
		pin(cpu);
		r = leaf(EXIT_STATS_EPOCH);
		__cpuid(1, eax, ebx, ecx, edx);
		same &= r.eax == first.eax && r.edx == first.edx;
		/* QEMU numbers its vCPUs by their APIC ids. */
		id &= r.ebx == ebx >> 24;
	}
	result(same && (r.eax || r.edx), "the epoch is one number on every vCPU",
	       (__u64)r.edx << 32 | r.eax);
	result(id, "the vCPU id is the one of the vCPU that asks", r.ebx);
	result(r.ecx == (__u32)cpus, "the number of vCPUs is right", r.ecx);
}

static void check_undefined(void)
{
	const __u32 indices[] = {
		4, 0xffff,
		THIS_VCPU | EXIT_STATS_IDENTITY,
		REASON + nr, REASON + 0xfffe, THIS_VCPU | (REASON + nr),
		EXIT_STATS_MAP + (nr + 127) / 128, EXIT_STATS_MAP + 0xffff,
		0x00030000, 0x7fff0000, 0xffffffff,
	};

	for (size_t i = 0; i < sizeof(indices) / sizeof(*indices); i++) {
		char name[80];

		snprintf(name, sizeof(name), "sub-leaf %#x is undefined", indices[i]);
		result(undefined(indices[i]), name, leaf(indices[i]).edx);
	}
}

static void do_cpuid(void)
{
	__u32 eax, ebx, ecx, edx;

	__cpuid(0, eax, ebx, ecx, edx);
}

/*
 * The host bridge's vendor and device: an OUT with the address, then an IN.
 * Not port I/O from here: under nested SVM QEMU's TCG gives ioperm() no effect,
 * as it takes the guest's task segment, which is busy, for a bad one.
 */
static void do_pci_read(void)
{
	__u32 id;

	if (pread(pci_config, &id, sizeof(id), 0) != sizeof(id)) {
		perror(PCI_CONFIG);
		exit(1);
	}
}

static void do_hypercall(void)
{
	__u64 rax = 0;

	/* From user space, KVM refuses it; it is an exit like any other. */
	if (vmx)
		asm volatile("vmcall" : "+a"(rax) :: "memory");
	else
		asm volatile("vmmcall" : "+a"(rax) :: "memory");
}

/*
 * The least growth of @code over REPEAT times @action on this vCPU.  The query
 * that begins is itself counted by the one that ends.
 */
static __u64 least_growth(__u32 code, void (*action)(void))
{
	__u64 least = ~0ull;

	for (int try = 0; try < TRIES; try++) {
		__u64 before = record(THIS_VCPU | (REASON + code)).exits, growth;

		for (int i = 0; i < REPEAT; i++)
			action();
		growth = record(THIS_VCPU | (REASON + code)).exits - before;
		if (growth < least)
			least = growth;
	}
	return least;
}

static void check_actions(void)
{
	__u64 n;

	n = least_growth(vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID, do_cpuid);
	result(n == REPEAT + 1, "50 CPUIDs count as 50 exits, the query before them as one",
	       n);

	n = least_growth(vmx ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO, do_pci_read);
	result(n == 2 * REPEAT, "50 reads of PCI configuration count as 100 exits", n);

	n = least_growth(vmx ? EXIT_REASON_VMCALL : SVM_EXIT_VMMCALL, do_hypercall);
	result(n == REPEAT, "50 hypercalls count as 50 exits", n);
}

static void check_cycles(void)
{
	const __u32 index = THIS_VCPU | (REASON + (vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID));
	__u64 start, cycles, elapsed;
	struct record before, after;

	start = __rdtsc();
	before = record(index);
	for (int i = 0; i < REPEAT; i++)
		do_cpuid();
	after = record(index);
	elapsed = __rdtsc() - start;
	cycles = after.cycles - before.cycles;
	/* Each read the TSC twice and did some work in between. */
	result(cycles >= REPEAT * 10 && cycles < elapsed,
	       "cycles handling CPUIDs are less than the time that went by",
	       cycles);
}

static bool not_after(const struct record *a, const struct record *b)
{
	return a->exits <= b->exits && a->cycles <= b->cycles;
}

static void check_forward(__u32 scope, const char *name)
{
	static struct table before, after;
	bool ok = true;
	__u32 i = 0;

	read_table(&before, nr, scope);
	for (int round = 0; ok && round < 5; round++) {
		read_table(&after, nr, scope);
		for (i = 0; i <= nr; i++) {
			ok = not_after(&before.record[i], &after.record[i]);
			if (!ok)
				break;
		}
		before = after;
	}
	result(ok, name, code_of(i, nr));
}

/*
 * Sum what all codes say, between two queries of the totals.  If nothing but
 * the queries themselves made the vCPU exit meanwhile, the sum is known: the
 * first total, and the CPUIDs up to and including the query before CPUID's own.
 */
static void check_totals(__u32 scope, const char *name)
{
	const __u32 cpuid = vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	static struct table t;
	__u32 *code, n = 0;
	bool within = true, exact = false;

	read_table(&t, nr, scope);
	code = calloc(nr + 1, sizeof(*code));
	if (!code) {
		perror("calloc");
		exit(1);
	}
	for (__u32 i = 0; i <= nr; i++)
		if (t.record[i].exits)
			code[n++] = code_of(i, nr);

	for (int try = 0; within && !exact && try < 10 * TRIES; try++) {
		__u64 first = record(scope).exits, sum = 0, last, seen = 0;

		for (__u32 i = 0; i < n; i++) {
			if (code[i] == cpuid)
				seen = i + 1;
			sum += record(scope | (REASON + code[i])).exits;
		}
		last = record(scope).exits;
		within = first <= sum && sum <= last;
		exact = last - first == n + 1 && sum == first + seen;
	}
	free(code);
	result(within && exact, name, within);
}

static void check_map(__u32 scope, const char *name)
{
	const __u32 nr_maps = (nr + EXIT_STATS_MAP_CODES - 1) / EXIT_STATS_MAP_CODES;
	__u32 wrong = 0;

	for (__u32 n = 0; n < nr_maps; n++) {
		const __u32 map = scope | (EXIT_STATS_MAP + n);
		__u64 exits[EXIT_STATS_MAP_CODES];
		struct regs before = leaf(map), after;

		for (__u32 i = 0; i < EXIT_STATS_MAP_CODES; i++) {
			__u32 code = n * EXIT_STATS_MAP_CODES + i;

			exits[i] = code < nr ? record(scope | (REASON + code)).exits : 0;
		}
		after = leaf(map);
		for (__u32 i = 0; i < EXIT_STATS_MAP_CODES; i++) {
			wrong += (in_map(&before, i) && !exits[i]) ||
				 (exits[i] && !in_map(&after, i));
		}
	}
	result(!wrong, name, wrong);
}

/* Each vCPU's own table, read between two reads of the whole VM's. */
static void check_vcpus(int cpus)
{
	static struct table before, after, own[CPUS];
	__u32 wrong = 0;

	read_table(&before, nr, 0);
	for (int cpu = 0; cpu < cpus; cpu++) {
		pin(cpu);
		read_table(&own[cpu], nr, THIS_VCPU);
	}
	read_table(&after, nr, 0);

	for (__u32 i = 0; i <= nr; i++) {
		struct record sum = {};

		for (int cpu = 0; cpu < cpus; cpu++) {
			sum.exits += own[cpu].record[i].exits;
			sum.cycles += own[cpu].record[i].cycles;
		}
		wrong += !(not_after(&before.record[i], &sum) && not_after(&sum, &after.record[i]));
	}
	result(!wrong, "the VM's table is the sum of its vCPUs' tables", wrong);
}

int main(void)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u32 eax, ebx, ecx, edx;

	/* So that what was printed is there even if the rest hangs. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	__cpuid(0, eax, ebx, ecx, edx);
	vmx = ebx == signature_INTEL_ebx;
	nr = nr_codes();
	pci_config = open(PCI_CONFIG, O_RDONLY);
	if (cpus > CPUS)
		cpus = CPUS;

	check_identity();
	check_geometry();
	check_epoch(cpus);
	check_undefined();

	for (int cpu = 0; cpu < cpus; cpu++) {
		pin(cpu);
		snprintf(prefix, sizeof(prefix), "CPU %d: ", cpu);
		check_actions();
		check_cycles();
		check_forward(THIS_VCPU, "this vCPU's records only go forward");
		check_totals(THIS_VCPU, "this vCPU's total is the sum of its records");
		check_map(THIS_VCPU, "this vCPU's map shows the codes that occurred");
	}
	prefix[0] = '\0';
	check_forward(0, "the VM's records only go forward");
	check_totals(0, "the VM's total is the sum of its records");
	check_map(0, "the VM's map shows the codes that occurred");
	check_vcpus(cpus);
	return !!failures;
}
