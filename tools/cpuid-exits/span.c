// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exits of a span of time: differences of counts, and sums of those.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "absences.h"
#include "clock.h"
#include "span.h"
#include "xalloc.h"

/*
 * Only the longest absence since the counters began is known.  If it is an older one,
 * the last bucket that grew tells how long those in the span were at most.
 */
static int subtract_absences(struct exit_record *record, const struct exit_record *old)
{
	unsigned int i;
	int last;

	if (record->away < old->away || record->longest < old->longest)
		return -1;
	record->away -= old->away;
	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++) {
		if (record->buckets[i] < old->buckets[i])
			return -1;
		record->buckets[i] -= old->buckets[i];
	}
	if (record->longest == old->longest) {
		last = absences_last_bucket(record);
		record->longest = last < 0 ? 0 : absences_bound(record, last);
	}
	return 0;
}

/**
 * span_between - tell what happened between two readings
 * @span: is overwritten; for span_free() whatever is returned.  Times and CPUs
 *	  are left to the caller.
 * @from: counts at the begin
 * @to: later counts of the same VM or vCPU, with the same epoch
 *
 * Return: 0, or -1 if a count has decreased, or the sum is more than 64 bits.
 */
int span_between(struct span *span, const struct snapshot *from, const struct snapshot *to)
{
	size_t i;

	memset(span, 0, sizeof(*span));
	span->runs = 1;
	snapshot_copy(&span->counts, to);
	span->counts.own -= from->own;

	for (i = 0; i < from->nr; i++) {
		const struct exit_record *old = &from->records[i];
		struct exit_record *record = snapshot_record(&span->counts, old->code);

		if (record->exits < old->exits || record->cycles < old->cycles ||
		    subtract_absences(record, old))
			return -1;
		record->exits -= old->exits;
		record->cycles -= old->cycles;
	}
	return snapshot_sum_up(&span->counts);
}

static int add_absences(struct exit_record *sum, const struct exit_record *record)
{
	unsigned int i;

	if (record->longest > sum->longest)
		sum->longest = record->longest;
	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++) {
		if (__builtin_add_overflow(sum->buckets[i], record->buckets[i], &sum->buckets[i]))
			return -1;
	}
	return __builtin_add_overflow(sum->away, record->away, &sum->away) ? -1 : 0;
}

/**
 * span_add - add the exits of a span to another's
 * @sum: the sum so far, or all zero; for span_free()
 * @span: what to add; of the same VM, or at least of codes with the same meaning
 *
 * Return: 0, or -1 after saying on stderr that the sum is more than 64 bits.
 */
int span_add(struct span *sum, const struct span *span)
{
	size_t i;

	if (!sum->runs) {
		*sum = *span;
		snapshot_copy(&sum->counts, &span->counts);
		sum->spread = NULL;
		return 0;
	}

	sum->elapsed_ns += span->elapsed_ns;
	sum->runs += span->runs;
	sum->counts.own += span->counts.own;
	sum->counts.features &= span->counts.features;
	for (i = 0; i < span->counts.nr; i++) {
		const struct exit_record *add = &span->counts.records[i];
		struct exit_record *record = snapshot_record(&sum->counts, add->code);

		if (__builtin_add_overflow(record->exits, add->exits, &record->exits) ||
		    __builtin_add_overflow(record->cycles, add->cycles, &record->cycles) ||
		    add_absences(record, add))
			goto overflow;
	}
	if (!snapshot_sum_up(&sum->counts))
		return 0;
overflow:
	warnx("the exits add up to more than 64 bits");
	return -1;
}

/**
 * span_time_share - tell which part of the CPUs' time cycles were
 * @span: the span
 * @cycles: some or all of its cycles, handling exits or away
 * @percent: where to put it; of a vCPU's own span, of that vCPU's time
 *
 * Return: 0, or -1 if time or frequency are unknown.
 */
int span_time_share(const struct span *span, __u64 cycles, long double *percent)
{
	long double whole;
	const struct snapshot *counts = &span->counts;

	whole = (long double)counts->tsc_khz * 1000 / NS_PER_S * span->elapsed_ns;
	if (!counts->this_vcpu)
		whole *= span->cpus;
	if (whole <= 0)
		return -1;
	*percent = 100 * cycles / whole;
	return 0;
}

/**
 * span_free - free what a span has of the heap
 * @span: filled, or all zero
 */
void span_free(struct span *span)
{
	snapshot_free(&span->counts);
	free(span->spread);
	memset(span, 0, sizeof(*span));
}

/**
 * spans_between - tell what happened between two readings
 * @spans: where to put the array, one of the VM or one of each vCPU; for
 *	   spans_free() whatever is returned
 * @nr: where to put its number of elements
 * @from: the earlier reading
 * @to: a later reading of the same counters, must outlive @spans
 *
 * Leaves out vCPUs that were not asked in the earlier reading.
 *
 * Return: 0, or -1 after saying on stderr that a count has decreased.
 */
int spans_between(struct span **spans, size_t *nr, const struct reading *from,
		  const struct reading *to)
{
	size_t i;

	*spans = xreallocarray(NULL, to->nr, sizeof(**spans));
	*nr = 0;
	for (i = 0; i < to->nr; i++) {
		const struct snapshot *snap = &to->snaps[i];
		const struct snapshot *old = reading_find(from, snap);
		struct span *span = &(*spans)[*nr];

		if (!old)
			continue;
		(*nr)++;
		if (span_between(span, old, snap)) {
			warnx("the exit statistics went backwards");
			return -1;
		}
		span->elapsed_ns = to->time_ns - from->time_ns;
		span->cpus = to->cpus;
		span->ever = snap;
	}
	return 0;
}

/**
 * spans_whole - make spans of all that has been counted
 * @spans: where to put the array, one of the VM or one of each vCPU; for
 *	   spans_free()
 * @nr: where to put its number of elements
 * @reading: the counts, must outlive @spans
 */
void spans_whole(struct span **spans, size_t *nr, const struct reading *reading)
{
	size_t i;

	*nr = reading->nr;
	*spans = xreallocarray(NULL, reading->nr, sizeof(**spans));
	for (i = 0; i < reading->nr; i++) {
		struct span *span = &(*spans)[i];

		memset(span, 0, sizeof(*span));
		snapshot_copy(&span->counts, &reading->snaps[i]);
		span->runs = 1;
		span->cpus = reading->cpus;
		span->ever = &reading->snaps[i];
	}
}

/**
 * spans_free - free an array of spans
 * @spans: the array
 * @nr: its number of elements
 */
void spans_free(struct span *spans, size_t nr)
{
	while (nr)
		span_free(&spans[--nr]);
	free(spans);
}
