/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_READING_H
#define CPUID_EXITS_READING_H

#include "snapshot.h"

/**
 * struct reading - what was read at one time
 * @snaps: of the whole VM, or of each vCPU in order of the guest's CPU numbers
 * @nr: number of @snaps, at least 1
 * @time_ns: when it began, as clock_now() tells it
 * @cpus: the guest's CPUs that were online
 */
struct reading {
	struct snapshot *snaps;
	size_t nr;
	__u64 time_ns;
	unsigned int cpus;
};

int reading_take(struct reading *reading, struct source *source, bool vcpus);
int reading_again(struct reading *reading, struct source *source,
		  const struct reading *before);
int reading_follow(struct reading *reading, struct source *source,
		   const struct reading *before);
const struct snapshot *reading_find(const struct reading *reading, const struct snapshot *like);
void reading_free(struct reading *reading);

#endif /* CPUID_EXITS_READING_H */
