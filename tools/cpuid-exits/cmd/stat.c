// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits stat: the exits while a command runs.
 */
#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/child.h"
#include "cmd/commands.h"
#include "output/file.h"
#include "output/summary.h"
#include "record/recording.h"

/**
 * struct runs - the exits in all runs of the command
 * @sums: of the VM or of each vCPU
 * @nr: number of @sums
 */
struct runs {
	struct delta *sums;
	size_t nr;
};

static void print_json(const struct delta *deltas, size_t nr, const struct options *options,
		       const char *command, FILE *stream)
{
	struct json json = { .stream = stream };

	json_open(&json, NULL);
	json_open(&json, "stat");
	json_string(&json, "command", command);
	json_number(&json, "runs", "%u", deltas[0].runs);
	summary_json(deltas, nr, &json);
	json_close(&json);
	summary_json_vm(deltas, nr, &json);
	exits_json(deltas, nr, &options->table, &json);
	json_close(&json);
}

static int print(const struct delta *deltas, size_t nr, const struct options *options,
		 FILE *stream)
{
	const struct table_options *table = &options->table;
	char *command = quote_command(options->operands);
	int ret = 0;

	if (table->form == FORM_JSON) {
		print_json(deltas, nr, options, command, stream);
	} else if (table->form != FORM_PLAIN) {
		ret = exits_print(deltas, nr, table, stream);
	} else {
		fprintf(stream, "\n Exits of this VM while it ran: %s", command);
		if (deltas[0].runs > 1)
			fprintf(stream, " (mean of %u runs)", deltas[0].runs);
		fprintf(stream, "\n\n");
		ret = exits_print(deltas, nr, table, stream);
		footer_print(deltas, nr, &table->columns, stream);
		putc('\n', stream);
		summary_print(deltas, nr, stream);
		putc('\n', stream);
	}
	free(command);
	return ret;
}

/* Waits for the command's end, and adds what happened since @before to @runs. */
static int finish_run(struct runs *runs, struct source *source, struct child *child,
		      struct sample *before, bool own_queries)
{
	struct sample after;
	struct delta *deltas;
	size_t nr;
	int ret;

	child_wait(child, NULL);
	ret = sample_take(&after, source, before);
	if (ret < 0)
		return -1;
	if (ret == COUNTERS_MOVED) {
		warnx("the VM was moved or restored, its counters began again: run not counted");
	} else {
		ret = deltas_between(&deltas, &nr, before, &after);
		if (!own_queries)
			deltas_leave_out_own(deltas, nr);
		if (deltas_add_run(&runs->sums, &runs->nr, deltas, nr))
			ret = -1;
	}
	sample_free(before);
	*before = after;
	return ret < 0 ? -1 : 0;
}

/* Looks whether there is what is to be shown, and where to, before anything is run. */
static int prepare(struct options *options, const struct sample *sample,
		   struct output_file *file)
{
	struct delta *deltas;
	size_t nr;

	deltas_between(&deltas, &nr, NULL, sample);
	options_exits(options, deltas, nr, NULL);
	deltas_free(deltas, nr);
	return options->file ? output_open(file, options->file, options->force) : 0;
}

/* Returns the program's status, as the command's in its first run that failed. */
static int run_all(struct runs *runs, struct options *options, struct output_file *file)
{
	struct source source = { .features = options_features(options),
				 .vcpus = options->vcpus };
	struct sample last = {};
	int status = EXIT_SUCCESS;
	unsigned int i;

	child_signals();
	for (i = 0; i < options->repeat && !child_was_interrupted(); i++) {
		struct sample before;
		struct child child;

		/* The process is made first: its fork is not the command's. */
		if (child_prepare(&child, options->operands))
			return EXIT_FAILURE;
		if (sample_take(&before, &source, i ? &last : NULL) < 0) {
			child_cancel(&child);
			status = EXIT_FAILURE;
			break;
		}
		sample_free(&last);
		last = before;
		if (!i && prepare(options, &last, file)) {
			child_cancel(&child);
			status = EXIT_FAILURE;
			break;
		}
		if (child_start(&child, options->operands[0])) {
			status = child_exit_status(&child);
			break;
		}
		if (finish_run(runs, &source, &child, &last, options->own_queries)) {
			status = EXIT_FAILURE;
			break;
		}
		if (!status)
			status = child_exit_status(&child);
	}
	sample_free(&last);
	return status;
}

static int print_all(const struct runs *runs, struct options *options, FILE *stream)
{
	options_exits(options, runs->sums, runs->nr, NULL);
	return print(runs->sums, runs->nr, options, stream);
}

/* Likewise, to a file, which is closed. */
static int print_to_file(const struct runs *runs, struct options *options,
			 const struct output_file *file)
{
	FILE *stream = file->fd == STDOUT_FILENO ? stdout : fdopen(file->fd, "w");
	int ret, failed;

	if (!stream) {
		warn("%s", file->name);
		return -1;
	}
	ret = output_truncate(file) ? -1 : print_all(runs, options, stream);
	if (stream == stdout)
		return ret;
	failed = ferror(stream);
	if (!fclose(stream) && !failed)
		return ret;
	warn("%s", file->name);
	return -1;
}

/**
 * cmd_stat - the exits while a command runs
 * @options: what the command line says
 *
 * Return: the program's status, which is the command's if it ran.
 */
int cmd_stat(struct options *options)
{
	struct output_file file = {};
	struct runs runs = {};
	int status = run_all(&runs, options, &file), ret;

	if (runs.nr) {
		ret = file.name ? print_to_file(&runs, options, &file) :
				  print_all(&runs, options, stderr);
		if (ret)
			status = EXIT_FAILURE;
	} else {
		if (file.name)
			output_discard(&file, 0);
		if (!status)
			status = EXIT_FAILURE;
	}
	deltas_free(runs.sums, runs.nr);
	return status;
}
