// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of the same command: their sum, and how far they differ.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "counters/runs.h"
#include "xalloc.h"

/**
 * runs_add - add a run
 * @runs: the runs so far, at first all zero; for runs_free()
 * @deltas: the exits of the run, are taken over
 * @nr: number of @deltas
 */
void runs_add(struct runs *runs, struct delta *deltas, size_t nr)
{
	runs->runs = xreallocarray(runs->runs, runs->nr + 1, sizeof(*runs->runs));
	runs->runs[runs->nr++] = (struct run) { .deltas = deltas, .nr = nr };
}

static const struct delta *find_delta(const struct run *run, const struct delta *like)
{
	size_t i;

	for (i = 0; i < run->nr; i++) {
		if (!like->counters.this_vcpu ||
		    run->deltas[i].counters.vcpu == like->counters.vcpu)
			return &run->deltas[i];
	}
	return NULL;
}

/* Exits in a run: of one code, or all of them if @record is the total. */
static __u64 exits_in(const struct delta *delta, const struct delta *sum,
		      const struct exit_count *record)
{
	const struct exit_count *found;

	if (!delta)
		return 0;
	if (record == &sum->counters.total)
		return delta->counters.total.exits;
	found = counters_find(&delta->counters, record->code);
	return found ? found->exits : 0;
}

/* The standard deviation that the runs let expect of further runs, in % of the mean. */
static double spread(const struct runs *runs, const struct delta *sum,
		     const struct exit_count *record)
{
	const double mean = (double)record->exits / runs->nr;
	double squares = 0;
	size_t i;

	if (runs->nr < 2 || !record->exits)
		return -1;
	for (i = 0; i < runs->nr; i++) {
		double exits = exits_in(find_delta(&runs->runs[i], sum), sum, record);

		squares += (exits - mean) * (exits - mean);
	}
	return 100 * sqrt(squares / (runs->nr - 1)) / mean;
}

static int add_all(const struct runs *runs, struct delta *sum)
{
	const struct delta like = *sum;
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < runs->nr; i++) {
		const struct delta *delta = find_delta(&runs->runs[i], &like);

		if (delta && delta_add(sum, delta))
			return -1;
	}
	/* A run in which a vCPU was not there is one with no exits of it. */
	sum->runs = runs->nr;
	return 0;
}

static void add_spreads(const struct runs *runs, struct delta *sum)
{
	const struct counters *counts = &sum->counters;
	size_t i;

	sum->spread = xreallocarray(NULL, counts->nr + 1, sizeof(*sum->spread));
	for (i = 0; i < counts->nr; i++)
		sum->spread[i] = spread(runs, sum, &counts->counts[i]);
	sum->spread[counts->nr] = spread(runs, sum, &counts->total);
}

/**
 * runs_sum_up - make the sum of all runs
 * @runs: at least one run
 * @sums: where to put the sums, of the VM or of each vCPU of the first run; for
 *	  deltas_free() whatever is returned
 * @nr: where to put their number
 *
 * Return: 0, or -1 after saying on stderr that it can't be done.
 */
int runs_sum_up(const struct runs *runs, struct delta **sums, size_t *nr)
{
	const struct run *first = &runs->runs[0];
	size_t i;

	*sums = xreallocarray(NULL, first->nr + 1, sizeof(**sums));
	*nr = 0;
	for (i = 0; i < first->nr; i++) {
		struct delta *sum = &(*sums)[(*nr)++];

		*sum = first->deltas[i];
		if (add_all(runs, sum))
			return -1;
		add_spreads(runs, sum);
	}
	return 0;
}

/**
 * runs_free - free the runs
 * @runs: empty afterwards
 */
void runs_free(struct runs *runs)
{
	while (runs->nr) {
		struct run *run = &runs->runs[--runs->nr];

		deltas_free(run->deltas, run->nr);
	}
	free(runs->runs);
	memset(runs, 0, sizeof(*runs));
}
