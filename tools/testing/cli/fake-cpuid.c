// SPDX-License-Identifier: GPL-2.0-only
/*
 * A processor that answers CPUID from the dump named in $FAKE_CPUID.
 *
 * What the dump lacks is answered with zeros, as on AMD.  A dump of numbered
 * CPUs is asked for the CPU that runs this thread.  With $FAKE_CPUID_MOVES the
 * VM gets another epoch each time it is asked for.  At the end, stderr is told
 * how often CPUID was executed.
 *
 * With $FAKE_CPUID_RUNS the counters run, and nothing is said at the end: each
 * CPUID is one more exit of 1000 cycles, seen by the next.  More exits come from
 * the file that the variable names, which the tests write to meanwhile:
 *
 *	CODE EXITS	so many exits of 1000 cycles, of CPU 0
 *	moved		the VM gets another epoch, all counts begin at zero
 *	off		the leaf is gone
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "dump.h"
#include "fake-cpuid.h"

#define CODES	0x500
#define CPUS	64
#define CYCLES	1000

static struct dump dump;
static unsigned int executed;

/* What $FAKE_CPUID_RUNS adds to the dump. */
static struct {
	unsigned long long exits[CODES];
	/* CPUIDs, and how many there were when the counters last began. */
	unsigned long long on_cpu[CPUS], on_cpu_before[CPUS];
	unsigned int moves;
	int off;
} runs;

__attribute__((destructor))
static void finish(void)
{
	if (!getenv("FAKE_CPUID_RUNS"))
		fprintf(stderr, "%u CPUIDs\n", executed);
	dump_free(&dump);
}

static void read_runs(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned int code, moves = 0;
	unsigned long long exits;
	char line[64];

	memset(runs.exits, 0, sizeof(runs.exits));
	runs.off = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (!strcmp(line, "moved\n")) {
			moves++;
			memset(runs.exits, 0, sizeof(runs.exits));
		} else if (!strcmp(line, "off\n")) {
			runs.off = 1;
		} else if (sscanf(line, "%i %llu", &code, &exits) == 2 && code < CODES) {
			runs.exits[code] += exits;
		}
	}
	if (file)
		fclose(file);
	if (moves != runs.moves)
		memcpy(runs.on_cpu_before, runs.on_cpu, sizeof(runs.on_cpu));
	runs.moves = moves;
}

static unsigned long long own(int cpu)
{
	unsigned long long sum = 0;
	int i;

	for (i = 0; i < CPUS; i++) {
		if (cpu < 0 || i == cpu)
			sum += runs.on_cpu[i] - runs.on_cpu_before[i];
	}
	return sum;
}

static void add_runs(unsigned int subleaf, int cpu, unsigned int regs[4])
{
	const struct dump_answer *geometry = dump_find(&dump, dump.first_cpu, KVM_EXIT_STATS_LEAF,
						       KVM_EXIT_STATS_GEOMETRY);
	const int is_vcpu = !!(subleaf & KVM_EXIT_STATS_THIS_VCPU);
	const unsigned int class = subleaf & KVM_EXIT_STATS_CLASS_MASK;
	const unsigned int index = subleaf & KVM_EXIT_STATS_INDEX_MASK;
	const unsigned int cpuid = geometry->regs.ebx == KVM_EXIT_STATS_ISA_VMX ? 10 : 0x72;
	unsigned long long exits, cycles, more;
	unsigned int i;

	if (runs.off) {
		memset(regs, 0, 4 * sizeof(*regs));
		return;
	}
	if (subleaf == KVM_EXIT_STATS_EPOCH)
		regs[0] += runs.moves;
	if (class == KVM_EXIT_STATS_MAP) {
		for (i = 0; i < KVM_EXIT_STATS_MAP_CODES; i++) {
			unsigned int code = index * KVM_EXIT_STATS_MAP_CODES + i;

			if (code < CODES && runs.exits[code] && (!is_vcpu || !cpu))
				regs[i / 32] |= 1u << i % 32;
		}
	}
	if (class != KVM_EXIT_STATS_REASON || index >= CODES)
		return;

	more = !is_vcpu || !cpu ? runs.exits[index] : 0;
	if (index == cpuid)
		more += own(is_vcpu ? cpu : -1);
	exits = (unsigned long long)regs[3] << 32 | regs[0];
	cycles = (unsigned long long)regs[1] << 32 | regs[2];
	if (runs.moves) {
		exits = 0;
		cycles = 0;
	}
	exits += more;
	cycles += more * CYCLES;
	regs[0] = exits;
	regs[1] = cycles >> 32;
	regs[2] = cycles;
	regs[3] = exits >> 32;
}

void fake_cpuid(unsigned int leaf, unsigned int subleaf, unsigned int regs[4])
{
	const int cpu = sched_getcpu();
	const struct dump_answer *answer;

	if (!executed && dump_load(&dump, getenv("FAKE_CPUID")))
		abort();

	answer = dump_find(&dump, dump.first_cpu == DUMP_ANY_CPU ? DUMP_ANY_CPU : cpu,
			   leaf, subleaf);
	memset(regs, 0, 4 * sizeof(*regs));
	if (answer)
		memcpy(regs, &answer->regs, sizeof(answer->regs));
	if (leaf == KVM_EXIT_STATS_LEAF && subleaf == KVM_EXIT_STATS_EPOCH &&
	    getenv("FAKE_CPUID_MOVES"))
		regs[0] += executed;
	if (leaf == KVM_EXIT_STATS_LEAF && getenv("FAKE_CPUID_RUNS")) {
		read_runs(getenv("FAKE_CPUID_RUNS"));
		add_runs(subleaf, cpu, regs);
	}
	executed++;
	runs.on_cpu[cpu % CPUS]++;
}
