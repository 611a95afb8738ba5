// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits report: the exits in a recording, or in a slice of it; or in a dump.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cmd/commands.h"
#include "counters/reasons.h"
#include "output/summary.h"
#include "record/recording.h"

static void print_part_json(const struct delta *delta, size_t nr, struct json *json)
{
	json_open(json, NULL);
	json_number(json, "part", "%u", delta->part);
	json_number(json, "from", "%llu.%06llu", delta->from_ns / NS_PER_S,
		    delta->from_ns % NS_PER_S / NS_PER_US);
	summary_json(delta, nr, json);
	json_string(json, "isa", isa_name(delta->counters.isa));
	json_number(json, "tsc-khz", "%u", delta->counters.tsc_khz);
	json_number(json, "epoch", "\"0x%016llx\"", delta->counters.epoch);
	json_number(json, "vcpus", "%u", delta->counters.nr_vcpus);
	json_close(json);
}

static void print_json(const struct input *input, const struct table_options *table)
{
	const struct recording *rec = &input->rec;
	struct json json = { .stream = stdout };
	size_t i;

	json_open(&json, NULL);
	json_open(&json, "recording");
	json_string(&json, "tool", rec->tool);
	json_string(&json, "host", rec->host);
	json_string(&json, "kernel", rec->kernel);
	json_string(&json, "command", rec->command);
	json_string(&json, "start", rec->start);
	json_string(&json, "end", rec->end);
	json_number(&json, "samples", "%u", rec->samples);
	json_close(&json);
	json_array_open(&json, "parts");
	for (i = 0; i < input->nr; i += input_part(input, i))
		print_part_json(&input->deltas[i], input_part(input, i), &json);
	json_array_close(&json);
	exits_json(input->deltas, input->nr, table, &json);
	json_close(&json);
}

/* Whose exits they are, since when, and of how many samples. */
static void print_head(const struct recording *rec, const struct counters *counters)
{
	struct value samples = { .number = rec->samples };
	char text[CELL_SIZE];

	value_text(&samples, UNIT_COUNT, FORM_PLAIN, text);
	printf(" Exits of %s (%s, %u vCPU%s), %s samples", rec->host ?: "a VM",
	       isa_name(counters->isa), counters->nr_vcpus, counters->nr_vcpus == 1 ? "" : "s",
	       text);
	/* 2025-11-22T08:16:00.123456Z; no date is known to a fraction of a second. */
	if (rec->start && strlen(rec->start) >= 19 && rec->start[10] == 'T')
		printf(" from %.10s %.8s UTC on", rec->start, rec->start + 11);
	putchar('\n');
	if (rec->command)
		printf(" while it ran: %s\n", rec->command);
	putchar('\n');
}

static int print_plain(const struct input *input, const struct table_options *table)
{
	size_t i;

	print_head(&input->rec, &input->deltas[0].counters);
	if (exits_print(input->deltas, input->nr, table, stdout))
		return -1;
	footer_print(input->deltas, input->nr, &table->columns, stdout);
	putchar('\n');
	for (i = 0; i < input->nr; i += input_part(input, i)) {
		const struct delta *delta = &input->deltas[i];

		if (input->rec.nr_parts > 1)
			printf(" Part %u, from %.6Lf s:\n", delta->part,
			       (long double)delta->from_ns / NS_PER_S);
		summary_print(delta, input_part(input, i), stdout);
	}
	return 0;
}

static int report(struct options *options, const struct input *input)
{
	const struct table_options *table = &options->table;

	if (options->registers || options->openmetrics)
		errx(EXIT_FAILURE, "%s: a recording has no %s", input->name,
		     options->registers ? "registers" : "counts since the counters began");
	options_exits(options, input->deltas, input->nr, input->name);
	if (table->form == FORM_JSON)
		print_json(input, table);
	else if (table->form == FORM_PLAIN)
		return print_plain(input, table);
	else
		return exits_print(input->deltas, input->nr, table, stdout);
	return 0;
}

/**
 * cmd_report - the exits in a file, or all of this VM since the counters began
 * @options: what the command line says
 *
 * Return: the program's status.
 */
int cmd_report(struct options *options)
{
	struct dump log = {};
	struct input_options how = {
		.features = options_features(options),
		.from_ns = options->from_ns,
		.to_ns = options->to_ns,
		.vcpus = options->vcpus,
		.own_queries = options->own_queries || options->openmetrics,
		.samples = options->samples,
	};
	struct input input;
	int ret;

	if (options->registers)
		how.log = &log;
	/* These have no columns, and all there is. */
	if (options->registers || options->openmetrics)
		how.features = ~0U;
	ret = input_load(&input, options->operands[0], &how);
	if (!ret && input.is_recording && !options->samples)
		ret = report(options, &input);
	else if (!ret && !input.is_recording)
		ret = show_sample(options, input.deltas, input.nr, input.name, &log);
	input_free(&input);
	dump_free(&log);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
