// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency: how long exits kept the vCPU away, as their buckets tell.
 */
#include "counters/latency.h"

#define LAST_BUCKET	(EXIT_STATS_NR_BUCKETS - 1)

unsigned int latency_bucket(__u64 cycles)
{
	const unsigned int bucket = cycles ? 63 - __builtin_clzll(cycles) : 0;

	return bucket < LAST_BUCKET ? bucket : LAST_BUCKET;
}

int latency_last_bucket(const struct exit_count *count)
{
	int bucket = LAST_BUCKET;

	while (bucket >= 0 && !count->buckets[bucket])
		bucket--;
	return bucket;
}

__u64 latency_count(const struct exit_count *count)
{
	__u64 nr = 0;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++)
		nr += count->buckets[i];
	return nr;
}

__u64 latency_bound(const struct exit_count *count, unsigned int bucket)
{
	const __u64 end = bucket < LAST_BUCKET ? (2ULL << bucket) - 1 : ~0ULL;

	return count->longest && count->longest < end ? count->longest : end;
}

bool latency_percentile(const struct exit_count *count, unsigned int percent, __u64 *cycles)
{
	const unsigned __int128 share = (unsigned __int128)latency_count(count) * percent;
	__u64 nr = 0;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		nr += count->buckets[i];
		if (nr && (unsigned __int128)nr * 100 >= share) {
			*cycles = latency_bound(count, i);
			return true;
		}
	}
	return false;
}
