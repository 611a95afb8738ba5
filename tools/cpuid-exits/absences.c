// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the buckets of an exit code tell of how long its absences were.
 */
#include "absences.h"

#define LAST_BUCKET	(KVM_EXIT_STATS_NR_BUCKETS - 1)

/**
 * absence_bucket - find the bucket of an absence
 * @cycles: how long it was
 *
 * Return: the bucket.
 */
unsigned int absence_bucket(__u64 cycles)
{
	unsigned int bucket = 0;

	while (cycles >>= 1)
		bucket++;
	return bucket < LAST_BUCKET ? bucket : LAST_BUCKET;
}

/**
 * absences_count - count absences
 * @record: the exit code, or the total; its buckets fit into 64 bits together
 *
 * Return: how many are in the buckets.
 */
__u64 absences_count(const struct exit_record *record)
{
	__u64 count = 0;
	unsigned int i;

	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++)
		count += record->buckets[i];
	return count;
}

/**
 * absences_last_bucket - find the last bucket with an absence
 * @record: the exit code, or the total
 *
 * Return: the bucket, -1 if all are empty.
 */
int absences_last_bucket(const struct exit_record *record)
{
	int bucket = LAST_BUCKET;

	while (bucket >= 0 && !record->buckets[bucket])
		bucket--;
	return bucket;
}

/**
 * absences_bound - tell how long the absences in a bucket were at most
 * @record: the exit code, or the total
 * @bucket: the bucket
 *
 * Return: cycles.
 */
__u64 absences_bound(const struct exit_record *record, unsigned int bucket)
{
	__u64 end = bucket < LAST_BUCKET ? (2ULL << bucket) - 1 : ~0ULL;

	return record->longest && record->longest < end ? record->longest : end;
}

/**
 * absences_percentile - tell how long most absences were at most
 * @record: the exit code, or the total
 * @percent: most of them
 * @cycles: where to put it
 *
 * The true value is more than half of it, unless it is in the last bucket.
 *
 * Return: false if all buckets are empty.
 */
bool absences_percentile(const struct exit_record *record, unsigned int percent, __u64 *cycles)
{
	const unsigned __int128 share = (unsigned __int128)absences_count(record) * percent;
	__u64 count = 0;
	unsigned int i;

	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++) {
		count += record->buckets[i];
		if (count && (unsigned __int128)count * 100 >= share) {
			*cycles = absences_bound(record, i);
			return true;
		}
	}
	return false;
}
