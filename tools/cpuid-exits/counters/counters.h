/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COUNTERS_H
#define CPUID_EXITS_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include <asm/kvm_exit_stats.h>

#include "names/names.h"

#define NR_SUMS	(4 + EXIT_STATS_NR_BUCKETS)

/* What has been counted of one exit code, or of one of its keys. */
struct exit_count {
	long double squares;	/* in a delta of many runs, sum of the squares of each's exits */
	union {
		struct {
			__u64 exits;
			__u64 handled;	/* host TSC cycles handling them, 0 if not measured */
			__u64 away;	/* likewise, from them to the next VM entry */
			__u64 buckets[EXIT_STATS_NR_BUCKETS];
			__u64 own;	/* of @exits, by own queries */
		};
		__u64 sums[NR_SUMS];
	};
	__u64 longest;		/* time away; 0 if nothing is known */
	__u64 cumulative;	/* in a delta, exits since the counters began */
	__u64 own_cumulative;	/* of @cumulative, by own queries */
	__u32 code;		/* meaningless in a sum */
	bool is_bound;		/* @longest is only known to be no more, as in a delta */
	bool has_key;		/* it is of a key, and in the count of the code, too */
	__u64 key;
	char name[KEY_NAME_SIZE];	/* of the key, "" if it isn't named yet */
};

/* The counters of a VM, or of one vCPU. */
struct counters {
	int cpu;		/* the guest's number of the CPU asked, or DUMP_ANY_CPU */
	bool this_vcpu;		/* only exits of that CPU's vCPU were asked for */
	__u32 max_code;		/* highest exit code counted on its own */
	__u32 isa;		/* EXIT_STATS_ISA_*, or something unknown */
	__u32 tsc_khz;		/* of the host, 0 if unknown */
	__u32 features;		/* EXIT_STATS_F_*; AWAY, BUCKETS and KEYS if asked for */
	__u64 epoch;		/* random id of the VM's counters */
	__u32 vcpu;		/* the hypervisor's number of the vCPU that was asked */
	__u32 nr_vcpus;		/* of the VM */
	__u32 cpus;		/* of the guest, online */
	__u64 time_ns;		/* of the sample: clock_now(), or since the recording began */
	unsigned int cpuids;	/* that the sample took, each an exit */
	__u64 asked;		/* likewise, all samples of this VM or vCPU so far */
	struct exit_count *counts;	/* that have occurred, in the order of count_order() */
	size_t nr;
	struct exit_count total;	/* of all codes; its time away without that of HLT, idle */
};

/* Both are -1 if a sum is more than 64 bits. */
int count_add(struct exit_count *sum, const struct exit_count *count);
int counters_sum_up(struct counters *counters);

/* One that counts nothing, of the same code and key. */
struct exit_count count_like(const struct exit_count *like);

/* As of strcmp(): a code, then its keys. */
int count_order(const struct exit_count *a, const struct exit_count *b);

/*
 * That of the same code and key: NULL if it has not occurred; made if it has not, until the
 * next one is made.
 */
const struct exit_count *counters_find(const struct counters *counters,
				       const struct exit_count *like);
struct exit_count *counters_add(struct counters *counters, const struct exit_count *like);
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
