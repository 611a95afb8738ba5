/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_KEYS_H
#define CPUID_EXITS_KEYS_H

#include "counters/sample.h"

/* Those of keys, and those of what found no room. */
#define KEY_PLACES	(EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS)

/* The keys of a vCPU, as they were read last: what EXIT_STATS_KEY and so on say. */
struct key_table {
	int cpu;		/* the guest's number of it */
	struct key_place {
		bool is_used;
		__u32 code;
		__u64 key, exits, handled, away;
	} places[KEY_PLACES];
};

/*
 * Adds the keys of source->cpu to the counters that are theirs, if they are counted; and what
 * belongs to those of all vCPUs.  As sample_take(), but COUNTERS_MOVED is without a sample.
 */
int keys_read(struct sample *sample, struct source *source, const struct sample *before);
int keys_finish(struct sample *sample, struct source *source, const struct sample *before);

#endif /* CPUID_EXITS_KEYS_H */
