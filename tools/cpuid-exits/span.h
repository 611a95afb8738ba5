/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SPAN_H
#define CPUID_EXITS_SPAN_H

#include "reading.h"

/**
 * struct span - the exits of a VM or a vCPU in a span of time
 * @counts: the exits; a difference has a record also of what didn't occur in it
 * @elapsed_ns: how long it was; 0 if all since the counters began
 * @cpus: the guest's CPUs that were online
 * @runs: how often a command ran in it; all numbers are sums over these runs
 * @spread: standard deviation of the exits over the runs in percent of their
 *	    mean, for each of @counts' records and last for the total, or NULL;
 *	    negative if there is none
 * @part: number of the recording's part, from 1; 0 if it isn't from one
 * @from_ns: when it began, since the recording did
 * @ever: counts since the counters began, or NULL
 */
struct span {
	struct snapshot counts;
	__u64 elapsed_ns;
	unsigned int cpus;
	unsigned int runs;
	double *spread;
	unsigned int part;
	__u64 from_ns;
	const struct snapshot *ever;
};

int span_between(struct span *span, const struct snapshot *from, const struct snapshot *to);
int span_add(struct span *sum, const struct span *span);
int span_time_share(const struct span *span, __u64 cycles, long double *percent);
void span_free(struct span *span);

int spans_between(struct span **spans, size_t *nr, const struct reading *from,
		  const struct reading *to);
void spans_whole(struct span **spans, size_t *nr, const struct reading *reading);
void spans_free(struct span *spans, size_t nr);

#endif /* CPUID_EXITS_SPAN_H */
