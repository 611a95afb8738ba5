// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exits from one sample to another: differences of counts, and sums of those.
 */
#include <stdlib.h>

#include "clock.h"
#include "counters/delta.h"
#include "counters/reasons.h"
#include "fail.h"
#include "xalloc.h"

/* -1 if a count has decreased. */
static int subtract(struct exit_count *count, const struct exit_count *old)
{
	size_t i;
	int last;

	for (i = 0; i < NR_SUMS; i++) {
		if (__builtin_sub_overflow(count->sums[i], old->sums[i], &count->sums[i]))
			return -1;
	}
	if (count->longest < old->longest)
		return -1;
	/*
	 * Only the longest time away since the counters began is known.  If it is an older
	 * one, the last bucket that grew tells how long those in the delta were at most.
	 */
	if (count->longest == old->longest) {
		last = latency_last_bucket(count);
		count->longest = last < 0 ? 0 : latency_bound(count, last);
		count->is_bound = true;
	}
	return 0;
}

int delta_between(struct delta *delta, const struct counters *from, const struct counters *to)
{
	struct counters *counters = &delta->counters;
	size_t i;

	*delta = (struct delta) { .runs = 1 };
	counters_copy(counters, to);
	for (i = 0; i < to->nr; i++) {
		counters->counts[i].cumulative = to->counts[i].exits;
		counters->counts[i].own_cumulative = to->counts[i].own;
	}
	if (from) {
		delta->from_ns = from->time_ns;
		delta->elapsed_ns = to->time_ns - from->time_ns;
	}
	for (i = 0; from && i < from->nr; i++) {
		const struct exit_count *old = &from->counts[i];

		if (subtract(counters_add(counters, old), old))
			return -1;
	}
	return counters_sum_up(counters);
}

int delta_add(struct delta *sum, const struct delta *delta)
{
	const long double squares = sum->counters.total.squares + delta->counters.total.squares;
	int ret = 0;
	size_t i;

	if (!sum->runs) {
		*sum = *delta;
		counters_copy(&sum->counters, &delta->counters);
		return 0;
	}
	sum->elapsed_ns += delta->elapsed_ns;
	sum->runs += delta->runs;
	sum->counters.features &= delta->counters.features;
	for (i = 0; !ret && i < delta->counters.nr; i++) {
		const struct exit_count *count = &delta->counters.counts[i];

		ret = count_add(counters_add(&sum->counters, count), count);
	}
	if (!ret)
		ret = counters_sum_up(&sum->counters);
	if (ret)
		warnx("the exits add up to more than 64 bits");
	/* Not the sum of those of each code. */
	sum->counters.total.squares = squares;
	return ret;
}

int delta_cpu_share(const struct delta *delta, __u64 cycles, long double *percent)
{
	const struct counters *counters = &delta->counters;
	const __u64 cpus = counters->this_vcpu ? 1 : counters->cpus;

	if (!counters->tsc_khz || !delta->elapsed_ns || !cpus)
		return -1;
	*percent = 100.0L * cycles / ((long double)counters->tsc_khz * 1000 / NS_PER_S *
				   delta->elapsed_ns * cpus);
	return 0;
}

int deltas_between(struct delta **deltas, size_t *nr, const struct sample *from,
		   const struct sample *to)
{
	size_t i;

	*deltas = xreallocarray(NULL, to->nr, sizeof(**deltas));
	*nr = 0;
	for (i = 0; i < to->nr; i++) {
		const struct counters *counters = &to->all[i];
		const struct counters *old = from ? sample_find(from, counters) : NULL;

		if (from && !old)
			continue;
		if (delta_between(&(*deltas)[(*nr)++], old, counters))
			return fail("the exit statistics went backwards");
	}
	return 0;
}

static void square(struct exit_count *count)
{
	count->squares = (long double)count->exits * count->exits;
}

int deltas_add_run(struct delta **sums, size_t *nr, struct delta *run, size_t run_nr)
{
	int ret = 0;
	size_t i, j;

	for (i = 0; i < run_nr; i++) {
		struct counters *counters = &run[i].counters;

		square(&counters->total);
		for (j = 0; j < counters->nr; j++)
			square(&counters->counts[j]);
	}
	if (!*nr) {
		*sums = run;
		*nr = run_nr;
		return 0;
	}
	for (i = 0; !ret && i < *nr; i++) {
		struct delta *sum = &(*sums)[i];

		for (j = 0; j < run_nr; j++) {
			if (!sum->counters.this_vcpu ||
			    sum->counters.vcpu == run[j].counters.vcpu)
				break;
		}
		/* A run in which a vCPU was not there is one with no exits of it. */
		if (j == run_nr)
			sum->runs++;
		else
			ret = delta_add(sum, &run[j]);
	}
	deltas_free(run, run_nr);
	return ret;
}

/* What is left of each sum is rounded up; how many they were is still known. */
static void leave_out_own(struct exit_count *count)
{
	const __u64 exits = count->exits, own = count->own < exits ? count->own : exits;
	size_t i;

	count->cumulative -= count->own_cumulative;
	if (!own)
		return;
	for (i = 0; i < NR_SUMS - 1; i++)
		count->sums[i] -= (__u64)((__uint128_t)count->sums[i] * own / exits);
	if (!count->exits)
		count->longest = 0;
}

void deltas_leave_out_own(struct delta *deltas, size_t nr)
{
	size_t i, j;

	for (i = 0; i < nr; i++) {
		struct counters *counters = &deltas[i].counters;

		deltas[i].own_left_out = true;
		for (j = 0; j < counters->nr; j++)
			leave_out_own(&counters->counts[j]);
		/* Less than before, which was fine. */
		counters_sum_up(counters);
	}
}

void deltas_free(struct delta *deltas, size_t nr)
{
	while (nr)
		counters_free(&deltas[--nr].counters);
	free(deltas);
}
