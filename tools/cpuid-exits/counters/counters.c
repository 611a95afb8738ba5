// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of a VM or a vCPU at one time, wherever they came from.
 */
#include <stdlib.h>
#include <string.h>

#include "counters/counters.h"
#include "counters/reasons.h"
#include "xalloc.h"

int count_add(struct exit_count *sum, const struct exit_count *count)
{
	__u64 nr = 0;
	unsigned int i;

	if (count->longest > sum->longest) {
		sum->longest = count->longest;
		sum->is_bound = count->is_bound;
	}
	sum->cumulative += count->cumulative;
	sum->squares += count->squares;
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		__u64 *bucket = &sum->buckets[i];

		if (__builtin_add_overflow(*bucket, count->buckets[i], bucket) ||
		    __builtin_add_overflow(nr, *bucket, &nr))
			return -1;
	}
	return __builtin_add_overflow(sum->exits, count->exits, &sum->exits) ||
	       __builtin_add_overflow(sum->handled, count->handled, &sum->handled) ||
	       __builtin_add_overflow(sum->away, count->away, &sum->away) ? -1 : 0;
}

int counters_sum_up(struct counters *counters)
{
	struct exit_count idle = {}, *total = &counters->total;
	size_t i;

	*total = (struct exit_count) {};
	for (i = 0; i < counters->nr; i++) {
		const struct exit_count *count = &counters->counts[i];

		if (count_add(reason_is_idle(counters->isa, count->code) ? &idle : total, count))
			return -1;
	}
	/* The exits of HLT count, its time away doesn't. */
	total->cumulative += idle.cumulative;
	return __builtin_add_overflow(total->exits, idle.exits, &total->exits) ||
	       __builtin_add_overflow(total->handled, idle.handled, &total->handled) ? -1 : 0;
}

/* Where the count of @code is, or would be. */
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

const struct exit_count *counters_find(const struct counters *counters, __u32 code)
{
	const size_t i = position_of(counters, code);

	return i < counters->nr && counters->counts[i].code == code ? &counters->counts[i] : NULL;
}

struct exit_count *counters_add_code(struct counters *counters, __u32 code)
{
	const size_t i = position_of(counters, code);
	struct exit_count *count;

	if (i == counters->nr || counters->counts[i].code != code) {
		counters->counts = xreallocarray(counters->counts, counters->nr + 1,
						 sizeof(*count));
		count = &counters->counts[i];
		memmove(count + 1, count, (counters->nr++ - i) * sizeof(*count));
		*count = (struct exit_count) { .code = code };
	}
	return &counters->counts[i];
}

void counters_copy(struct counters *counters, const struct counters *from)
{
	*counters = *from;
	counters->counts = xreallocarray(NULL, from->nr + 1, sizeof(*counters->counts));
	if (from->nr)
		memcpy(counters->counts, from->counts, from->nr * sizeof(*counters->counts));
}

void counters_free(struct counters *counters)
{
	free(counters->counts);
	*counters = (struct counters) {};
}
