/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SAMPLE_H
#define CPUID_EXITS_SAMPLE_H

#include "counters/counters.h"
#include "counters/cpuid.h"

/* The VM has other counters now: it was moved, or restored. */
#define COUNTERS_MOVED	1

struct key_table;

/* All counters at one time. */
struct sample {
	struct counters *all;	/* of the VM, or each vCPU in order of the guest's CPU numbers */
	size_t nr;		/* at least 1 */
	__u64 time_ns;		/* when it began, as clock_now() tells it */
	struct key_table *tables;	/* of each vCPU, if keys are counted */
	size_t nr_tables;
	__u64 own_in_keys;	/* own queries that the keys read so far include */
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

/* What is asked for in the middle; -1 after saying what is wrong. */
int sample_ask(struct source *source, __u32 subleaf, __u64 *edx_eax, __u64 *ebx_ecx);
int sample_check_epoch(const struct counters *counters, struct source *source);
void sample_free(struct sample *sample);

#endif /* CPUID_EXITS_SAMPLE_H */
