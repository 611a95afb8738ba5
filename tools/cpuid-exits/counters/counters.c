// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of a VM or a vCPU at one time, wherever they came from.
 */
#include <stdlib.h>
#include <string.h>

#include "counters/counters.h"
#include "counters/reasons.h"
#include "xalloc.h"

#define LAST_BUCKET	(EXIT_STATS_NR_BUCKETS - 1)

int count_add(struct exit_count *sum, const struct exit_count *count)
{
	__u64 nr = 0;
	size_t i;

	if (count->longest > sum->longest) {
		sum->longest = count->longest;
		sum->is_bound = count->is_bound;
	}
	sum->cumulative += count->cumulative;
	sum->own_cumulative += count->own_cumulative;
	sum->squares += count->squares;
	for (i = 0; i < NR_SUMS; i++) {
		if (__builtin_add_overflow(sum->sums[i], count->sums[i], &sum->sums[i]))
			return -1;
	}
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (__builtin_add_overflow(nr, sum->buckets[i], &nr))
			return -1;
	}
	return 0;
}

int counters_sum_up(struct counters *counters)
{
	struct exit_count idle = {}, *total = &counters->total;
	size_t i;

	*total = (struct exit_count) {};
	for (i = 0; i < counters->nr; i++) {
		const struct exit_count *count = &counters->counts[i];

		if (count->has_key)
			continue;
		if (count_add(reason_is_idle(counters->isa, count->code) ? &idle : total, count))
			return -1;
	}
	/* The exits of HLT count, its time away doesn't. */
	total->cumulative += idle.cumulative;
	return __builtin_add_overflow(total->exits, idle.exits, &total->exits) ||
	       __builtin_add_overflow(total->handled, idle.handled, &total->handled) ? -1 : 0;
}

struct exit_count count_like(const struct exit_count *like)
{
	struct exit_count count = {
		.code = like->code,
		.has_key = like->has_key,
		.key = like->key,
	};

	stpcpy(count.name, like->name);
	return count;
}

int count_order(const struct exit_count *a, const struct exit_count *b)
{
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	if (a->has_key != b->has_key)
		return a->has_key ? 1 : -1;
	return a->key < b->key ? -1 : a->key > b->key;
}

/* Where the count like @like is, or would be. */
static size_t position_of(const struct counters *counters, const struct exit_count *like)
{
	size_t begin = 0, end = counters->nr;

	while (begin < end) {
		const size_t middle = (begin + end) / 2;

		if (count_order(&counters->counts[middle], like) < 0)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

const struct exit_count *counters_find(const struct counters *counters,
				       const struct exit_count *like)
{
	const size_t i = position_of(counters, like);

	return i < counters->nr && !count_order(&counters->counts[i], like) ?
	       &counters->counts[i] : NULL;
}

struct exit_count *counters_add(struct counters *counters, const struct exit_count *like)
{
	const size_t i = position_of(counters, like);
	struct exit_count *count;

	if (i == counters->nr || count_order(&counters->counts[i], like)) {
		counters->counts = xreallocarray(counters->counts, counters->nr + 1,
						 sizeof(*count));
		count = &counters->counts[i];
		memmove(count + 1, count, (counters->nr++ - i) * sizeof(*count));
		*count = count_like(like);
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
	size_t i;

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
	unsigned __int128 nr = 0;
	size_t i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		nr += count->buckets[i];
		if (nr && nr * 100 >= share) {
			*cycles = latency_bound(count, i);
			return true;
		}
	}
	return false;
}
