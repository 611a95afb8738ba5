// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits list: the reasons there are, and what they mean.
 */
#include <err.h>
#include <stdlib.h>

#include <asm/kvm_exit_stats.h>

#include "commands.h"
#include "meanings.h"
#include "names.h"
#include "options.h"
#include "rows.h"

#define LIST_COLUMNS							\
	(COLUMN_BIT(COL_CODE) | COLUMN_BIT(COL_REASON) | COLUMN_BIT(COL_MEANING))

struct list_options {
	struct output output;
	const char *input;
	__u32 isa;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits list [options]\n"
	       "\n"
	       "List the reasons for an exit that the processor has, and what they mean.\n"
	       "\n"
	       "Options:\n"
	       "     --isa <vmx|svm>    those of this instruction set, not of this VM's host\n"
	       HELP_OF_FORMS
	       HELP_OF_RAW
	       HELP_OF_COLUMNS
	       "     --input <file>     ask such a dump of CPUID, not this processor; - is stdin\n"
	       HELP_OF_HELP);
	columns_help(LIST_COLUMNS);
}

static void parse_options(struct list_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "csv",	no_argument,		NULL, OPT_CSV },
		{ "help",	no_argument,		NULL, 'h' },
		{ "input",	required_argument,	NULL, OPT_INPUT },
		{ "isa",	required_argument,	NULL, OPT_ISA },
		{ "json",	no_argument,		NULL, 'J' },
		{ "noheadings",	no_argument,		NULL, 'n' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	struct output *output = &options->output;
	int opt;

	output->table.sort = COL_CODE;
	output->set = LIST_COLUMNS;
	output->defaults = LIST_COLUMNS;
	output->help = print_help;
	while ((opt = getopt_long(argc, argv, "hJno:rV", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_INPUT:
			options->input = optarg;
			break;
		case OPT_ISA:
			options->isa = isa_find(optarg);
			if (!options->isa)
				errx(EXIT_FAILURE, "unknown instruction set '%s'", optarg);
			break;
		default:
			output_option(output, opt);
		}
	}
	no_arguments(argc, argv);
	if (options->isa && options->input)
		errx(EXIT_FAILURE, "--isa and --input exclude each other");
	output_finish(output, 0);
}

static int ask_isa(__u32 *isa, const char *input)
{
	struct source source = { .cpu = DUMP_ANY_CPU };
	struct dump dump = {};
	struct snapshot snap;
	int ret = 0;

	if (input) {
		ret = dump_load(&dump, input);
		source.dump = &dump;
		source.cpu = dump.first_cpu;
	}
	if (!ret)
		ret = snapshot_read(&snap, &source, false);
	if (!ret) {
		*isa = snap.isa;
		snapshot_free(&snap);
	}
	dump_free(&dump);
	return ret;
}

/* All that can be a code and has a name or a meaning. */
static void fill_grid(struct grid *grid, const struct table_options *options, __u32 isa)
{
	struct span span = { .counts.isa = isa };
	struct row row = { .span = &span };
	__u32 *code = &row.record.code;

	table_add_columns(grid, options);
	for (*code = 0; *code <= KVM_EXIT_STATS_CODE_OTHER; ++*code) {
		if (exit_name(isa, *code) || exit_meaning(isa, *code))
			table_add_row(grid, &row, options);
	}
}

/**
 * cmd_list - the reasons there are
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status.
 */
int cmd_list(int argc, char **argv)
{
	struct list_options options = {};
	struct json json = { .stream = stdout };
	struct grid grid = {};
	int ret = 0;

	parse_options(&options, argc, argv);
	if (!options.isa && ask_isa(&options.isa, options.input))
		return EXIT_FAILURE;

	fill_grid(&grid, &options.output.table, options.isa);
	if (options.output.table.form == FORM_JSON) {
		json_open(&json, NULL);
		json_string(&json, "isa", isa_name(options.isa));
		grid_print_json(&grid, "reasons", &json);
		json_close(&json);
	} else {
		ret = grid_print(&grid, options.output.table.form,
				 options.output.table.no_headings, stdout);
	}
	grid_free(&grid);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
