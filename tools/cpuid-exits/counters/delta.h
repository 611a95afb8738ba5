/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_DELTA_H
#define CPUID_EXITS_DELTA_H

#include "counters/sample.h"

/**
 * struct delta - the exits of a VM or a vCPU from one sample to another
 * @counters: the exits; a difference has a count also of what didn't occur in it
 * @elapsed_ns: how long it was; 0 if all since the counters began
 * @cpus: the guest's CPUs that were online
 * @runs: how often a command ran in it; all numbers are sums over these runs
 * @spread: standard deviation of the exits over the runs in percent of their mean, for
 *	    each of @counters' counts and last for the total, or NULL; negative if there is
 *	    none
 * @part: number of the recording's part, from 1; 0 if it isn't from one
 * @from_ns: when it began, since the recording did
 * @since: counts since the counters began, or NULL
 * @own_left_out: own queries are not in @counters
 */
struct delta {
	struct counters counters;
	__u64 elapsed_ns;
	unsigned int cpus;
	unsigned int runs;
	double *spread;
	unsigned int part;
	__u64 from_ns;
	const struct counters *since;
	bool own_left_out;
};

int delta_between(struct delta *delta, const struct counters *from, const struct counters *to);
int delta_add(struct delta *sum, const struct delta *delta);
void delta_leave_out_own(struct delta *delta);
int delta_cpu_share(const struct delta *delta, __u64 cycles, long double *percent);
void delta_free(struct delta *delta);

int deltas_between(struct delta **deltas, size_t *nr, const struct sample *from,
		   const struct sample *to);
void deltas_whole(struct delta **deltas, size_t *nr, const struct sample *sample);
void deltas_leave_out_own(struct delta *deltas, size_t nr);
void deltas_free(struct delta *deltas, size_t nr);

#endif /* CPUID_EXITS_DELTA_H */
