// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold for a table of exits in JSON, whatever it was made of.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json-check.h"
#include "sums.h"

/* What has to be the same.  A total is at most 64 bits, that of some vCPUs may be more. */
struct sums {
	unsigned __int128 exits, cycles, total_exits, total_cycles;
	const struct run *run;
};

static void add(const char *array, const char *name, const char *number, void *arg)
{
	struct sums *sums = arg;
	bool is_exits = !strcmp(name, "exits"), is_total = !strcmp(array, "totals");
	unsigned long long value;
	char *end;

	if (*number == '-')
		harness_fail(sums->run, "%s is negative: %s", name, number);
	if ((!is_exits && strcmp(name, "cycles")) || (!is_total && strcmp(array, "exits")))
		return;

	errno = 0;
	value = strtoull(number, &end, 10);
	if (errno || *end)
		harness_fail(sums->run, "%s is not a count: %s", name, number);
	if (is_total)
		*(is_exits ? &sums->total_exits : &sums->total_cycles) += value;
	else
		*(is_exits ? &sums->exits : &sums->cycles) += value;
}

/**
 * check_sums - hold that a table is JSON without negative numbers, and adds up
 * @run: of show or report with --json; one that failed has no table
 */
void check_sums(const struct run *run)
{
	struct sums sums = { .run = run };

	if (run->status)
		return;
	if (!json_check(run->out, add, &sums))
		harness_fail(run, "not JSON");
	if (sums.exits != sums.total_exits || sums.cycles != sums.total_cycles)
		harness_fail(run, "the rows do not add up to the totals");
}
