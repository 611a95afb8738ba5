// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says what a table of exits in a span of time amounts to.
 */
#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "summary.h"

/* All numbers are means of a run. */
struct summary {
	long double seconds;
	long double time_share;
	long double lost_share;
	long double own;
	long double queried;
	bool has_time_share;
	bool has_lost_share;
};

static void sum_up(struct summary *summary, const struct span *spans, size_t nr)
{
	const unsigned int runs = spans[0].runs;
	size_t i;

	*summary = (struct summary) {
		.seconds = (long double)spans[0].elapsed_ns / NS_PER_S / runs,
		.has_time_share = true,
		.has_lost_share = true,
	};
	for (i = 0; i < nr; i++) {
		long double percent = 0, lost = 0;
		const struct snapshot *counts = &spans[i].counts;
		const struct exit_record *record;

		record = snapshot_find(counts, snapshot_cpuid_code(counts));
		if (record)
			summary->queried += (long double)record->exits / runs;
		summary->own += (long double)counts->own / runs;
		if (!(counts->features & KVM_EXIT_STATS_F_CYCLES) ||
		    span_time_share(&spans[i], counts->total.cycles, &percent))
			summary->has_time_share = false;
		summary->time_share += percent / nr;
		if (!(counts->features & KVM_EXIT_STATS_F_AWAY) ||
		    span_time_share(&spans[i], counts->total.away, &lost))
			summary->has_lost_share = false;
		summary->lost_share += lost / nr;
	}
}

/**
 * summary_print - print time, share of time and own exits for people
 * @spans: of the same time, one of the VM or one of each vCPU
 * @nr: number of @spans, at least 1
 * @stream: where to
 */
void summary_print(const struct span *spans, size_t nr, FILE *stream)
{
	const int digits = spans[0].runs > 1 ? 1 : 0;
	struct summary summary;

	sum_up(&summary, spans, nr);
	fprintf(stream, " %.6Lf s on %u CPU%s", summary.seconds, spans[0].cpus,
		spans[0].cpus == 1 ? "" : "s");
	if (summary.has_time_share)
		fprintf(stream, ", %.2Lf %% of %s time in exit handling", summary.time_share,
			spans[0].cpus == 1 ? "its" : "their");
	putc('\n', stream);
	if (summary.has_lost_share)
		fprintf(stream, " %.2Lf %% of %s time lost to exits, HLT's idle time left out\n",
			summary.lost_share, spans[0].cpus == 1 ? "its" : "their");
	if (summary.queried)
		fprintf(stream, " %.*Lf of the %.*Lf CPUID exits are cpuid-exits' own queries\n",
			digits, summary.own, digits, summary.queried);
}

/**
 * summary_json - print the same as members of an object
 * @spans: of the same time, one of the VM or one of each vCPU
 * @nr: number of @spans, at least 1
 * @json: where to
 */
void summary_json(const struct span *spans, size_t nr, struct json *json)
{
	struct summary summary;

	sum_up(&summary, spans, nr);
	json_number(json, "seconds", "%.6Lf", summary.seconds);
	json_number(json, "cpus", "%u", spans[0].cpus);
	if (summary.has_time_share)
		json_number(json, "time%", "%.4Lf", summary.time_share);
	else
		json_number(json, "time%", "null");
	if (summary.has_lost_share)
		json_number(json, "lost%", "%.4Lf", summary.lost_share);
	json_number(json, "own-exits", "%.*Lf", spans[0].runs > 1 ? 1 : 0, summary.own);
}
