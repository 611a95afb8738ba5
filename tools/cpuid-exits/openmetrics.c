// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a page for the textfile collector of Prometheus's node_exporter.
 *
 * That is the text format that OpenMetrics grew from, and the one which the
 * collector reads: it knows a counter by its whole name, with the _total.
 */
#include <asm/kvm_exit_stats.h>

#include "names.h"
#include "openmetrics.h"

static void head(FILE *stream, const char *name, const char *type, const char *help)
{
	fprintf(stream, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Names of reasons hold nothing that would have to be escaped. */
static void labels(FILE *stream, const char *name, const struct snapshot *counts,
		   const struct exit_record *record)
{
	char reason[REASON_SIZE];

	reason_name(counts->isa, record->code, reason);
	fprintf(stream, "%s{reason=\"%s\",code=\"%u\"", name, reason, record->code);
	if (counts->this_vcpu)
		fprintf(stream, ",vcpu=\"%u\"", counts->vcpu);
	fprintf(stream, "} ");
}

static void print_exits(const struct span *spans, size_t nr, FILE *stream)
{
	static const char name[] = "kvm_guest_exits_total";
	size_t i, j;

	head(stream, name, "counter", "Exits of this virtual machine to its hypervisor.");
	for (i = 0; i < nr; i++) {
		const struct snapshot *counts = &spans[i].counts;

		for (j = 0; j < counts->nr; j++) {
			labels(stream, name, counts, &counts->records[j]);
			fprintf(stream, "%llu\n", counts->records[j].exits);
		}
	}
}

static void print_seconds(const struct span *spans, size_t nr, FILE *stream)
{
	static const char name[] = "kvm_guest_exit_handling_seconds_total";
	size_t i, j;

	if (!spans[0].counts.tsc_khz || !(spans[0].counts.features & KVM_EXIT_STATS_F_CYCLES))
		return;

	head(stream, name, "counter", "Time that the hypervisor spent handling these exits.");
	for (i = 0; i < nr; i++) {
		const struct snapshot *counts = &spans[i].counts;

		for (j = 0; j < counts->nr; j++) {
			labels(stream, name, counts, &counts->records[j]);
			fprintf(stream, "%.9Lf\n",
				counts->records[j].cycles / (1000.0L * counts->tsc_khz));
		}
	}
}

/**
 * openmetrics_print - print the exits as a page of metrics
 * @spans: all that was counted, of the whole VM or of each vCPU
 * @nr: number of @spans, at least 1
 * @stream: where to; the caller checks it for errors
 *
 * Counters that began again need no word: to Prometheus, one that is lower than
 * before has been reset.
 */
void openmetrics_print(const struct span *spans, size_t nr, FILE *stream)
{
	const struct snapshot *counts = &spans[0].counts;

	print_exits(spans, nr, stream);
	print_seconds(spans, nr, stream);

	head(stream, "kvm_guest_exit_stats_info", "gauge",
	     "What counts the exits: revision of its interface, instruction set and id.");
	fprintf(stream, "kvm_guest_exit_stats_info{abi=\"%u\",isa=\"%s\",epoch=\"0x%016llx\"} 1\n",
		KVM_EXIT_STATS_REVISION, isa_name(counts->isa), counts->epoch);

	head(stream, "kvm_guest_vcpus", "gauge", "Virtual CPUs of this virtual machine.");
	fprintf(stream, "kvm_guest_vcpus %u\n", counts->nr_vcpus);
}
