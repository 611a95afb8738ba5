// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits stat: the exits while a command runs.
 */
#include <stdlib.h>
#include <unistd.h>

#include "cmd/child.h"
#include "cmd/commands.h"
#include "counters/pmu.h"
#include "fail.h"
#include "output/file.h"
#include "output/units.h"

/* The command's own exits in all runs; where the guest's PMU didn't count them, negative. */
static long double command_exits;

static int show_runs(struct options *options, const struct input *runs, FILE *stream)
{
	const int ret = show_exits(options, runs, stream);
	char text[CELL_SIZE];

	if (ret || options->table.form != FORM_PLAIN || command_exits < 0)
		return ret;
	number_text(command_exits / runs->deltas[0].runs, UNIT_COUNT, text);
	fprintf(stream, " %s exits were the command's own.\n\n", text);
	return 0;
}

/* Closes the file. */
static int print_to_file(const struct input *runs, struct options *options,
			 const struct output_file *file)
{
	FILE *stream = file->fd == STDOUT_FILENO ? stdout : fdopen(file->fd, "w");
	int ret, failed;

	if (!stream)
		return fail_errno("%s", file->name);
	if (output_truncate(file))
		return -1;
	ret = show_runs(options, runs, stream);
	if (stream == stdout)
		return ret;
	failed = ferror(stream);
	return fclose(stream) || failed ? fail_errno("%s", file->name) : ret;
}

/* Waits for the command's end, and adds what happened since @last to @runs. */
static int finish_run(struct input *runs, struct source *source, struct child *child,
		      struct sample *last, bool own_queries, int pmu)
{
	struct sample after;
	struct delta *deltas;
	bool is_counted;
	__u64 exits;
	size_t nr;
	int ret;

	child_wait(child, NULL, -1);
	is_counted = pmu_close(pmu, &exits);
	ret = sample_take(&after, source, last);
	if (ret < 0)
		return -1;
	if (ret == COUNTERS_MOVED) {
		warnx("the VM was moved or restored, its counters began again: run not counted");
	} else {
		ret = deltas_between(&deltas, &nr, last, &after);
		if (!own_queries)
			deltas_leave_out_own(deltas, nr);
		command_exits = is_counted && command_exits >= 0 ? command_exits + exits : -1;
		if (deltas_add_run(&runs->deltas, &runs->nr, deltas, nr))
			ret = -1;
	}
	sample_free(last);
	*last = after;
	return ret < 0 ? -1 : 0;
}

/* Looks whether there is what is to be shown, and where to, before anything is run. */
static int prepare(struct options *options, const struct sample *sample,
		   struct output_file *file)
{
	struct delta *deltas;
	size_t nr;
	int ret;

	deltas_between(&deltas, &nr, NULL, sample);
	ret = choose_exits(options, deltas, nr, NULL);
	deltas_free(deltas, nr);
	if (ret)
		return ret;
	return options->file ? output_open(file, options->file, options->force) : 0;
}

/* The first sample of all, or one after that of the run before. */
static int take_sample(struct sample *last, struct source *source, struct options *options,
		       struct output_file *file)
{
	struct sample now;

	if (!last->nr)
		return sample_take(last, source, NULL) || prepare(options, last, file);
	if (sample_take(&now, source, last) < 0)
		return -1;
	sample_free(last);
	*last = now;
	return 0;
}

/* Returns 0 if all goes well, or -1; @status is then that of the program, else the command's. */
static int run_once(struct input *runs, struct options *options, struct source *source,
		    struct sample *last, struct output_file *file, int *status)
{
	struct child child;
	int pmu;

	*status = EXIT_FAILURE;
	/* The process is made first: its fork is not the command's. */
	if (child_prepare(&child, options->operands))
		return -1;
	/* If there is no run, the program's end closes it. */
	pmu = pmu_open(child.pid);
	if (take_sample(last, source, options, file)) {
		child_cancel(&child);
		return -1;
	}
	if (child_start(&child, options->operands[0])) {
		*status = child_exit_status(&child);
		return -1;
	}
	if (finish_run(runs, source, &child, last, options->own_queries, pmu))
		return -1;
	*status = child_exit_status(&child);
	return 0;
}

/* Returns the program's status, as the command's in its first run that failed. */
static int run_all(struct input *runs, struct options *options, struct output_file *file)
{
	struct source source = {
		.features = choose_features(options),
		.vcpus = options->vcpus,
	};
	struct sample last = {};
	int status, first = 0, ret = child_signals();
	unsigned int i;

	for (i = 0; !ret && i < options->repeat && !child_was_interrupted(); i++) {
		ret = run_once(runs, options, &source, &last, file, &status);
		if (ret || !first)
			first = status;
	}
	sample_free(&last);
	return first;
}

int cmd_stat(struct options *options)
{
	struct output_file file = {};
	struct input runs = { .rec.command = quote_command(options->operands) };
	int status = run_all(&runs, options, &file), ret = 0;

	if (!runs.nr && file.name)
		output_discard(&file, 0);
	if (runs.nr && file.name)
		ret = print_to_file(&runs, options, &file);
	else if (runs.nr)
		ret = show_runs(options, &runs, stderr);
	if (ret || (!runs.nr && !status))
		status = EXIT_FAILURE;
	input_free(&runs);
	return status;
}
