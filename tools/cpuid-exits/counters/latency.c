// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency: how long exits kept the vCPU away, as their buckets tell.
 */
#include "counters/latency.h"

#define LAST_BUCKET	(EXIT_STATS_NR_BUCKETS - 1)

/**
 * latency_bucket - find the bucket of a time away
 * @cycles: how long it was
 *
 * Return: the bucket.
 */
unsigned int latency_bucket(__u64 cycles)
{
	unsigned int bucket = 0;

	while (cycles >>= 1)
		bucket++;
	return bucket < LAST_BUCKET ? bucket : LAST_BUCKET;
}

/**
 * latency_count - count times away
 * @record: the exit code, or the total; its buckets fit into 64 bits together
 *
 * Return: how many are in the buckets.
 */
__u64 latency_count(const struct exit_count *record)
{
	__u64 count = 0;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++)
		count += record->buckets[i];
	return count;
}

/**
 * latency_last_bucket - find the last bucket that is not empty
 * @record: the exit code, or the total
 *
 * Return: the bucket, -1 if all are empty.
 */
int latency_last_bucket(const struct exit_count *record)
{
	int bucket = LAST_BUCKET;

	while (bucket >= 0 && !record->buckets[bucket])
		bucket--;
	return bucket;
}

/**
 * latency_bound - tell how long those in a bucket were at most
 * @record: the exit code, or the total
 * @bucket: the bucket
 *
 * Return: cycles.
 */
__u64 latency_bound(const struct exit_count *record, unsigned int bucket)
{
	__u64 end = bucket < LAST_BUCKET ? (2ULL << bucket) - 1 : ~0ULL;

	return record->longest && record->longest < end ? record->longest : end;
}

/**
 * latency_percentile - tell how long most times away were at most
 * @record: the exit code, or the total
 * @percent: most of them
 * @cycles: where to put it
 *
 * The true value is more than half of it, unless it is in the last bucket.
 *
 * Return: false if all buckets are empty.
 */
bool latency_percentile(const struct exit_count *record, unsigned int percent, __u64 *cycles)
{
	const unsigned __int128 share = (unsigned __int128)latency_count(record) * percent;
	__u64 count = 0;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		count += record->buckets[i];
		if (count && (unsigned __int128)count * 100 >= share) {
			*cycles = latency_bound(record, i);
			return true;
		}
	}
	return false;
}
