/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COUNTERS_H
#define CPUID_EXITS_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include <asm/kvm_exit_stats.h>

#define NR_SUMS	(3 + EXIT_STATS_NR_BUCKETS)

/**
 * struct exit_count - what has been counted of one exit code
 * @code: the exit code; meaningless in a sum
 * @is_bound: @longest is only known to be no more, as it may be in a delta
 * @longest: the longest time away, 0 if nothing is known
 * @cumulative: in a delta, exits since the counters began
 * @squares: in a delta of many runs, sum of the squares of each run's exits
 * @exits: number of exits
 * @handled: host TSC cycles spent handling them, 0 if they aren't measured
 * @away: host TSC cycles from them to the next VM entry, likewise
 * @buckets: times away by their length, see EXIT_STATS_NR_BUCKETS
 * @sums: all from @exits on, of which there are sums and differences
 */
struct exit_count {
	__u32 code;
	bool is_bound;
	__u64 longest;
	__u64 cumulative;
	long double squares;
	union {
		struct {
			__u64 exits, handled, away;
			__u64 buckets[EXIT_STATS_NR_BUCKETS];
		};
		__u64 sums[NR_SUMS];
	};
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
 * @cpus: the guest's CPUs that were online
 * @time_ns: when their sample began: by clock_now(), or since the recording did
 * @cpuids: number of CPUIDs that the sample took, each an exit
 * @asked: likewise, of all samples of this VM or vCPU so far
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
	__u32 cpus;
	__u64 time_ns;
	unsigned int cpuids;
	__u64 asked;
	__u64 own;
	struct exit_count *counts;
	size_t nr;
	struct exit_count total;
};

/* Both are -1 if a sum is more than 64 bits. */
int count_add(struct exit_count *sum, const struct exit_count *count);
int counters_sum_up(struct counters *counters);

/* NULL if the code has not occurred; made if it has not, until the next one is made. */
const struct exit_count *counters_find(const struct counters *counters, __u32 code);
struct exit_count *counters_add_code(struct counters *counters, __u32 code);
void counters_copy(struct counters *counters, const struct counters *from);
void counters_free(struct counters *counters);

/*
 * Latency, as the buckets tell: the bucket of a time away; the last one not empty, -1 if all
 * are; how many times away are in all; how long those in one were at most; how long so many
 * of all were at most, false if there are none.
 */
unsigned int latency_bucket(__u64 cycles);
int latency_last_bucket(const struct exit_count *count);
__u64 latency_count(const struct exit_count *count);
__u64 latency_bound(const struct exit_count *count, unsigned int bucket);
bool latency_percentile(const struct exit_count *count, unsigned int percent, __u64 *cycles);

#endif /* CPUID_EXITS_COUNTERS_H */
