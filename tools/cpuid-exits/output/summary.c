// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says what a table of exits amounts to, and what is not in it.
 */
#include "clock.h"
#include "counters/reasons.h"
#include "output/summary.h"

/* The mean over vCPUs of their share of time; negative if it isn't known. */
long double summary_share(const struct delta *deltas, size_t nr, __u32 feature)
{
	long double sum = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct counters *counters = &deltas[i].counters;

		long double share;

		if (!(counters->features & feature) ||
		    delta_cpu_share(&deltas[i], feature == EXIT_STATS_F_CYCLES ?
				    counters->total.handled : counters->total.away, &share))
			return -1;
		sum += share / nr;
	}
	return sum;
}

static long double own_exits(const struct delta *deltas, size_t nr)
{
	long double own = 0;

	while (nr--)
		own += (long double)deltas[nr].counters.total.own / deltas[nr].runs;
	return own;
}

static long double elapsed_ns(const struct delta *delta)
{
	return (long double)delta->elapsed_ns / delta->runs;
}

/* The name of a reason whose time away is idle time, if there is any of it. */
static bool find_idle(const struct delta *deltas, size_t nr, char *name)
{
	size_t i, j;

	for (i = 0; i < nr; i++) {
		const struct counters *counters = &deltas[i].counters;

		for (j = 0; j < counters->nr; j++) {
			const struct exit_count *count = &counters->counts[j];

			if (!count->away || !reason_is_idle(counters->isa, count->code))
				continue;
			reason_name(counters->isa, count->code, name);
			return true;
		}
	}
	return false;
}

/* Prints what a table with these columns leaves out, if it does. */
void footer_print(const struct delta *deltas, size_t nr, const struct column_list *columns,
		  FILE *stream)
{
	const long double own = own_exits(deltas, nr);
	bool is_left_out = false;
	char text[CELL_SIZE];
	size_t i;

	if (columns_need(columns) & EXIT_STATS_F_AWAY && find_idle(deltas, nr, text))
		fprintf(stream, " %s is idle time: its time away is not in the total or AWAY%%.\n",
			text);
	if (!own)
		return;
	for (i = 0; i < nr; i++)
		is_left_out |= deltas[i].own_left_out;
	number_text(own, UNIT_COUNT, text);
	fprintf(stream, is_left_out ?
		" %s exits of CPUID by its own queries are left out.\n" :
		" %s of the exits of CPUID are its own queries.\n", text);
}

/* Prints time and share of time. */
void summary_print(const struct delta *deltas, size_t nr, FILE *stream)
{
	const long double handled = summary_share(deltas, nr, EXIT_STATS_F_CYCLES);
	const long double away = summary_share(deltas, nr, EXIT_STATS_F_AWAY);
	const bool is_one = deltas[0].counters.cpus == 1;
	const char *their = is_one ? "its" : "their";
	char text[CELL_SIZE];

	number_text(elapsed_ns(&deltas[0]), UNIT_TIME, text);
	fprintf(stream, " %s on %u CPU%s", text, deltas[0].counters.cpus, is_one ? "" : "s");
	if (handled >= 0)
		fprintf(stream, ", %.2Lf %% of %s time handling exits", handled, their);
	putc('\n', stream);
	if (away >= 0)
		fprintf(stream, " %.2Lf %% of %s time away from the guest, without idle time\n",
			away, their);
}

static void json_share(struct json *json, const char *name, long double share)
{
	json_number(json, name, share < 0 ? "null" : "%.4Lf", share);
}

/* Likewise, as members of an object. */
void summary_json(const struct delta *deltas, size_t nr, struct json *json)
{
	const struct value own = { .number = own_exits(deltas, nr) };
	char text[CELL_SIZE];

	value_text(&own, UNIT_COUNT, FORM_JSON, text);
	json_number(json, "seconds", "%.6Lf", elapsed_ns(&deltas[0]) / NS_PER_S);
	json_number(json, "cpus", "%u", deltas[0].counters.cpus);
	json_share(json, "handled-cpu%", summary_share(deltas, nr, EXIT_STATS_F_CYCLES));
	json_share(json, "away-cpu%", summary_share(deltas, nr, EXIT_STATS_F_AWAY));
	json_number(json, "own-exits", "%s", text);
	json_number(json, "own-left-out", deltas[0].own_left_out ? "true" : "false");
}

/* Prints what is known of the VM as a member of an object. */
void vm_json(const struct delta *deltas, size_t nr, struct json *json)
{
	const struct counters *counters = &deltas[0].counters;
	unsigned int cpuids = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		cpuids += deltas[i].counters.cpuids;
	json_open(json, "vm", '{');
	json_string(json, "isa", isa_name(counters->isa));
	json_number(json, "tsc-khz", counters->tsc_khz ? "%u" : "null", counters->tsc_khz);
	/* Most readers of JSON round a number of more than 53 bits. */
	json_number(json, "epoch", "\"0x%016llx\"", counters->epoch);
	json_number(json, "vcpus", "%u", counters->nr_vcpus);
	json_number(json, "cpuids", "%u", cpuids);
	json_close(json, '}');
}
