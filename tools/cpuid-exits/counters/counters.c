// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of a VM or a vCPU at one time, wherever they came from.
 */
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "counters/counters.h"
#include "counters/reasons.h"
#include "xalloc.h"

/* Where the record of @code is, or would be: they are in the order of their codes. */
static size_t position_of(const struct counters *counters, __u32 code)
{
	size_t begin = 0, end = counters->nr, middle;

	while (begin < end) {
		middle = (begin + end) / 2;
		if (counters->counts[middle].code < code)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

/**
 * counters_find - find what has been counted of an exit code
 * @counters: the snapshot
 * @code: the exit code
 *
 * Return: its record, NULL if there is none.
 */
const struct exit_count *counters_find(const struct counters *counters, __u32 code)
{
	const size_t i = position_of(counters, code);

	return i < counters->nr && counters->counts[i].code == code ? &counters->counts[i] : NULL;
}

/**
 * counters_add_code - find or make the record of an exit code
 * @counters: the snapshot
 * @code: the exit code
 *
 * Return: its record, a new one is all zero; valid until another one is made.
 */
struct exit_count *counters_add_code(struct counters *counters, __u32 code)
{
	const size_t i = position_of(counters, code);

	if (i < counters->nr && counters->counts[i].code == code)
		return &counters->counts[i];

	counters->counts = xreallocarray(counters->counts, counters->nr + 1,
					 sizeof(*counters->counts));
	memmove(&counters->counts[i + 1], &counters->counts[i],
		(counters->nr - i) * sizeof(*counters->counts));
	counters->counts[i] = (struct exit_count) { .code = code };
	counters->nr++;
	return &counters->counts[i];
}

/**
 * counters_add_longest - keep the longest time away of a sum
 * @sum: the sum
 * @record: what is added to it
 */
void counters_add_longest(struct exit_count *sum, const struct exit_count *record)
{
	if (record->longest > sum->longest) {
		sum->longest = record->longest;
		sum->is_bound = record->is_bound;
	}
}

/* Adds what was counted of time away, if that stays within 64 bits. */
static int add_away(struct exit_count *sum, const struct exit_count *record)
{
	unsigned int i;

	if (__builtin_add_overflow(sum->away, record->away, &sum->away))
		return -1;
	counters_add_longest(sum, record);
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++)
		sum->buckets[i] += record->buckets[i];
	return 0;
}

/* Adds all buckets to @count, if that stays within 64 bits. */
static int count_away(__u64 *count, const struct exit_count *record)
{
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (__builtin_add_overflow(*count, record->buckets[i], count))
			return -1;
	}
	return 0;
}

/**
 * counters_sum_up - make the total of a snapshot's counts
 * @counters: the snapshot
 *
 * Return: 0, or -1 if that is more than 64 bits.
 */
int counters_sum_up(struct counters *counters)
{
	struct exit_count total = {};
	__u64 nr_away = 0;
	size_t i;

	for (i = 0; i < counters->nr; i++) {
		const struct exit_count *record = &counters->counts[i];

		if (__builtin_add_overflow(total.exits, record->exits, &total.exits) ||
		    __builtin_add_overflow(total.handled, record->handled, &total.handled) ||
		    count_away(&nr_away, record))
			return -1;
		if (!reason_is_idle(counters->isa, record->code) && add_away(&total, record))
			return -1;
	}
	counters->total = total;
	return 0;
}

/**
 * counters_copy - copy a snapshot
 * @counters: is overwritten; for counters_free()
 * @from: what to copy
 */
void counters_copy(struct counters *counters, const struct counters *from)
{
	*counters = *from;
	counters->counts = NULL;
	if (!from->nr)
		return;
	counters->counts = xreallocarray(NULL, from->nr, sizeof(*counters->counts));
	memcpy(counters->counts, from->counts, from->nr * sizeof(*counters->counts));
}

/**
 * counters_free - free a snapshot's counts
 * @counters: read with success, or all zero
 */
void counters_free(struct counters *counters)
{
	free(counters->counts);
	memset(counters, 0, sizeof(*counters));
}
