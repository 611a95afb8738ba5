// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits compare: recordings side by side.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "cmd/commands.h"
#include "counters/reasons.h"
#include "output/comparison.h"
#include "output/summary.h"
#include "record/recording.h"

/* TSCs closer than one in so many are the same. */
#define SAME_TSC	1000

/**
 * struct comparison - files side by side
 * @inputs: what was read
 * @sides: their sums
 * @nr: number of them
 */
struct comparison {
	struct input inputs[MAX_SIDES];
	struct side sides[MAX_SIDES];
	size_t nr;
};

static bool tscs_differ(__u32 a, __u32 b)
{
	return (a > b ? a - b : b - a) > a / SAME_TSC;
}

static unsigned long part_line(const struct input *input, const struct delta *delta)
{
	return delta->part ? input->rec.part_lines[delta->part - 1] : 0;
}

/* All exits of a file; the vCPUs of a part had the same time. */
static int sum_up(struct side *side, const struct input *input)
{
	const struct counters *sum = &side->sum.counters;
	size_t i;

	for (i = 0; i < input->nr; i++) {
		struct delta delta = input->deltas[i];

		if (side->sum.runs && delta.counters.isa != sum->isa) {
			warnx("%s:%lu: this part is not of the first one's instruction set",
			      input->name, part_line(input, &delta));
			return -1;
		}
		if (side->sum.runs && tscs_differ(delta.counters.tsc_khz, sum->tsc_khz))
			warnx("%s:%lu: the host's TSC is another from here on", input->name,
			      part_line(input, &delta));
		if (i && delta.part == input->deltas[i - 1].part)
			delta.elapsed_ns = 0;
		if (delta_add(&side->sum, &delta))
			return -1;
	}
	/* One sum, of however many deltas. */
	side->sum.runs = 1;
	return 0;
}

static int set_divisor(struct side *side, const struct input *input, enum normalize normalize)
{
	side->divisor = 1;
	switch (normalize) {
	case NORMALIZE_NOT:
		break;
	case NORMALIZE_TIME:
		if (!side->sum.elapsed_ns) {
			warnx("%s: a dump is of no known time", input->name);
			return -1;
		}
		side->divisor = (long double)side->sum.elapsed_ns / NS_PER_S;
		break;
	case NORMALIZE_COMMAND:
		if (!input->rec.command) {
			warnx("%s: no command was recorded", input->name);
			return -1;
		}
		if (!input->rec.end) {
			warnx("%s: the end of the command was not recorded", input->name);
			return -1;
		}
		break;
	case NORMALIZE_EXITS:
		if (!side->sum.counters.total.exits) {
			warnx("%s: no exits were recorded", input->name);
			return -1;
		}
		side->divisor = side->sum.counters.total.exits / 1000.0L;
		break;
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
	struct input *input = &comp->inputs[comp->nr];
	struct side *side = &comp->sides[comp->nr++];

	if (input_load(input, path, &how))
		return -1;
	return sum_up(side, input) || set_divisor(side, input, options->normalize) ? -1 : 0;
}

static bool differ(const char *a, const char *b)
{
	return strcmp(a ?: "", b ?: "");
}

/* What makes numbers hard to compare.  Returns whether the ISAs differ. */
static bool tell_differences(const struct comparison *comp)
{
	const struct input *a = &comp->inputs[0];
	const struct counters *first = &comp->sides[0].sum.counters;
	bool isas_differ = false;
	size_t i;

	for (i = 1; i < comp->nr; i++) {
		const struct input *b = &comp->inputs[i];
		const struct counters *counters = &comp->sides[i].sum.counters;

		if (first->isa != counters->isa) {
			warnx("%s is of %s, %s of %s: their codes and reasons are not the same",
			      a->name, isa_name(first->isa), b->name, isa_name(counters->isa));
			isas_differ = true;
		}
		if (tscs_differ(first->tsc_khz, counters->tsc_khz))
			warnx("%s has a TSC of %u kHz, %s of %u kHz: compare times, not cycles",
			      a->name, first->tsc_khz, b->name, counters->tsc_khz);
		if (a->is_recording && b->is_recording &&
		    (differ(a->rec.tool, b->rec.tool) || a->rec.abi != b->rec.abi))
			warnx("%s was made by %s (ABI %u), %s by %s (ABI %u)",
			      a->name, a->rec.tool ?: "an unknown tool", a->rec.abi,
			      b->name, b->rec.tool ?: "an unknown tool", b->rec.abi);
	}
	return isas_differ;
}

static void print_legend(const struct comparison *comp, const struct options *options)
{
	static const char *const per[] = {
		[NORMALIZE_TIME] = "per second",
		[NORMALIZE_COMMAND] = "per run",
		[NORMALIZE_EXITS] = "per 1000 exits",
	};
	size_t i;

	for (i = 0; i < comp->nr; i++) {
		const struct delta *sum = &comp->sides[i].sum;
		const struct input *input = &comp->inputs[i];
		struct value time = { .number = sum->elapsed_ns };
		char text[CELL_SIZE];

		value_text(&time, UNIT_TIME, FORM_PLAIN, text);
		printf(" %c  %s: %s, ", 'A' + (int)i, input->name, isa_name(sum->counters.isa));
		if (sum->elapsed_ns)
			printf("%s on %u CPU%s", text, sum->counters.cpus, sum->counters.cpus == 1 ? "" : "s");
		else
			printf("since the counters began");
		if (input->rec.host)
			printf(", %s", input->rec.host);
		if (input->rec.command)
			printf(": %s", input->rec.command);
		putchar('\n');
	}
	if (options->normalize)
		printf(" Exits and times are %s.\n", per[options->normalize]);
	putchar('\n');
}

static void print_json(const struct comparison *comp, const struct options *options,
		       const struct table *rows, const struct table *totals)
{
	static const char *const names[] = { NULL, "time", "command", "exits" };
	struct json json = { .stream = stdout };
	size_t i;

	json_open(&json, NULL);
	json_string(&json, "normalize", names[options->normalize]);
	json_array_open(&json, "recordings");
	for (i = 0; i < comp->nr; i++) {
		const struct input *input = &comp->inputs[i];
		const struct delta *sum = &comp->sides[i].sum;
		const char letter[] = { 'a' + (int)i, '\0' };

		json_open(&json, NULL);
		json_string(&json, "recording", letter);
		json_string(&json, "file", input->name);
		json_string(&json, "tool", input->rec.tool);
		json_string(&json, "host", input->rec.host);
		json_string(&json, "command", input->rec.command);
		json_string(&json, "isa", isa_name(sum->counters.isa));
		json_number(&json, "tsc-khz", "%u", sum->counters.tsc_khz);
		summary_json(sum, 1, &json);
		json_close(&json);
	}
	json_array_close(&json);
	table_json(rows, "exits", &json);
	table_json(totals, "totals", &json);
	json_close(&json);
}

static void print_footer(const struct comparison *comp, const struct options *options)
{
	struct delta all[MAX_SIDES];
	size_t i;

	for (i = 0; i < comp->nr; i++)
		all[i] = comp->sides[i].sum;
	footer_print(all, comp->nr, &options->table.columns, stdout);
}

static int print(const struct comparison *comp, const struct options *options)
{
	static const char *const per[] = { "", "/S", "/RUN", "/1000" };
	const struct table_options *table = &options->table;
	struct table rows, totals;
	int ret = 0;

	comparison_fill(&rows, &totals, comp->sides, comp->nr, per[options->normalize], table);
	if (table->form == FORM_PLAIN)
		print_legend(comp, options);
	if (table->form == FORM_JSON)
		print_json(comp, options, &rows, &totals);
	else
		ret = table_print(&rows, stdout);
	if (!ret && table->form == FORM_PLAIN)
		print_footer(comp, options);
	table_free(&rows);
	table_free(&totals);
	return ret;
}

/* What all measure is what people see; programs get all. */
static void choose_columns(const struct comparison *comp, struct options *options,
			   bool isas_differ)
{
	const bool is_plain = options->table.form == FORM_PLAIN;
	__u32 all = ~0U, any = 0;
	char names[512];
	bool has_time = true;
	size_t i;

	for (i = 0; i < comp->nr; i++) {
		const struct counters *counters = &comp->sides[i].sum.counters;

		all &= counters->features;
		any |= counters->features;
		if (!counters->tsc_khz)
			has_time = false;
	}
	snprintf(names, sizeof(names), "%sCODE,REASON,EXITS%s,EXITS-RATIO%s",
		 isas_differ ? "ISA," : "",
		 is_plain && all & EXIT_STATS_F_CYCLES ? "" : ",EXITS-DIFF",
		 is_plain || options->normalize == NORMALIZE_TIME ? "" : ",EXITS/S");
	if (all & EXIT_STATS_F_CYCLES && !(is_plain && all & EXIT_STATS_F_AWAY))
		strcat(names, has_time ? ",HANDLED" : ",CYCLES");
	if (!is_plain && all & EXIT_STATS_F_CYCLES && has_time)
		strcat(names, ",HANDLED-RATIO");
	if (!is_plain && all & EXIT_STATS_F_CYCLES && has_time)
		strcat(names, ",HANDLED-DIFF,CYCLES,CYCLES-DIFF,CYCLES-RATIO");
	if (all & EXIT_STATS_F_AWAY)
		strcat(names, has_time ? ",AWAY,AWAY-RATIO" : ",AWAY-CYCLES,AWAY-CYCLES-RATIO");
	if (!is_plain && all & EXIT_STATS_F_AWAY && has_time)
		strcat(names, ",AWAY-DIFF,AWAY-CYCLES,AWAY-MEAN,AWAY-P50,AWAY-P99,AWAY-MAX");
	options_columns(options, names, any, comp->inputs[0].name);
	if (!options->sort)
		options->table.sort = column_find(all & EXIT_STATS_F_AWAY ?
						  has_time ? "AWAY" : "AWAY-CYCLES" :
						  all & EXIT_STATS_F_CYCLES ?
						  has_time ? "HANDLED" : "CYCLES" : "EXITS");
}

/**
 * cmd_compare - recordings side by side
 * @options: what the command line says
 *
 * Return: the program's status.
 */
int cmd_compare(struct options *options)
{
	struct comparison *comp = calloc(1, sizeof(*comp));
	int ret = 0;
	size_t i;

	if (!comp)
		err(EXIT_FAILURE, "cannot allocate memory");
	/* Say what is wrong with the options before it is read. */
	options_features(options);
	for (i = 0; !ret && i < options->nr_operands; i++)
		ret = load(comp, options->operands[i], options);
	if (!ret) {
		choose_columns(comp, options, tell_differences(comp));
		ret = print(comp, options);
	}
	for (i = 0; i < comp->nr; i++) {
		counters_free(&comp->sides[i].sum.counters);
		input_free(&comp->inputs[i]);
	}
	free(comp);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
