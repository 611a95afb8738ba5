/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SNAPSHOT_H
#define CPUID_EXITS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include <asm/kvm_exit_stats.h>

#include "counters/cpuid.h"

/* The VM has other counters now: it was moved, or restored. */
#define COUNTERS_MOVED	1

/**
 * struct exit_count - what has been counted of one exit code
 * @code: the exit code; meaningless in a sum
 * @exits: number of exits
 * @handled: host TSC cycles spent handling them, 0 if they aren't measured
 * @away: host TSC cycles from them to the next VM entry, likewise
 * @longest: the longest time away, 0 if nothing is known
 * @is_bound: @longest is only known to be no more, as it may be in a delta
 * @buckets: times away by their length, see EXIT_STATS_NR_BUCKETS
 */
struct exit_count {
	__u32 code;
	__u64 exits;
	__u64 handled;
	__u64 away;
	__u64 longest;
	bool is_bound;
	__u64 buckets[EXIT_STATS_NR_BUCKETS];
};

/**
 * struct counters - the counters of a VM, or of one vCPU
 * @cpu: the guest's number of the CPU that was asked, or DUMP_ANY_CPU
 * @this_vcpu: only exits of that CPU's vCPU were asked for
 * @max_code: highest exit code counted on its own
 * @isa: EXIT_STATS_ISA_*, or something unknown
 * @tsc_khz: frequency of the host's TSC, 0 if unknown
 * @features: EXIT_STATS_F_*, of which AWAY and BUCKETS tell what was asked for
 * @epoch: random id of the VM's counters
 * @vcpu: the hypervisor's number of the vCPU that was asked
 * @nr_vcpus: number of the VM's vCPUs
 * @cpuids: number of CPUIDs that the sample took, each an exit
 * @asked: likewise, of all readings of this VM or vCPU so far
 * @own: how many of those the count of CPUID exits includes
 * @counts: the codes that have occurred, in order of their code
 * @nr: number of @counts
 * @total: sum of @counts; of time away without that of HLT, which is idle time
 */
struct counters {
	int cpu;
	bool this_vcpu;
	__u32 max_code;
	__u32 isa;
	__u32 tsc_khz;
	__u32 features;
	__u64 epoch;
	__u32 vcpu;
	__u32 nr_vcpus;
	unsigned int cpuids;
	__u64 asked;
	__u64 own;
	struct exit_count *counts;
	size_t nr;
	struct exit_count total;
};

int counters_read(struct counters *counters, struct source *source, bool this_vcpu);
int counters_read_again(struct counters *counters, struct source *source,
			const struct counters *before);
const struct exit_count *counters_find(const struct counters *counters, __u32 code);
struct exit_count *counters_add_code(struct counters *counters, __u32 code);
void counters_add_longest(struct exit_count *sum, const struct exit_count *record);
int counters_sum_up(struct counters *counters);
void counters_copy(struct counters *counters, const struct counters *from);
void counters_free(struct counters *counters);

#endif /* CPUID_EXITS_SNAPSHOT_H */
