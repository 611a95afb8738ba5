// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a page for the textfile collector of Prometheus's node_exporter.
 *
 * That is the text format that OpenMetrics grew from, and the one which the
 * collector reads: it knows a counter by its whole name, with the _total.
 */
#include <asm/kvm_exit_stats.h>

#include "counters/reasons.h"
#include "output/openmetrics.h"

static void head(FILE *stream, const char *name, const char *type, const char *help)
{
	fprintf(stream, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Names of reasons hold nothing that would have to be escaped. */
static void begin_labels(FILE *stream, const char *name, const struct counters *counts,
			 const struct exit_count *record)
{
	char reason[REASON_SIZE];

	reason_name(counts->isa, record->code, reason);
	fprintf(stream, "%s{reason=\"%s\",code=\"%u\"", name, reason, record->code);
	if (counts->this_vcpu)
		fprintf(stream, ",vcpu=\"%u\"", counts->vcpu);
}

static void labels(FILE *stream, const char *name, const struct counters *counts,
		   const struct exit_count *record)
{
	begin_labels(stream, name, counts, record);
	fprintf(stream, "} ");
}

static long double seconds(const struct counters *counts, __u64 cycles)
{
	return cycles / (1000.0L * counts->tsc_khz);
}

static void print_exits(const struct delta *deltas, size_t nr, FILE *stream)
{
	static const char name[] = "kvm_guest_exits_total";
	size_t i, j;

	head(stream, name, "counter", "Exits of this virtual machine to its hypervisor.");
	for (i = 0; i < nr; i++) {
		const struct counters *counts = &deltas[i].counters;

		for (j = 0; j < counts->nr; j++) {
			labels(stream, name, counts, &counts->counts[j]);
			fprintf(stream, "%llu\n", counts->counts[j].exits);
		}
	}
}

static void print_seconds(const struct delta *deltas, size_t nr, FILE *stream)
{
	static const char name[] = "kvm_guest_exit_handling_seconds_total";
	size_t i, j;

	if (!deltas[0].counters.tsc_khz || !(deltas[0].counters.features & EXIT_STATS_F_CYCLES))
		return;

	head(stream, name, "counter", "Time that the hypervisor spent handling these exits.");
	for (i = 0; i < nr; i++) {
		const struct counters *counts = &deltas[i].counters;

		for (j = 0; j < counts->nr; j++) {
			labels(stream, name, counts, &counts->counts[j]);
			fprintf(stream, "%.9Lf\n", seconds(counts, counts->counts[j].handled));
		}
	}
}

#define AWAY_NAME	"kvm_guest_exit_away_seconds"
#define AWAY_HELP	"Time from these exits until the vCPU was in the guest again."

/* All buckets but the last, which is that of all: they have to be the same each time. */
static void print_histogram(const struct counters *counts, const struct exit_count *record,
			    FILE *stream)
{
	__u64 count = 0;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS - 1; i++) {
		count += record->buckets[i];
		begin_labels(stream, AWAY_NAME "_bucket", counts, record);
		fprintf(stream, ",le=\"%.9Lg\"} %llu\n", seconds(counts, (2ULL << i) - 1), count);
	}
	begin_labels(stream, AWAY_NAME "_bucket", counts, record);
	fprintf(stream, ",le=\"+Inf\"} %llu\n", latency_count(record));
	labels(stream, AWAY_NAME "_sum", counts, record);
	fprintf(stream, "%.9Lf\n", seconds(counts, record->away));
	labels(stream, AWAY_NAME "_count", counts, record);
	fprintf(stream, "%llu\n", latency_count(record));
}

static void print_away(const struct delta *deltas, size_t nr, FILE *stream)
{
	const __u32 features = deltas[0].counters.features;
	size_t i, j;

	if (!deltas[0].counters.tsc_khz || !(features & EXIT_STATS_F_AWAY))
		return;

	if (features & EXIT_STATS_F_BUCKETS)
		head(stream, AWAY_NAME, "histogram", AWAY_HELP);
	else
		head(stream, AWAY_NAME "_total", "counter", AWAY_HELP);
	for (i = 0; i < nr; i++) {
		const struct counters *counts = &deltas[i].counters;

		for (j = 0; j < counts->nr; j++) {
			const struct exit_count *record = &counts->counts[j];

			if (features & EXIT_STATS_F_BUCKETS) {
				print_histogram(counts, record, stream);
				continue;
			}
			labels(stream, AWAY_NAME "_total", counts, record);
			fprintf(stream, "%.9Lf\n", seconds(counts, record->away));
		}
	}
}

/**
 * openmetrics_print - print the exits as a page of metrics
 * @deltas: all that was counted, of the whole VM or of each vCPU
 * @nr: number of @deltas, at least 1
 * @stream: where to; the caller checks it for errors
 *
 * Counters that began again need no word: to Prometheus, one that is lower than
 * before has been reset.
 */
void openmetrics_print(const struct delta *deltas, size_t nr, FILE *stream)
{
	const struct counters *counts = &deltas[0].counters;

	print_exits(deltas, nr, stream);
	print_seconds(deltas, nr, stream);
	print_away(deltas, nr, stream);

	head(stream, "kvm_guest_exit_stats_info", "gauge",
	     "What counts the exits: revision of its interface, instruction set and id.");
	fprintf(stream, "kvm_guest_exit_stats_info{abi=\"%u\",isa=\"%s\",epoch=\"0x%016llx\"} 1\n",
		EXIT_STATS_REVISION, isa_name(counts->isa), counts->epoch);

	head(stream, "kvm_guest_vcpus", "gauge", "Virtual CPUs of this virtual machine.");
	fprintf(stream, "kvm_guest_vcpus %u\n", counts->nr_vcpus);
}
