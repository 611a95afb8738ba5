// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exits from one sample to another: differences of counts, and sums of those.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "counters/delta.h"
#include "counters/latency.h"
#include "counters/reasons.h"
#include "xalloc.h"

/*
 * Only the longest time away since the counters began is known.  If it is an older one,
 * the last bucket that grew tells how long those in the delta were at most.
 */
static int subtract_away(struct exit_count *record, const struct exit_count *old)
{
	unsigned int i;
	int last;

	if (record->away < old->away || record->longest < old->longest)
		return -1;
	record->away -= old->away;
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (record->buckets[i] < old->buckets[i])
			return -1;
		record->buckets[i] -= old->buckets[i];
	}
	if (record->longest == old->longest) {
		last = latency_last_bucket(record);
		record->longest = last < 0 ? 0 : latency_bound(record, last);
		record->is_bound = true;
	}
	return 0;
}

/**
 * delta_between - tell what happened between two samples
 * @delta: is overwritten; for delta_free() whatever is returned.  Times and CPUs
 *	  are left to the caller.
 * @from: counts at the begin
 * @to: later counts of the same VM or vCPU, with the same epoch
 *
 * Return: 0, or -1 if a count has decreased, or the sum is more than 64 bits.
 */
int delta_between(struct delta *delta, const struct counters *from, const struct counters *to)
{
	size_t i;

	memset(delta, 0, sizeof(*delta));
	delta->runs = 1;
	counters_copy(&delta->counters, to);
	delta->counters.own -= from->own;

	for (i = 0; i < from->nr; i++) {
		const struct exit_count *old = &from->counts[i];
		struct exit_count *record = counters_add_code(&delta->counters, old->code);

		if (record->exits < old->exits || record->handled < old->handled ||
		    subtract_away(record, old))
			return -1;
		record->exits -= old->exits;
		record->handled -= old->handled;
	}
	return counters_sum_up(&delta->counters);
}

static int add_away(struct exit_count *sum, const struct exit_count *record)
{
	unsigned int i;

	counters_add_longest(sum, record);
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (__builtin_add_overflow(sum->buckets[i], record->buckets[i], &sum->buckets[i]))
			return -1;
	}
	return __builtin_add_overflow(sum->away, record->away, &sum->away) ? -1 : 0;
}

/**
 * delta_add - add the exits of a delta to another's
 * @sum: the sum so far, or all zero; for delta_free()
 * @delta: what to add; of the same VM, or at least of codes with the same meaning
 *
 * Return: 0, or -1 after saying on stderr that the sum is more than 64 bits.
 */
int delta_add(struct delta *sum, const struct delta *delta)
{
	size_t i;

	if (!sum->runs) {
		*sum = *delta;
		counters_copy(&sum->counters, &delta->counters);
		sum->spread = NULL;
		return 0;
	}

	sum->elapsed_ns += delta->elapsed_ns;
	sum->runs += delta->runs;
	sum->counters.own += delta->counters.own;
	sum->counters.features &= delta->counters.features;
	for (i = 0; i < delta->counters.nr; i++) {
		const struct exit_count *add = &delta->counters.counts[i];
		struct exit_count *record = counters_add_code(&sum->counters, add->code);

		if (__builtin_add_overflow(record->exits, add->exits, &record->exits) ||
		    __builtin_add_overflow(record->handled, add->handled, &record->handled) ||
		    add_away(record, add))
			goto overflow;
	}
	if (!counters_sum_up(&sum->counters))
		return 0;
overflow:
	warnx("the exits add up to more than 64 bits");
	return -1;
}

/* What is left of @part when @own of @whole are left out; rounded up. */
static __u64 without(__u64 part, __u64 own, __u64 whole)
{
	return part - (__u64)((__uint128_t)part * own / whole);
}

/**
 * delta_leave_out_own - leave the exits of own queries out
 * @delta: changes
 *
 * Their number is known.  Their time is not, and taken to be like that of all exits of
 * CPUID.
 */
void delta_leave_out_own(struct delta *delta)
{
	struct counters *counters = &delta->counters;
	size_t i, b;

	delta->own_left_out = true;
	for (i = 0; i < counters->nr; i++) {
		struct exit_count *count = &counters->counts[i];
		const __u64 exits = count->exits;
		const __u64 own = counters->own < exits ? counters->own : exits;

		if (!own || !reason_is_own(counters->isa, count->code))
			continue;
		count->exits -= own;
		count->handled = without(count->handled, own, exits);
		count->away = without(count->away, own, exits);
		for (b = 0; b < EXIT_STATS_NR_BUCKETS; b++)
			count->buckets[b] = without(count->buckets[b], own, exits);
		if (!count->exits)
			count->longest = 0;
	}
	/* Less than before, which was fine. */
	counters_sum_up(counters);
}

/**
 * delta_cpu_share - tell which part of the CPUs' time cycles were
 * @delta: the delta
 * @cycles: some or all of its cycles, handling exits or away
 * @percent: where to put it; of a vCPU's own delta, of that vCPU's time
 *
 * Return: 0, or -1 if time or frequency are unknown.
 */
int delta_cpu_share(const struct delta *delta, __u64 cycles, long double *percent)
{
	long double whole;
	const struct counters *counts = &delta->counters;

	whole = (long double)counts->tsc_khz * 1000 / NS_PER_S * delta->elapsed_ns;
	if (!counts->this_vcpu)
		whole *= delta->cpus;
	if (whole <= 0)
		return -1;
	*percent = 100 * cycles / whole;
	return 0;
}

/**
 * delta_free - free what a delta has of the heap
 * @delta: filled, or all zero
 */
void delta_free(struct delta *delta)
{
	counters_free(&delta->counters);
	free(delta->spread);
	memset(delta, 0, sizeof(*delta));
}

/**
 * deltas_between - tell what happened between two samples
 * @deltas: where to put the array, one of the VM or one of each vCPU; for
 *	   deltas_free() whatever is returned
 * @nr: where to put its number of elements
 * @from: the earlier sample
 * @to: a later sample of the same counters, must outlive @deltas
 *
 * Leaves out vCPUs that were not asked in the earlier sample.
 *
 * Return: 0, or -1 after saying on stderr that a count has decreased.
 */
int deltas_between(struct delta **deltas, size_t *nr, const struct sample *from,
		   const struct sample *to)
{
	size_t i;

	*deltas = xreallocarray(NULL, to->nr, sizeof(**deltas));
	*nr = 0;
	for (i = 0; i < to->nr; i++) {
		const struct counters *counters = &to->all[i];
		const struct counters *old = sample_find(from, counters);
		struct delta *delta = &(*deltas)[*nr];

		if (!old)
			continue;
		(*nr)++;
		if (delta_between(delta, old, counters)) {
			warnx("the exit statistics went backwards");
			return -1;
		}
		delta->elapsed_ns = to->time_ns - from->time_ns;
		delta->cpus = to->cpus;
		delta->since = counters;
	}
	return 0;
}

/**
 * deltas_whole - make deltas of all that has been counted
 * @deltas: where to put the array, one of the VM or one of each vCPU; for
 *	   deltas_free()
 * @nr: where to put its number of elements
 * @sample: the counts, must outlive @deltas
 */
void deltas_whole(struct delta **deltas, size_t *nr, const struct sample *sample)
{
	size_t i;

	*nr = sample->nr;
	*deltas = xreallocarray(NULL, sample->nr, sizeof(**deltas));
	for (i = 0; i < sample->nr; i++) {
		struct delta *delta = &(*deltas)[i];

		memset(delta, 0, sizeof(*delta));
		counters_copy(&delta->counters, &sample->all[i]);
		delta->runs = 1;
		delta->cpus = sample->cpus;
		delta->since = &sample->all[i];
	}
}

/**
 * deltas_leave_out_own - leave the exits of own queries out
 * @deltas: change
 * @nr: number of @deltas
 */
void deltas_leave_out_own(struct delta *deltas, size_t nr)
{
	while (nr)
		delta_leave_out_own(&deltas[--nr]);
}

/**
 * deltas_free - free an array of deltas
 * @deltas: the array
 * @nr: its number of elements
 */
void deltas_free(struct delta *deltas, size_t nr)
{
	while (nr)
		delta_free(&deltas[--nr]);
	free(deltas);
}
