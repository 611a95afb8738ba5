/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SAMPLE_H
#define CPUID_EXITS_SAMPLE_H

#include "counters/counters.h"
#include "counters/cpuid.h"

/* The VM has other counters now: it was moved, or restored. */
#define COUNTERS_MOVED	1

/* All counters at one time. */
struct sample {
	struct counters *all;	/* of the VM, or each vCPU in order of the guest's CPU numbers */
	size_t nr;		/* at least 1 */
	__u64 time_ns;		/* when it began, as clock_now() tells it */
};

/*
 * Reads the counters; after @before, the last sample of @source, with as few CPUIDs as that
 * takes.  Of vCPUs those whose CPUs this thread may run on, or that the dump has; if the VM
 * has more, the first sample says so.  Pins the thread to one CPU after another meanwhile.
 *
 * Return: 0, COUNTERS_MOVED if @sample is of other counters than @before, or -1 after saying
 * what is wrong; sample_free() is due unless it is that.
 */
int sample_take(struct sample *sample, struct source *source, const struct sample *before);

/* Those of the same vCPU, or of the VM; NULL if the vCPU was not asked. */
const struct counters *sample_find(const struct sample *sample, const struct counters *like);
void sample_free(struct sample *sample);

#endif /* CPUID_EXITS_SAMPLE_H */
