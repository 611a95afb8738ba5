/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SAMPLE_H
#define CPUID_EXITS_SAMPLE_H

#include "counters/counters.h"

/**
 * struct sample - all counters at one time
 * @all: of the whole VM, or of each vCPU in order of the guest's CPU numbers
 * @nr: number of @all, at least 1
 * @time_ns: when sample them began, as clock_now() tells it
 * @cpus: the guest's CPUs that were online
 */
struct sample {
	struct counters *all;
	size_t nr;
	__u64 time_ns;
	unsigned int cpus;
};

int sample_take(struct sample *sample, struct source *source, bool vcpus);
int sample_again(struct sample *sample, struct source *source, const struct sample *before);
int sample_follow(struct sample *sample, struct source *source, const struct sample *before);
const struct counters *sample_find(const struct sample *sample, const struct counters *like);
void sample_free(struct sample *sample);

#endif /* CPUID_EXITS_SAMPLE_H */
