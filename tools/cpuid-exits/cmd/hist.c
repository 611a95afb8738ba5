// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits hist: how long one reason kept this VM away from the guest.
 */
#include <err.h>
#include <stdlib.h>

#include <asm/kvm_exit_stats.h>

#include "cmd/commands.h"
#include "counters/reasons.h"
#include "output/histogram.h"
#include "record/recording.h"
#include "xalloc.h"

#define HIST_FEATURES	(EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS)

/* Without a --reason, the one that took most time, but for HLT. */
static int choose_code(const struct options *options, const struct delta *deltas, size_t nr,
		       __u32 *code)
{
	const __u32 isa = deltas[0].counters.isa;
	struct delta sum = {};
	__u64 most = 0;
	size_t i;
	int ret = 0;

	if (options->reason)
		return reason_find(isa, options->reason, code);
	for (i = 0; !ret && i < nr; i++)
		ret = delta_add(&sum, &deltas[i]);
	for (i = 0; !ret && i < sum.counters.nr; i++) {
		const struct exit_count *count = &sum.counters.counts[i];

		if (reason_is_idle(isa, count->code) || count->away <= most)
			continue;
		most = count->away;
		*code = count->code;
	}
	counters_free(&sum.counters);
	if (!ret && !most) {
		warnx("no reason took any time away");
		ret = -1;
	}
	return ret;
}

/* Deltas in which time away was not measured are left out; the array is a copy. */
static struct delta *measured(const struct delta *deltas, size_t *nr)
{
	struct delta *found = xreallocarray(NULL, *nr, sizeof(*found));
	const bool is_one_part = deltas[0].part == deltas[*nr - 1].part;
	size_t i, used = 0;

	for (i = 0; i < *nr; i++) {
		if (!(deltas[i].counters.features & EXIT_STATS_F_BUCKETS))
			continue;
		found[used] = deltas[i];
		/* Of one part only, it goes without saying. */
		if (is_one_part)
			found[used].part = 0;
		used++;
	}
	*nr = used;
	return found;
}

static int show(const struct options *options, struct delta *deltas, size_t nr, const char *name)
{
	struct delta *found = measured(deltas, &nr);
	int ret = -1;
	__u32 code;
	size_t i;

	if (!nr)
		warnx("%s%sthe hypervisor %s not measure time away (%s has it)",
		      name ?: "", name ? ": " : "", deltas[0].elapsed_ns ? "did" : "does",
		      "kvm's parameter exit_stats=2");
	for (i = 1; i < nr; i++) {
		if (found[i].counters.isa == found[0].counters.isa)
			continue;
		warnx("%s: its parts are not of the same instruction set", name);
		nr = 0;
	}
	if (nr && !choose_code(options, found, nr, &code))
		ret = histogram_print(found, nr, code, !options->reason, &options->table);
	free(found);
	return ret;
}

/**
 * cmd_hist - how long one reason took
 * @options: what the command line says
 *
 * Return: the program's status.
 */
int cmd_hist(struct options *options)
{
	const struct input_options how = {
		.features = HIST_FEATURES,
		.to_ns = ~0ULL,
		.vcpus = options->vcpus,
		.own_queries = options->own_queries,
	};
	struct input input;
	int ret = input_load(&input, options->operands[0], &how);

	if (!ret)
		ret = show(options, input.deltas, input.nr, input.name);
	input_free(&input);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
