// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits stat: the exits while a command runs.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <asm/kvm_exit_stats.h>

#include "child.h"
#include "commands.h"
#include "options.h"
#include "quote.h"
#include "runs.h"
#include "summary.h"

#define STAT_COLUMNS							\
	(COLUMNS_OF_SPAN | COLUMNS_OF_AWAY | COLUMN_BIT(COL_SPREAD) | COLUMNS_ASKED_FOR)

struct stat_options {
	struct output output;
	unsigned int repeat;
	const char *file;
	bool force;
	bool vcpus;
	char **command;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits stat [options] [--] <command> [<argument>...]\n"
	       "\n"
	       "Show this virtual machine's exits while a command runs, on stderr.\n"
	       "\n"
	       "Options:\n"
	       " -r, --repeat <n>       run the command n times and show the mean\n"
	       "     --file <file>      print to this file, not to stderr\n"
	       "     --force            overwrite the file if it is there\n"
	       "     --all              show also reasons that did not occur\n"
	       "     --vcpus            show each vCPU on its own\n"
	       HELP_OF_FORMS
	       HELP_OF_RAW_LONG
	       HELP_OF_COLUMNS
	       HELP_OF_SORT
	       HELP_OF_HELP);
	columns_help(STAT_COLUMNS);
}

static void parse_options(struct stat_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "all",	no_argument,		NULL, OPT_ALL },
		{ "csv",	no_argument,		NULL, OPT_CSV },
		{ "file",	required_argument,	NULL, OPT_FILE },
		{ "force",	no_argument,		NULL, OPT_FORCE },
		{ "help",	no_argument,		NULL, 'h' },
		{ "json",	no_argument,		NULL, 'J' },
		{ "noheadings",	no_argument,		NULL, 'n' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "repeat",	required_argument,	NULL, 'r' },
		{ "sort",	required_argument,	NULL, 's' },
		{ "vcpus",	no_argument,		NULL, OPT_VCPUS },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	struct output *output = &options->output;
	int opt;

	options->repeat = 1;
	output->table.sort = COL_EXITS;
	output->set = STAT_COLUMNS;
	output->defaults = COLUMNS_OF_SPAN;
	output->help = print_help;
	while ((opt = getopt_long(argc, argv, "+hJno:r:s:V", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_FILE:
			options->file = optarg;
			break;
		case OPT_FORCE:
			options->force = true;
			break;
		case OPT_VCPUS:
			options->vcpus = true;
			output->defaults |= COLUMN_BIT(COL_VCPU);
			break;
		case 'r':
			options->repeat = parse_count(optarg, "number of runs");
			break;
		default:
			output_option(output, opt);
		}
	}
	if (optind == argc)
		errx(EXIT_FAILURE, "stat: no command given");
	options->command = argv + optind;
	if (options->repeat > 1)
		output->defaults |= COLUMN_BIT(COL_SPREAD);
}

static void print_json(const struct span *spans, size_t nr, const struct stat_options *options,
		       const char *command, FILE *stream)
{
	struct json json = { .stream = stream };

	json_open(&json, NULL);
	json_open(&json, "stat");
	json_string(&json, "command", command);
	json_number(&json, "runs", "%u", spans[0].runs);
	summary_json(spans, nr, &json);
	json_close(&json);
	table_json_vm(spans, nr, &json);
	table_print_json(spans, nr, &options->output.table, &json);
	json_close(&json);
}

static int print(const struct span *spans, size_t nr, const struct stat_options *options,
		 FILE *stream)
{
	const struct table_options *table = &options->output.table;
	char *command = quote_command(options->command);
	int ret = 0;

	if (table->form == FORM_JSON) {
		print_json(spans, nr, options, command, stream);
	} else if (table->form != FORM_PLAIN) {
		ret = table_print(spans, nr, table, stream);
	} else {
		fprintf(stream, "\n Exits of this VM while it ran: %s", command);
		if (spans[0].runs > 1)
			fprintf(stream, " (mean of %u runs)", spans[0].runs);
		fprintf(stream, "\n\n");
		ret = table_print(spans, nr, table, stream);
		putc('\n', stream);
		summary_print(spans, nr, stream);
		putc('\n', stream);
	}
	free(command);
	return ret;
}

/* Waits for the command's end, and adds what happened since @before to @runs. */
static int finish_run(struct runs *runs, struct source *source, struct child *child,
		      struct reading *before)
{
	struct reading after;
	struct span *spans;
	size_t nr, i;
	int ret;

	child_wait(child, NULL);
	ret = reading_follow(&after, source, before);
	if (ret < 0)
		return -1;
	if (ret == SNAPSHOT_MOVED) {
		warnx("the VM was moved or restored, its counters began again: run not counted");
	} else {
		ret = spans_between(&spans, &nr, before, &after);
		/* What they point at will be gone. */
		for (i = 0; i < nr; i++)
			spans[i].ever = NULL;
		runs_add(runs, spans, nr);
	}
	reading_free(before);
	*before = after;
	return ret < 0 ? -1 : 0;
}

/* Returns the program's status, as the command's in its first run that failed. */
static int run_all(struct runs *runs, const struct stat_options *options, __u32 features)
{
	struct source source = { .cpu = DUMP_ANY_CPU, .features = features };
	struct reading last = {};
	int status = EXIT_SUCCESS;
	unsigned int i;

	child_signals();
	for (i = 0; i < options->repeat && !child_was_interrupted(); i++) {
		struct reading before;
		struct child child;

		/* The process is made first: its fork is not the command's. */
		if (child_prepare(&child, options->command))
			return EXIT_FAILURE;
		if (i ? reading_follow(&before, &source, &last) < 0 :
			reading_take(&before, &source, options->vcpus)) {
			child_cancel(&child);
			status = EXIT_FAILURE;
			break;
		}
		reading_free(&last);
		last = before;
		if (child_start(&child, options->command[0])) {
			status = child_exit_status(&child);
			break;
		}
		if (finish_run(runs, &source, &child, &last)) {
			status = EXIT_FAILURE;
			break;
		}
		if (!status)
			status = child_exit_status(&child);
	}
	reading_free(&last);
	return status;
}

static int print_all(const struct runs *runs, struct stat_options *options, FILE *stream)
{
	struct span *sums;
	size_t nr;
	int ret;

	/* What is no regular file has nothing to be overwritten. */
	if (options->file && ftruncate(fileno(stream), 0) && errno != EINVAL) {
		warn("%s", options->file);
		return -1;
	}
	ret = runs_sum_up(runs, &sums, &nr);
	if (!ret) {
		output_finish(&options->output, sums[0].counts.features);
		ret = print(sums, nr, options, stream);
	}
	spans_free(sums, nr);
	return ret;
}

static FILE *open_file(const struct stat_options *options)
{
	FILE *stream;
	int fd;

	if (!options->file)
		return stderr;
	/* What is in it stays until there is something to write. */
	fd = open(options->file, O_WRONLY | O_CREAT | O_CLOEXEC | (options->force ? 0 : O_EXCL),
		  0666);
	stream = fd < 0 ? NULL : fdopen(fd, "w");
	if (stream)
		return stream;
	if (errno == EEXIST)
		errx(EXIT_FAILURE, "%s exists; --force overwrites it", options->file);
	err(EXIT_FAILURE, "%s", options->file);
}

static int close_file(FILE *stream, const struct stat_options *options, bool is_used)
{
	int failed = ferror(stream);

	if (stream == stderr)
		return 0;
	/* It was made for nothing. */
	if (!is_used && !options->force)
		unlink(options->file);
	if (!fclose(stream) && !failed)
		return 0;
	warn("%s", options->file);
	return -1;
}

/**
 * cmd_stat - the exits while a command runs
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status, which is the command's if it ran.
 */
int cmd_stat(int argc, char **argv)
{
	struct stat_options options = {};
	struct runs runs = {};
	__u32 features;
	FILE *stream;
	int status;

	parse_options(&options, argc, argv);
	features = output_features(&options.output);
	/* The summary tells of time away, whatever the columns are. */
	if (options.output.table.form == FORM_PLAIN || options.output.table.form == FORM_JSON)
		features |= KVM_EXIT_STATS_F_AWAY;
	stream = open_file(&options);
	status = run_all(&runs, &options, features);
	if (runs.nr) {
		if (print_all(&runs, &options, stream))
			status = EXIT_FAILURE;
	} else if (!status) {
		status = EXIT_FAILURE;
	}
	if (close_file(stream, &options, runs.nr))
		status = EXIT_FAILURE;
	runs_free(&runs);
	return status;
}
