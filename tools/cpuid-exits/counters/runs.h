/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_RUNS_H
#define CPUID_EXITS_RUNS_H

#include "counters/delta.h"

/**
 * struct run - the exits of one run of a command
 * @deltas: one of the VM or one of each vCPU
 * @nr: number of @deltas
 */
struct run {
	struct delta *deltas;
	size_t nr;
};

/**
 * struct runs - runs of the same command
 * @runs: the runs
 * @nr: number of @runs
 */
struct runs {
	struct run *runs;
	size_t nr;
};

void runs_add(struct runs *runs, struct delta *deltas, size_t nr);
int runs_sum_up(const struct runs *runs, struct delta **sums, size_t *nr);
void runs_free(struct runs *runs);

#endif /* CPUID_EXITS_RUNS_H */
