/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_DELTA_H
#define CPUID_EXITS_DELTA_H

#include "counters/sample.h"

/* The exits of a VM or a vCPU from one sample to another. */
struct delta {
	struct counters counters;	/* a difference has a count also of what didn't occur */
	__u64 from_ns;			/* when it began, as in @counters */
	__u64 elapsed_ns;		/* 0 if all since the counters began */
	unsigned int runs;		/* of a command; all numbers are sums over these */
	unsigned int part;		/* of the recording, from 1; 0 if it isn't from one */
	bool own_left_out;		/* own queries are not in @counters */
};

/*
 * All since the counters began if @from is NULL.  -1 if a count has decreased, or the sum
 * is more than 64 bits; counters_free() is due anyway.
 */
int delta_between(struct delta *delta, const struct counters *from, const struct counters *to);

/* Into a sum that is all zero at first; -1 after saying that it is more than 64 bits. */
int delta_add(struct delta *sum, const struct delta *delta);

/* Which part of the CPUs', or its vCPU's, time cycles were; -1 if that isn't known. */
int delta_cpu_share(const struct delta *delta, __u64 cycles, long double *percent);

/*
 * Of the VM, or of each vCPU that is in both samples.  -1 after saying that a count has
 * decreased; deltas_free() is due anyway.
 */
int deltas_between(struct delta **deltas, size_t *nr, const struct sample *from,
		   const struct sample *to);

/*
 * Adds one run of a command, which is taken over, to those of before, none at first.  -1
 * after saying that they are more than 64 bits.
 */
int deltas_add_run(struct delta **sums, size_t *nr, struct delta *run, size_t run_nr);

/*
 * The number of own queries is known.  Their time is not, and taken to be like that of all
 * exits of CPUID.
 */
void deltas_leave_out_own(struct delta *deltas, size_t nr);
void deltas_free(struct delta *deltas, size_t nr);

#endif /* CPUID_EXITS_DELTA_H */
