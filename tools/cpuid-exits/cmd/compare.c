// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits compare: recordings side by side.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cmd/commands.h"
#include "counters/reasons.h"
#include "fail.h"
#include "output/summary.h"
#include "xalloc.h"

/* One a letter. */
#define MAX_SIDES	26

/* TSCs closer than one in so many are the same. */
#define SAME_TSC	1000

/* Files side by side, their sums over parts and vCPUs, and what those are divided by. */
struct comparison {
	struct input inputs[MAX_SIDES];
	struct delta sums[MAX_SIDES];

	long double divisors[MAX_SIDES];
	size_t nr;
};

static bool tscs_differ(__u32 a, __u32 b)
{
	return (a > b ? a - b : b - a) > a / SAME_TSC;
}

/* All exits of a file; the vCPUs of a part had the same time. */
static int sum_up(struct delta *sum, const struct input *input)
{
	size_t i;

	for (i = 0; i < input->nr; i++) {
		struct delta delta = input->deltas[i];
		const unsigned long line =
			delta.part ? input->rec.part_lines[delta.part - 1] : 0;

		if (i && delta.counters.isa != sum->counters.isa)
			return fail("%s:%lu: this part is not of the first one's instruction set",
				    input->name, line);
		if (i && tscs_differ(delta.counters.tsc_khz, sum->counters.tsc_khz))
			warnx("%s:%lu: the host's TSC is another from here on", input->name, line);
		if (i && delta.part == input->deltas[i - 1].part)
			delta.elapsed_ns = 0;
		if (delta_add(sum, &delta))
			return -1;
	}
	/* One sum, of however many deltas. */
	sum->runs = 1;
	return 0;
}

static int find_divisor(long double *divisor, const struct delta *sum, const struct input *input,
			enum normalize normalize)
{
	*divisor = 1;
	if (normalize == NORMALIZE_TIME) {
		if (!sum->elapsed_ns)
			return fail("%s: a dump is of no known time", input->name);
		*divisor = (long double)sum->elapsed_ns / NS_PER_S;
	}
	if (normalize == NORMALIZE_COMMAND && !input->rec.command)
		return fail("%s: no command was recorded", input->name);
	if (normalize == NORMALIZE_COMMAND && !input->rec.end)
		return fail("%s: the end of the command was not recorded", input->name);
	if (normalize == NORMALIZE_EXITS) {
		if (!sum->counters.total.exits)
			return fail("%s: no exits were recorded", input->name);
		*divisor = sum->counters.total.exits / 1000.0L;
	}
	return 0;
}

static int load(struct comparison *comp, const char *path, const struct options *options)
{
	const struct input_options how = {
		.features = ~0U,
		.to_ns = ~0ULL,
		.own_queries = options->own_queries,
	};
	const size_t i = comp->nr++;

	if (input_load(&comp->inputs[i], path, &how) ||
	    sum_up(&comp->sums[i], &comp->inputs[i]))
		return -1;
	return find_divisor(&comp->divisors[i], &comp->sums[i], &comp->inputs[i],
			    options->normalize);
}

/* What makes numbers hard to compare. */
static void tell_differences(const struct comparison *comp)
{
	const struct input *a = &comp->inputs[0];
	const struct counters *first = &comp->sums[0].counters;
	size_t i;

	for (i = 1; i < comp->nr; i++) {
		const struct input *b = &comp->inputs[i];
		const struct counters *counters = &comp->sums[i].counters;
		const char *a_tool = a->rec.tool ?: "an unknown tool";
		const char *b_tool = b->rec.tool ?: "an unknown tool";

		if (first->isa != counters->isa)
			warnx("%s is of %s, %s of %s: their codes and reasons are not the same",
			      a->name, isa_name(first->isa), b->name, isa_name(counters->isa));
		if (tscs_differ(first->tsc_khz, counters->tsc_khz))
			warnx("%s has a TSC of %u kHz, %s of %u kHz: compare times, not cycles",
			      a->name, first->tsc_khz, b->name, counters->tsc_khz);
		if (a->is_recording && b->is_recording &&
		    (strcmp(a_tool, b_tool) || a->rec.abi != b->rec.abi))
			warnx("%s was made by %s (ABI %u), %s by %s (ABI %u)",
			      a->name, a_tool, a->rec.abi, b->name, b_tool, b->rec.abi);
	}
}

static void print_legend(const struct comparison *comp, enum normalize normalize)
{
	static const char *const per[] = { NULL, "per second", "per run", "per 1000 exits" };
	size_t i;

	for (i = 0; i < comp->nr; i++) {
		const struct delta *sum = &comp->sums[i];
		const struct input *input = &comp->inputs[i];
		char text[CELL_SIZE];

		number_text(sum->elapsed_ns, UNIT_TIME, text);
		printf(" %c  %s: %s, ", 'A' + (int)i, input->name, isa_name(sum->counters.isa));
		if (sum->elapsed_ns)
			printf("%s on %u CPU%s", text, sum->counters.cpus,
			       sum->counters.cpus == 1 ? "" : "s");
		else
			printf("since the counters began");
		if (input->rec.host)
			printf(", %s", input->rec.host);
		if (input->rec.command)
			printf(": %s", input->rec.command);
		putchar('\n');
	}
	if (normalize)
		printf(" Exits and times are %s.\n", per[normalize]);
	putchar('\n');
}

static void json_files(const struct comparison *comp, struct json *json)
{
	size_t i;

	json_open(json, "recordings", '[');
	for (i = 0; i < comp->nr; i++) {
		const struct input *input = &comp->inputs[i];
		const struct counters *counters = &comp->sums[i].counters;
		const char letter[] = { 'a' + (int)i, '\0' };

		json_open(json, NULL, '{');
		json_string(json, "recording", letter);
		json_string(json, "file", input->name);
		json_string(json, "tool", input->rec.tool);
		json_string(json, "host", input->rec.host);
		json_string(json, "command", input->rec.command);
		json_string(json, "isa", isa_name(counters->isa));
		json_number(json, "tsc-khz", "%u", counters->tsc_khz);
		summary_json(&comp->sums[i], 1, json);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void print(const struct comparison *comp, const struct options *options)
{
	struct json json = { .stream = stdout };
	const enum form form = options->table.form;
	struct table table;

	table_begin(&table, &options->table, comp->nr);
	table_add_exits(&table, comp->sums);
	if (form == FORM_PLAIN)
		print_legend(comp, options->normalize);
	if (form == FORM_JSON) {
		json_open(&json, NULL, '{');
		json_string(&json, "normalize", normalize_names[options->normalize]);
		json_files(comp, &json);
		table_json(&table, "exits", false, &json);
		table_json(&table, "totals", true, &json);
		json_close(&json, '}');
	} else {
		table_print(&table, stdout);
	}
	if (form == FORM_PLAIN)
		footer_print(comp->sums, comp->nr, &options->table.columns, stdout);
	table_free(&table);
}

int cmd_compare(struct options *options)
{
	static const char *const per[] = { "", "/S", "/RUN", "/1000" };
	struct comparison *comp = xreallocarray(NULL, 1, sizeof(*comp));
	int ret = 0;
	size_t i;

	memset(comp, 0, sizeof(*comp));
	/* Say what is wrong with the options before it is read. */
	choose_features(options);
	for (i = 0; !ret && i < options->nr_operands; i++)
		ret = load(comp, options->operands[i], options);
	if (!ret) {
		tell_differences(comp);
		ret = choose_exits(options, comp->sums, comp->nr, comp->inputs[0].name);
	}
	if (!ret) {
		options->table.per = per[options->normalize];
		options->table.divisors = comp->divisors;
		print(comp, options);
	}
	for (i = 0; i < comp->nr; i++) {
		counters_free(&comp->sums[i].counters);
		input_free(&comp->inputs[i]);
	}
	free(comp);
	return ret;
}
