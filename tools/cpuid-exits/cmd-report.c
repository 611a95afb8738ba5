// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits report: the exits in a recording, or in a slice of it.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "commands.h"
#include "names.h"
#include "options.h"
#include "recording.h"
#include "summary.h"
#include "xalloc.h"

#define REPORT_COLUMNS							\
	(COLUMNS_OF_SPAN | COLUMNS_OF_AWAY | COLUMN_BIT(COL_PART) |		\
	 COLUMN_BIT(COL_VCPU) | COLUMN_BIT(COL_MEANING))

struct report_options {
	struct output output;
	__u64 from_ns, to_ns;
	const char *path;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits report [options] <file>\n"
	       "\n"
	       "Show the exits in a recording; - is stdin.\n"
	       "\n"
	       "Options:\n"
	       "     --from <s>         leave out what was before, in seconds since the start\n"
	       "     --to <s>           leave out what was after\n"
	       "     --all              show also reasons that did not occur\n"
	       HELP_OF_FORMS
	       HELP_OF_RAW
	       HELP_OF_COLUMNS
	       HELP_OF_SORT
	       HELP_OF_HELP);
	columns_help(REPORT_COLUMNS);
}

static void parse_options(struct report_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "all",	no_argument,		NULL, OPT_ALL },
		{ "csv",	no_argument,		NULL, OPT_CSV },
		{ "from",	required_argument,	NULL, OPT_FROM },
		{ "help",	no_argument,		NULL, 'h' },
		{ "json",	no_argument,		NULL, 'J' },
		{ "noheadings",	no_argument,		NULL, 'n' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "sort",	required_argument,	NULL, 's' },
		{ "to",		required_argument,	NULL, OPT_TO },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	struct output *output = &options->output;
	int opt;

	options->to_ns = ~0ULL;
	output->table.sort = COL_EXITS;
	output->set = REPORT_COLUMNS;
	output->defaults = COLUMNS_OF_SPAN;
	output->help = print_help;
	while ((opt = getopt_long(argc, argv, "hJno:rs:V", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_FROM:
			options->from_ns = parse_seconds(optarg, "--from", 0);
			break;
		case OPT_TO:
			options->to_ns = parse_seconds(optarg, "--to", 0);
			break;
		default:
			output_option(output, opt);
		}
	}
	if (optind == argc)
		errx(EXIT_FAILURE, "report: no recording given");
	options->path = argv[optind++];
	no_arguments(argc, argv);
	if (options->from_ns >= options->to_ns)
		errx(EXIT_FAILURE, "--from is not before --to");
}

static void print_part_json(const struct recording_part *part, struct json *json)
{
	const struct span *span = &part->spans[0];

	json_open(json, NULL);
	json_number(json, "part", "%u", span->part);
	json_number(json, "from", "%llu.%06llu", span->from_ns / NS_PER_S,
		    span->from_ns % NS_PER_S / NS_PER_US);
	summary_json(part->spans, part->nr, json);
	json_string(json, "isa", isa_name(span->counts.isa));
	json_number(json, "tsc-khz", "%u", span->counts.tsc_khz);
	json_number(json, "epoch", "\"0x%016llx\"", part->epoch);
	json_number(json, "vcpus", "%u", span->counts.nr_vcpus);
	json_close(json);
}

static void print_json(const struct recording *rec, const struct span *spans, size_t nr,
		       const struct table_options *table)
{
	struct json json = { .stream = stdout };
	size_t i;

	json_open(&json, NULL);
	json_open(&json, "recording");
	json_string(&json, "tool", rec->tool);
	json_string(&json, "command", rec->command);
	json_string(&json, "start", rec->start);
	json_string(&json, "end", rec->end);
	json_number(&json, "samples", "%u", rec->samples);
	json_close(&json);
	json_array_open(&json, "parts");
	for (i = 0; i < rec->nr; i++) {
		if (rec->parts[i].nr)
			print_part_json(&rec->parts[i], &json);
	}
	json_array_close(&json);
	table_print_json(spans, nr, table, &json);
	json_close(&json);
}

static int print_plain(const struct recording *rec, const struct span *spans, size_t nr,
		       const struct table_options *table)
{
	size_t i;

	if (rec->command)
		printf(" Exits of this VM while it ran: %s\n\n", rec->command);
	if (table_print(spans, nr, table, stdout))
		return -1;
	putchar('\n');
	for (i = 0; i < rec->nr; i++) {
		const struct recording_part *part = &rec->parts[i];

		if (!part->nr)
			continue;
		if (rec->nr > 1)
			printf(" Part %u, from %.6Lf s:\n", part->spans[0].part,
			       (long double)part->spans[0].from_ns / NS_PER_S);
		summary_print(part->spans, part->nr, stdout);
	}
	return 0;
}

static int report(const struct recording *rec, struct report_options *options)
{
	struct table_options *table = &options->output.table;
	unsigned int *defaults = &options->output.defaults;
	struct span *spans = NULL;
	__u32 features = 0;
	size_t nr = 0, i;
	int ret = 0;

	for (i = 0; i < rec->nr; i++) {
		const struct recording_part *part = &rec->parts[i];

		if (!part->nr)
			continue;
		spans = xreallocarray(spans, nr + part->nr, sizeof(*spans));
		memcpy(&spans[nr], part->spans, part->nr * sizeof(*spans));
		nr += part->nr;
		features |= part->spans[0].counts.features;
	}
	if (!nr) {
		warnx("%s: less than two samples%s", rec->path,
		      options->from_ns || options->to_ns != ~0ULL ? " from --from to --to" : "");
		return -1;
	}

	if (rec->nr > 1)
		*defaults |= COLUMN_BIT(COL_PART);
	if (rec->has_vcpus)
		*defaults |= COLUMN_BIT(COL_VCPU);
	output_finish(&options->output, features);
	if (table->form == FORM_JSON)
		print_json(rec, spans, nr, table);
	else if (table->form == FORM_PLAIN)
		ret = print_plain(rec, spans, nr, table);
	else
		ret = table_print(spans, nr, table, stdout);
	free(spans);
	return ret;
}

/**
 * cmd_report - the exits in a recording
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status.
 */
int cmd_report(int argc, char **argv)
{
	struct report_options options = {};
	struct recording rec;
	int ret;

	parse_options(&options, argc, argv);
	ret = recording_load(&rec, options.path, options.from_ns, options.to_ns);
	if (!ret)
		ret = report(&rec, &options);
	recording_free(&rec);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
