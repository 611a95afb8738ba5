// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits - show this VM's exits by reason, as its hypervisor counts them
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "table.h"
#include "vcpus.h"

struct options {
	struct table_options table;
	const char *input;
	bool registers;
	bool vcpus;
};

static void print_help(void)
{
	enum column i;

	printf("Usage:\n"
	       " cpuid-exits [options]\n"
	       "\n"
	       "Show this virtual machine's exits by reason, as its hypervisor counts them.\n"
	       "\n"
	       "Options:\n"
	       "     --all              show also reasons that did not occur\n"
	       "     --vcpus            show each vCPU on its own\n"
	       " -J, --json             use JSON output format\n"
	       " -r, --raw              use raw output format, without totals\n"
	       " -n, --noheadings       don't print headings\n"
	       " -o, --output <list>    columns to show; with a + before, show them too\n"
	       " -s, --sort <column>    column to sort by (default EXITS)\n"
	       "     --registers        print the registers in the form of 'cpuid -r'\n"
	       "     --input <file>     read such a dump, not this processor; - is stdin\n"
	       "\n"
	       " -h, --help             display this help\n"
	       " -V, --version          display version\n"
	       "\n"
	       "Columns:\n");
	for (i = 0; i < NR_COLUMNS; i++)
		printf("  %-8s  %s\n", column_info[i].name, column_info[i].help);
	printf("\n"
	       "A dump may be many outputs of 'cpuid -r -l 0x4fffffff -s N' put together; other\n"
	       "leaves in it are ignored.  Answers under equal 'CPU' lines belong together and\n"
	       "must not contradict each other.  Without --vcpus the first CPU's are shown.\n");
}

/* At exit: a full disk shows only when the last of the output is written. */
static void close_stdout(void)
{
	int failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return;
	if (errno)
		warn("standard output");
	else
		warnx("standard output: write error");
	_exit(EXIT_FAILURE);
}

static void set_form(struct options *options, enum table_form form)
{
	if (options->table.form != TABLE_PLAIN && options->table.form != form)
		errx(EXIT_FAILURE, "--json and --raw exclude each other");
	options->table.form = form;
}

static void parse_options(struct options *options, int argc, char **argv)
{
	enum { OPT_ALL = 256, OPT_INPUT, OPT_REGISTERS, OPT_VCPUS };
	static const struct option long_options[] = {
		{ "all",	no_argument,		NULL, OPT_ALL },
		{ "help",	no_argument,		NULL, 'h' },
		{ "input",	required_argument,	NULL, OPT_INPUT },
		{ "json",	no_argument,		NULL, 'J' },
		{ "noheadings",	no_argument,		NULL, 'n' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "raw",	no_argument,		NULL, 'r' },
		{ "registers",	no_argument,		NULL, OPT_REGISTERS },
		{ "sort",	required_argument,	NULL, 's' },
		{ "vcpus",	no_argument,		NULL, OPT_VCPUS },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	const char *output = NULL;
	int opt;

	options->table.sort = COL_EXITS;
	while ((opt = getopt_long(argc, argv, "hJno:rs:V", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_ALL:
			options->table.all = true;
			break;
		case OPT_INPUT:
			options->input = optarg;
			break;
		case OPT_REGISTERS:
			options->registers = true;
			break;
		case OPT_VCPUS:
			options->vcpus = true;
			break;
		case 'J':
			set_form(options, TABLE_JSON);
			break;
		case 'n':
			options->table.no_headings = true;
			break;
		case 'o':
			output = optarg;
			break;
		case 'r':
			set_form(options, TABLE_RAW);
			break;
		case 's':
			if (column_find(&options->table.sort, optarg, strlen(optarg)))
				exit(EXIT_FAILURE);
			break;
		case 'h':
			print_help();
			exit(EXIT_SUCCESS);
		case 'V':
			printf("cpuid-exits %s\n", CPUID_EXITS_VERSION);
			exit(EXIT_SUCCESS);
		default:
			/* getopt_long() has said why. */
			exit(EXIT_FAILURE);
		}
	}
	if (optind < argc)
		errx(EXIT_FAILURE, "unexpected argument '%s'", argv[optind]);
	if (options->registers && options->table.form != TABLE_PLAIN)
		errx(EXIT_FAILURE, "--registers excludes --json and --raw");

	columns_default(&options->table.columns, options->vcpus);
	if (output && columns_select(&options->table.columns, output))
		exit(EXIT_FAILURE);
}

static int show(const struct options *options, struct source *source)
{
	struct snapshot one, *snaps = NULL;
	size_t nr = 1, i;
	int ret = 0;

	if (options->vcpus ? vcpus_read(&snaps, &nr, source) :
			     snapshot_read(&one, source, false))
		return -1;

	if (options->registers)
		dump_write(source->log, stdout);
	else
		ret = table_print(snaps ? snaps : &one, nr, &options->table);

	for (i = 0; i < nr; i++)
		snapshot_free(snaps ? &snaps[i] : &one);
	free(snaps);
	return ret;
}

int main(int argc, char **argv)
{
	struct options options = {};
	struct source source = { .cpu = DUMP_ANY_CPU };
	struct dump dump = {}, log = {};
	int ret = 0;

	/* So that getopt_long()'s messages begin as all others do. */
	argv[0] = program_invocation_short_name;
	atexit(close_stdout);
	parse_options(&options, argc, argv);

	if (options.input) {
		ret = dump_load(&dump, options.input);
		source.dump = &dump;
		source.cpu = dump.first_cpu;
	}
	if (options.registers)
		source.log = &log;
	if (!ret)
		ret = show(&options, &source);

	dump_free(&dump);
	dump_free(&log);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
