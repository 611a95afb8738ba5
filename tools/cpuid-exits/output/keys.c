// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says which keys are the busiest; and what can be done about them, where the cause and the
 * remedy are well known.
 */
#include <stdlib.h>
#include <string.h>

#include "counters/reasons.h"
#include "output/keys.h"
#include "xalloc.h"

/* In what is about reasons. */
#define NR_BUSIEST	3

/* Of all exits; what is rarer is not worth a word. */
#define WORTH_PERCENT	10

/* @names: parts of the names of its keys; none is HLT, which has no keys. */
static const struct {
	const char *names[2];
	const char *text;
} advices[] = {
	{ { "serial8250" },
	  " A serial port takes exits for each character: fewer kernel messages (quiet,\n"
	  " loglevel=) or a virtio console (console=hvc0) take fewer.\n"
	  "   Documentation/admin-guide/kernel-parameters.txt\n" },
	{ { "ACPI PM_TMR" },
	  " The clock source acpi_pm takes an exit each time the clock is read; kvm-clock and\n"
	  " tsc take none (clocksource=).\n"
	  "   Documentation/admin-guide/kernel-parameters.txt\n" },
	{ { "TSC_DEADLINE", "INIT_COUNT" },
	  " The guest sets its timer, for ticks and timeouts.  nohz_full= leaves most ticks out\n"
	  " where one task has a CPU for itself.\n"
	  "   Documentation/timers/no_hz.rst\n" },
	{ {},
	  " Idle CPUs halt.  Where waking up quickly is worth CPU time, the guest can poll\n"
	  " before it halts (cpuidle_haltpoll).\n"
	  "   Documentation/virt/guest-halt-polling.rst\n" },
};

static int compare_exits(const void *one, const void *two)
{
	const struct exit_count *a = *(const struct exit_count *const *)one;
	const struct exit_count *b = *(const struct exit_count *const *)two;

	if (a->exits != b->exits)
		return a->exits < b->exits ? 1 : -1;
	return count_order(a, b);
}

size_t keys_busiest(const struct counters *counters, const struct exit_count **keys, size_t max)
{
	const struct exit_count **all = xreallocarray(NULL, counters->nr + 1, sizeof(*all));
	size_t nr = 0, i;

	for (i = 0; i < counters->nr; i++) {
		if (counters->counts[i].has_key && counters->counts[i].exits)
			all[nr++] = &counters->counts[i];
	}
	qsort(all, nr, sizeof(*all), compare_exits);
	if (nr > max)
		nr = max;
	memcpy(keys, all, nr * sizeof(*all));
	free(all);
	return nr;
}

void keys_print_busiest(const struct delta *deltas, size_t nr, FILE *stream)
{
	const struct exit_count *keys[NR_BUSIEST];
	struct delta sum = {};
	size_t i;

	for (i = 0; i < nr; i++)
		delta_add(&sum, &deltas[i]);
	nr = keys_busiest(&sum.counters, keys, NR_BUSIEST);
	for (i = 0; i < nr; i++) {
		char text[CELL_SIZE], reason[REASON_SIZE];

		number_text((long double)keys[i]->exits / deltas[0].runs, UNIT_COUNT, text);
		reason_name(sum.counters.isa, keys[i]->code, reason);
		fprintf(stream, "%s %s %s %s\n", i ? "         " : " Busiest:", text, reason,
			keys[i]->name);
	}
	counters_free(&sum.counters);
}

static bool is_about(const char *const names[2], __u32 isa, const struct exit_count *count)
{
	if (!names[0])
		return reason_is_idle(isa, count->code);
	return strstr(count->name, names[0]) || (names[1] && strstr(count->name, names[1]));
}

void keys_print_advice(const struct delta *deltas, size_t nr, const struct table_options *options,
		       FILE *stream)
{
	size_t a, i, j;

	for (a = 0; a < sizeof(advices) / sizeof(*advices); a++) {
		long double exits = 0, all = 0;

		for (i = 0; i < nr; i++) {
			const struct counters *counters = &deltas[i].counters;

			all += counters->total.exits;
			for (j = 0; j < counters->nr; j++) {
				const struct exit_count *count = &counters->counts[j];

				if (table_lists(options, counters, j) &&
				    is_about(advices[a].names, counters->isa, count))
					exits += count->exits;
			}
		}
		if (exits && exits * 100 >= all * WORTH_PERCENT)
			fprintf(stream, "\n%s", advices[a].text);
	}
}
