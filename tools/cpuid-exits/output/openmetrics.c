// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a page for the textfile collector of Prometheus's node_exporter.
 *
 * That is the text format that OpenMetrics grew from, and the one which the
 * collector reads: it knows a counter by its whole name, with the _total.  Counters that
 * began again need no word: one that is lower than before has been reset.
 */
#include "counters/reasons.h"
#include "output/keys.h"
#include "output/summary.h"

#define NR_KEYS		10

#define AWAY_NAME	"kvm_guest_exit_away_seconds"
#define AWAY_BUCKETS	(EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS)
#define AWAY_HELP	"Time from these exits until the vCPU was in the guest again."

static void head(FILE *stream, const char *name, const char *type, const char *help)
{
	fprintf(stream, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Names of reasons hold nothing that would have to be escaped. */
static void labels(FILE *stream, const char *name, const char *suffix,
		   const struct counters *counters, const struct exit_count *count)
{
	char reason[REASON_SIZE];

	reason_name(counters->isa, count->code, reason);
	fprintf(stream, "%s%s{reason=\"%s\",code=\"%u\"", name, suffix, reason, count->code);
	if (counters->this_vcpu)
		fprintf(stream, ",vcpu=\"%u\"", counters->vcpu);
}

static long double seconds(const struct counters *counters, __u64 cycles)
{
	return cycles / (1000.0L * counters->tsc_khz);
}

/* All buckets but the last, which is that of all: they have to be the same each time. */
static void print_histogram(const struct counters *counters, const struct exit_count *count,
			    const char *name, FILE *stream)
{
	__u64 nr = 0;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS - 1; i++) {
		nr += count->buckets[i];
		labels(stream, name, "_bucket", counters, count);
		fprintf(stream, ",le=\"%.9Lg\"} %llu\n", seconds(counters, (2ULL << i) - 1), nr);
	}
	labels(stream, name, "_bucket", counters, count);
	fprintf(stream, ",le=\"+Inf\"} %llu\n", latency_count(count));
	labels(stream, name, "_sum", counters, count);
	fprintf(stream, "} %.9Lf\n", seconds(counters, count->away));
	labels(stream, name, "_count", counters, count);
	fprintf(stream, "} %llu\n", latency_count(count));
}

/* Only so many, be there ever so many. */
static void print_keys(const struct delta *deltas, size_t nr, const char *name, FILE *stream)
{
	const struct exit_count *keys[NR_KEYS];
	struct delta sum = {};
	size_t i;

	head(stream, name, "counter",
	     "Exits by register, port, device or leaf, of those with most exits.");
	for (i = 0; i < nr; i++)
		delta_add(&sum, &deltas[i]);
	sum.counters.this_vcpu = false;
	nr = keys_busiest(&sum.counters, keys, NR_KEYS);
	for (i = 0; i < nr; i++) {
		labels(stream, name, "", &sum.counters, keys[i]);
		fprintf(stream, ",key=\"0x%llx\",name=\"%s\"} %llu\n", keys[i]->key, keys[i]->name,
			keys[i]->exits);
	}
	counters_free(&sum.counters);
}

/* Prints metrics, with all that was counted since the counters began. */
void openmetrics_print(const struct delta *deltas, size_t nr, FILE *stream)
{
	static const struct {
		const char *name, *type, *help;
		__u32 needs, excludes;
		size_t sum;	/* of struct exit_count */
	} metrics[] = {
		{ "kvm_guest_exits_total", "counter",
		  "Exits of this virtual machine to its hypervisor.", 0, 0, 0 },
		{ "kvm_guest_exit_handling_seconds_total", "counter",
		  "Time that the hypervisor spent handling these exits.",
		  EXIT_STATS_F_CYCLES, 0, 1 },
		{ AWAY_NAME, "histogram", AWAY_HELP, AWAY_BUCKETS, 0, 2 },
		{ AWAY_NAME "_total", "counter", AWAY_HELP,
		  EXIT_STATS_F_AWAY, EXIT_STATS_F_BUCKETS, 2 },
	};
	const struct counters *first = &deltas[0].counters;
	size_t m, i, j;

	for (m = 0; m < sizeof(metrics) / sizeof(*metrics); m++) {
		const char *name = metrics[m].name;

		if (metrics[m].needs & ~first->features || metrics[m].excludes & first->features ||
		    (metrics[m].needs && !first->tsc_khz))
			continue;
		head(stream, name, metrics[m].type, metrics[m].help);
		for (i = 0; i < nr; i++) {
			const struct counters *counters = &deltas[i].counters;

			for (j = 0; j < counters->nr; j++) {
				const struct exit_count *count = &counters->counts[j];
				const __u64 sum = count->sums[metrics[m].sum];

				if (count->has_key)
					continue;
				if (metrics[m].needs == AWAY_BUCKETS) {
					print_histogram(counters, count, name, stream);
					continue;
				}
				labels(stream, name, "", counters, count);
				if (metrics[m].needs)
					fprintf(stream, "} %.9Lf\n", seconds(counters, sum));
				else
					fprintf(stream, "} %llu\n", sum);
			}
		}
	}

	if (first->features & EXIT_STATS_F_KEYS)
		print_keys(deltas, nr, "kvm_guest_exits_by_key_total", stream);

	head(stream, "kvm_guest_exit_stats_info", "gauge",
	     "What counts the exits: revision of its interface, instruction set and id.");
	fprintf(stream, "kvm_guest_exit_stats_info{abi=\"%u\",isa=\"%s\",epoch=\"0x%016llx\"} 1\n",
		EXIT_STATS_REVISION, isa_name(first->isa), first->epoch);
	head(stream, "kvm_guest_vcpus", "gauge", "Virtual CPUs of this virtual machine.");
	fprintf(stream, "kvm_guest_vcpus %u\n", first->nr_vcpus);
}
