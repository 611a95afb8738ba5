// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says what a table of exits amounts to, and what is not in it.
 */
#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "counters/reasons.h"
#include "output/summary.h"

/* All numbers are means of a run. */
struct summary {
	long double seconds;
	long double handled_share;
	long double away_share;
	long double own;
	bool has_handled_share;
	bool has_away_share;
};

static void sum_up(struct summary *summary, const struct delta *deltas, size_t nr)
{
	const unsigned int runs = deltas[0].runs;
	size_t i;

	*summary = (struct summary) {
		.seconds = (long double)deltas[0].elapsed_ns / NS_PER_S / runs,
		.has_handled_share = true,
		.has_away_share = true,
	};
	for (i = 0; i < nr; i++) {
		const struct counters *counters = &deltas[i].counters;

		long double handled = 0, away = 0;

		summary->own += (long double)counters->own / runs;
		if (!(counters->features & EXIT_STATS_F_CYCLES) ||
		    delta_cpu_share(&deltas[i], counters->total.handled, &handled))
			summary->has_handled_share = false;
		if (!(counters->features & EXIT_STATS_F_AWAY) ||
		    delta_cpu_share(&deltas[i], counters->total.away, &away))
			summary->has_away_share = false;
		summary->handled_share += handled / nr;
		summary->away_share += away / nr;
	}
}

static bool shows_away(const struct column_list *columns)
{
	size_t i;

	for (i = 0; i < columns->nr; i++) {
		if (columns->columns[i]->needs & EXIT_STATS_F_AWAY)
			return true;
	}
	return false;
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

/**
 * footer_print - print what a table leaves out, if it does
 * @deltas: the exits
 * @nr: number of @deltas
 * @columns: of the table
 * @stream: where to
 */
void footer_print(const struct delta *deltas, size_t nr, const struct column_list *columns,
		  FILE *stream)
{
	bool is_left_out = false;
	struct value own = {};
	char text[CELL_SIZE];
	size_t i;

	if (shows_away(columns) && find_idle(deltas, nr, text))
		fprintf(stream, " %s is idle time: its time away is not in the total or AWAY%%.\n",
			text);
	for (i = 0; i < nr; i++) {
		own.number += (long double)deltas[i].counters.own / deltas[i].runs;
		if (deltas[i].own_left_out)
			is_left_out = true;
	}
	if (!own.number)
		return;
	value_text(&own, UNIT_COUNT, FORM_PLAIN, text);
	fprintf(stream, is_left_out ?
		" %s exits of CPUID by its own queries are left out.\n" :
		" %s of the exits of CPUID are its own queries.\n", text);
}

/**
 * summary_print - print time and share of time for people
 * @deltas: of the same time, one of the VM or one of each vCPU
 * @nr: number of @deltas, at least 1
 * @stream: where to
 */
void summary_print(const struct delta *deltas, size_t nr, FILE *stream)
{
	const bool is_one = deltas[0].counters.cpus == 1;
	struct value time = {};
	struct summary summary;
	char text[CELL_SIZE];

	sum_up(&summary, deltas, nr);
	time.number = summary.seconds * NS_PER_S;
	value_text(&time, UNIT_TIME, FORM_PLAIN, text);
	fprintf(stream, " %s on %u CPU%s", text, deltas[0].counters.cpus, is_one ? "" : "s");
	if (summary.has_handled_share)
		fprintf(stream, ", %.2Lf %% of %s time handling exits", summary.handled_share,
			is_one ? "its" : "their");
	putc('\n', stream);
	if (summary.has_away_share)
		fprintf(stream, " %.2Lf %% of %s time away from the guest, without idle time\n",
			summary.away_share, is_one ? "its" : "their");
}

static void json_share(struct json *json, const char *name, bool known, long double share)
{
	if (known)
		json_number(json, name, "%.4Lf", share);
	else
		json_number(json, name, "null");
}

/**
 * summary_json - print the same as members of an object
 * @deltas: of the same time, one of the VM or one of each vCPU
 * @nr: number of @deltas, at least 1
 * @json: where to
 */
void summary_json(const struct delta *deltas, size_t nr, struct json *json)
{
	struct value own = {};
	struct summary summary;
	char text[CELL_SIZE];

	sum_up(&summary, deltas, nr);
	own.number = summary.own;
	value_text(&own, UNIT_COUNT, FORM_JSON, text);
	json_number(json, "seconds", "%.6Lf", summary.seconds);
	json_number(json, "cpus", "%u", deltas[0].counters.cpus);
	json_share(json, "handled-cpu%", summary.has_handled_share, summary.handled_share);
	json_share(json, "away-cpu%", summary.has_away_share, summary.away_share);
	json_number(json, "own-exits", "%s", text);
	json_number(json, "own-left-out", deltas[0].own_left_out ? "true" : "false");
}

/**
 * summary_json_vm - print what is known of the VM as a member of an object
 * @deltas: one of the whole VM, or one of each vCPU
 * @nr: number of @deltas, at least 1
 * @json: where to
 */
void summary_json_vm(const struct delta *deltas, size_t nr, struct json *json)
{
	const struct counters *counters = &deltas[0].counters;
	unsigned int cpuids = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		cpuids += deltas[i].counters.cpuids;

	json_open(json, "vm");
	json_string(json, "isa", isa_name(counters->isa));
	if (counters->tsc_khz)
		json_number(json, "tsc-khz", "%u", counters->tsc_khz);
	else
		json_number(json, "tsc-khz", "null");
	/* Most readers of JSON round a number of more than 53 bits. */
	json_number(json, "epoch", "\"0x%016llx\"", counters->epoch);
	json_number(json, "vcpus", "%u", counters->nr_vcpus);
	json_number(json, "cpuids", "%u", cpuids);
	json_close(json);
}
