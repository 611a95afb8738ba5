// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits show and report: all exits of this VM since the counters began; or those in
 * a dump, in a recording, or in a slice of one.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cmd/commands.h"
#include "counters/reasons.h"
#include "output/keys.h"
#include "output/summary.h"

static void recording_json(const struct input *input, struct json *json)
{
	const struct recording *rec = &input->rec;
	size_t i;

	json_open(json, "recording", '{');
	json_string(json, "tool", rec->tool);
	json_string(json, "host", rec->host);
	json_string(json, "kernel", rec->kernel);
	json_string(json, "command", rec->command);
	json_string(json, "start", rec->start);
	json_string(json, "end", rec->end);
	json_number(json, "samples", "%u", rec->samples);
	json_close(json, '}');
	json_open(json, "parts", '[');
	for (i = 0; i < input->nr; i += input_part(input, i)) {
		const struct delta *delta = &input->deltas[i];

		json_open(json, NULL, '{');
		json_number(json, "part", "%u", delta->part);
		json_number(json, "from", "%llu.%06llu", delta->from_ns / NS_PER_S,
			    delta->from_ns % NS_PER_S / NS_PER_US);
		summary_json(delta, input_part(input, i), json);
		json_string(json, "isa", isa_name(delta->counters.isa));
		json_number(json, "tsc-khz", "%u", delta->counters.tsc_khz);
		json_number(json, "epoch", "\"0x%016llx\"", delta->counters.epoch);
		json_number(json, "vcpus", "%u", delta->counters.nr_vcpus);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void stat_json(const struct input *input, struct json *json)
{
	json_open(json, "stat", '{');
	json_string(json, "command", input->rec.command);
	json_number(json, "runs", "%u", input->deltas[0].runs);
	summary_json(input->deltas, input->nr, json);
	json_close(json, '}');
}

static void print_json(const struct input *input, const struct table *table, FILE *stream)
{
	struct json json = { .stream = stream };

	json_open(&json, NULL, '{');
	if (input->is_recording) {
		recording_json(input, &json);
	} else {
		if (input->rec.command)
			stat_json(input, &json);
		vm_json(input->deltas, input->nr, &json);
	}
	table_json(table, "exits", false, &json);
	table_json(table, "totals", true, &json);
	json_close(&json, '}');
}

/* Whose exits they are, since when, and of how many samples. */
static void print_head(const struct recording *rec, const struct counters *counters,
		       FILE *stream)
{
	char text[CELL_SIZE];

	number_text(rec->samples, UNIT_COUNT, text);
	fprintf(stream, " Exits of %s (%s, %u vCPU%s), %s samples", rec->host ?: "a VM",
		isa_name(counters->isa), counters->nr_vcpus, counters->nr_vcpus == 1 ? "" : "s",
		text);
	/* 2025-11-22T08:16:00.123456Z; no date is known to a fraction of a second. */
	if (rec->start && strlen(rec->start) >= 19 && rec->start[10] == 'T')
		fprintf(stream, " from %.10s %.8s UTC on", rec->start, rec->start + 11);
	putc('\n', stream);
	if (rec->command)
		fprintf(stream, " while it ran: %s\n", rec->command);
	putc('\n', stream);
}

static void print_plain(const struct input *input, struct table *table,
			const struct table_options *options, FILE *stream)
{
	const struct delta *deltas = input->deltas;
	const bool is_stat = !input->is_recording && input->rec.command;
	size_t i;

	if (input->is_recording)
		print_head(&input->rec, &deltas[0].counters, stream);
	if (is_stat)
		fprintf(stream, "\n Exits of this VM while it ran: %s", input->rec.command);
	if (is_stat && deltas[0].runs > 1)
		fprintf(stream, " (mean of %u runs)", deltas[0].runs);
	if (is_stat)
		fputs("\n\n", stream);
	table_print(table, stream);
	footer_print(deltas, input->nr, &options->columns, stream);
	if (!options->keys && (is_stat || input->is_recording))
		keys_print_busiest(deltas, input->nr, stream);
	if (options->keys)
		keys_print_advice(deltas, input->nr, options, stream);
	if (!is_stat && !input->is_recording)
		return;
	putc('\n', stream);
	for (i = 0; i < input->nr; i += input_part(input, i)) {
		if (input->rec.nr_parts > 1)
			fprintf(stream, " Part %u, from %.6Lf s:\n", deltas[i].part,
				(long double)deltas[i].from_ns / NS_PER_S);
		summary_print(&deltas[i], input_part(input, i), stream);
	}
	if (is_stat)
		putc('\n', stream);
}

int show_exits(struct options *options, const struct input *input, FILE *stream)
{
	struct table table;

	if (choose_exits(options, input->deltas, input->nr, input->name))
		return -1;
	table_of_exits(&table, &options->table, input->deltas, input->nr);
	if (options->table.form == FORM_JSON)
		print_json(input, &table, stream);
	else if (options->table.form == FORM_PLAIN)
		print_plain(input, &table, &options->table, stream);
	else
		table_print(&table, stream);
	table_free(&table);
	return 0;
}

/* Of a file, report says the same. */
int cmd_show(struct options *options)
{
	/* Metrics and registers have no columns, but all there is. */
	const bool has_columns = !options->openmetrics && !options->registers;
	struct dump log = {};
	const struct input_options how = {
		.features = has_columns ? choose_features(options) : ~0U,
		.from_ns = options->from_ns,
		.to_ns = options->to_ns,
		.vcpus = options->vcpus,
		.own_queries = options->own_queries || !has_columns,
		.samples = options->samples,
		.log = options->registers ? &log : NULL,
	};
	struct input input;
	int ret;

	ret = input_load(&input, options->operands[0], &how);
	if (!ret && input.is_recording && !has_columns)
		errx(EXIT_FAILURE, "%s: a recording has no %s", input.name, options->registers ?
		     "registers" : "counts since the counters began");
	if (!ret && options->registers)
		dump_write(&log, stdout);
	else if (!ret && options->openmetrics)
		openmetrics_print(input.deltas, input.nr, stdout);
	else if (!ret && !options->samples)
		ret = show_exits(options, &input, stdout);
	input_free(&input);
	dump_free(&log);
	return ret;
}
