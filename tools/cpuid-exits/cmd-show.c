// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits show: all exits since the counters began.
 */
#include <err.h>
#include <stdlib.h>

#include "commands.h"
#include "openmetrics.h"
#include "options.h"

#define SHOW_COLUMNS	(COLUMNS_OF_EXITS | COLUMNS_OF_AWAY | COLUMNS_ASKED_FOR)

struct show_options {
	struct output output;
	const char *input;
	bool openmetrics;
	bool registers;
	bool vcpus;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits [show] [options]\n"
	       " cpuid-exits <command> [options]\n"
	       "\n"
	       "Show this virtual machine's exits by reason, as its hypervisor counts them.\n"
	       "\n"
	       "Commands, each with a --help of its own:\n"
	       "  show      all exits so far\n"
	       "  stat      the exits while a command runs\n"
	       "  record    exits over time, into a file\n"
	       "  report    the exits in such a recording\n"
	       "  compare   recordings side by side\n"
	       "  top       the exits as they happen\n"
	       "  hist      how long one reason took, as a histogram\n"
	       "  list      what reasons there are\n"
	       "\n"
	       "Options:\n"
	       "     --all              show also reasons that did not occur\n"
	       "     --vcpus            show each vCPU on its own\n"
	       HELP_OF_FORMS
	       HELP_OF_RAW
	       HELP_OF_COLUMNS
	       HELP_OF_SORT
	       "     --openmetrics      print a page of metrics for Prometheus's node_exporter\n"
	       "     --registers        print the registers in the form of 'cpuid -r'\n"
	       "     --input <file>     read such a dump, not this processor; - is stdin\n"
	       HELP_OF_HELP);
	columns_help(SHOW_COLUMNS);
	printf("\n"
	       "A dump may be many outputs of 'cpuid -r -l 0x4fffffff -s N' put together; other\n"
	       "leaves in it are ignored.  Answers under equal 'CPU' lines belong together and\n"
	       "must not contradict each other.  Without --vcpus the first CPU's are shown.\n");
}

static void parse_options(struct show_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "all",		no_argument,		NULL, OPT_ALL },
		{ "csv",		no_argument,		NULL, OPT_CSV },
		{ "help",		no_argument,		NULL, 'h' },
		{ "input",		required_argument,	NULL, OPT_INPUT },
		{ "json",		no_argument,		NULL, 'J' },
		{ "noheadings",		no_argument,		NULL, 'n' },
		{ "openmetrics",	no_argument,		NULL, OPT_OPENMETRICS },
		{ "output",		required_argument,	NULL, 'o' },
		{ "raw",		no_argument,		NULL, OPT_RAW },
		{ "registers",		no_argument,		NULL, OPT_REGISTERS },
		{ "sort",		required_argument,	NULL, 's' },
		{ "vcpus",		no_argument,		NULL, OPT_VCPUS },
		{ "version",		no_argument,		NULL, 'V' },
		{}
	};
	struct output *output = &options->output;
	int opt, forms;

	output->table.sort = COL_EXITS;
	output->set = SHOW_COLUMNS;
	output->defaults = COLUMNS_OF_EXITS;
	output->help = print_help;
	while ((opt = getopt_long(argc, argv, "hJno:rs:V", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_INPUT:
			options->input = optarg;
			break;
		case OPT_OPENMETRICS:
			options->openmetrics = true;
			break;
		case OPT_REGISTERS:
			options->registers = true;
			break;
		case OPT_VCPUS:
			options->vcpus = true;
			output->defaults |= COLUMN_BIT(COL_VCPU);
			break;
		default:
			output_option(output, opt);
		}
	}
	no_arguments(argc, argv);
	forms = output->table.form != FORM_PLAIN;
	forms += options->registers + options->openmetrics;
	if (forms > 1)
		errx(EXIT_FAILURE,
		     "--registers, --openmetrics, --json, --csv and --raw exclude each other");
}

static int print(const struct span *spans, size_t nr, const struct show_options *options)
{
	const struct table_options *table = &options->output.table;
	struct json json = { .stream = stdout };

	if (options->openmetrics) {
		openmetrics_print(spans, nr, stdout);
		return 0;
	}
	if (table->form != FORM_JSON)
		return table_print(spans, nr, table, stdout);

	json_open(&json, NULL);
	table_json_vm(spans, nr, &json);
	table_print_json(spans, nr, table, &json);
	json_close(&json);
	return 0;
}

static int show(struct show_options *options, struct source *source)
{
	struct reading reading;
	struct span *spans;
	size_t nr;
	int ret = 0;

	if (reading_take(&reading, source, options->vcpus))
		return -1;

	if (options->registers) {
		dump_write(source->log, stdout);
	} else {
		output_finish(&options->output, reading.snaps[0].features);
		spans_whole(&spans, &nr, &reading);
		ret = print(spans, nr, options);
		spans_free(spans, nr);
	}
	reading_free(&reading);
	return ret;
}

/**
 * cmd_show - all exits since the counters began
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status.
 */
int cmd_show(int argc, char **argv)
{
	struct show_options options = {};
	struct source source = { .cpu = DUMP_ANY_CPU };
	struct dump dump = {}, log = {};
	int ret = 0;

	parse_options(&options, argc, argv);
	source.features = output_features(&options.output);
	if (options.input) {
		ret = dump_load(&dump, options.input);
		source.dump = &dump;
		source.cpu = dump.first_cpu;
	}
	if (options.registers)
		source.log = &log;
	/* These have no columns, and all there is. */
	if (options.registers || options.openmetrics)
		source.features = ~0U;
	if (!ret)
		ret = show(&options, &source);

	dump_free(&dump);
	dump_free(&log);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
