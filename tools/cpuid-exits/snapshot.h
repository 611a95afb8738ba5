/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SNAPSHOT_H
#define CPUID_EXITS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include <asm/kvm_exit_stats.h>

#include "source.h"

/* The VM has other counters now: it was moved, or restored. */
#define SNAPSHOT_MOVED	1

/**
 * struct exit_record - what has been counted of one exit code
 * @code: the exit code; meaningless in a sum
 * @exits: number of exits
 * @cycles: host TSC cycles spent handling them, 0 if they aren't measured
 * @away: host TSC cycles from them to the next VM entry, likewise
 * @longest: the longest of these absences; in a span of time an upper bound of it, or
 *	     0 if nothing is known
 * @buckets: absences by their length, see KVM_EXIT_STATS_NR_BUCKETS
 */
struct exit_record {
	__u32 code;
	__u64 exits;
	__u64 cycles;
	__u64 away;
	__u64 longest;
	__u64 buckets[KVM_EXIT_STATS_NR_BUCKETS];
};

/**
 * struct snapshot - all counters of a VM, or of one vCPU, read once
 * @cpu: the guest's number of the CPU that was asked, or DUMP_ANY_CPU
 * @this_vcpu: only exits of that CPU's vCPU were asked for
 * @max_code: highest exit code counted on its own
 * @isa: KVM_EXIT_STATS_ISA_*, or something unknown
 * @tsc_khz: frequency of the host's TSC, 0 if unknown
 * @features: KVM_EXIT_STATS_F_*, of which AWAY and BUCKETS tell what was asked for
 * @epoch: random id of the VM's counters
 * @vcpu: the hypervisor's number of the vCPU that was asked
 * @nr_vcpus: number of the VM's vCPUs
 * @cpuids: number of CPUIDs that the reading took, each an exit
 * @asked: likewise, of all readings of this VM or vCPU so far
 * @own: how many of those the count of CPUID exits includes
 * @records: the codes that have occurred, in order of their code
 * @nr: number of @records
 * @total: sum of @records; of time away the sum without that of HLT, which is idle time
 */
struct snapshot {
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
	struct exit_record *records;
	size_t nr;
	struct exit_record total;
};

int snapshot_read(struct snapshot *snap, struct source *source, bool this_vcpu);
int snapshot_read_again(struct snapshot *snap, struct source *source,
			const struct snapshot *before);
const struct exit_record *snapshot_find(const struct snapshot *snap, __u32 code);
struct exit_record *snapshot_record(struct snapshot *snap, __u32 code);
int snapshot_sum_up(struct snapshot *snap);
__u32 snapshot_cpuid_code(const struct snapshot *snap);
__u32 snapshot_hlt_code(const struct snapshot *snap);
void snapshot_copy(struct snapshot *snap, const struct snapshot *from);
void snapshot_free(struct snapshot *snap);

#endif /* CPUID_EXITS_SNAPSHOT_H */
