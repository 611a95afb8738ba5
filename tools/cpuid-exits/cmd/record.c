// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits record: the exits over time, into a file.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "clock.h"
#include "cmd/child.h"
#include "cmd/commands.h"
#include "record/recording.h"

#define DEFAULT_FILE	"cpuid-exits.csv"

static int take_sample(struct recording_writer *writer, struct source *source,
		       struct sample *last)
{
	struct sample now;
	int ret = sample_take(&now, source, last);

	if (ret < 0)
		return -1;
	if (ret == COUNTERS_MOVED)
		warnx("the VM was moved or restored: its counters began again");
	ret = recording_add(writer, &now, ret == COUNTERS_MOVED ? NULL : last);
	sample_free(last);
	*last = now;
	return ret;
}

/* Samples until @child ends or a signal tells to; @last is the one before. */
static int take_samples(struct recording_writer *writer, struct source *source,
			struct sample *last, struct child *child, __u64 interval_ns)
{
	__u64 deadline = last->time_ns;
	enum event event;

	do {
		__u64 now = clock_now();

		deadline += interval_ns;
		/* Late by more than an interval: leave out what was missed. */
		if (deadline < now)
			deadline += (now - deadline) / interval_ns * interval_ns;
		event = child_wait(child, &deadline);
		if (take_sample(writer, source, last))
			return -1;
	} while (event == EVENT_TIME);
	return 0;
}

/* What the recording says of how it ended. */
static void end_text(const struct child *child, char how[32])
{
	if (!child->pid)
		stpcpy(how, "interrupted");
	else if (WIFSIGNALED(child->status))
		snprintf(how, 32, "signal %d", WTERMSIG(child->status));
	else
		snprintf(how, 32, "exit %d", WEXITSTATUS(child->status));
}

/* Returns the program's status, as record(). */
static int record_started(struct recording_writer *writer, struct source *source,
			  struct sample *last, struct child *child,
			  const struct options *options)
{
	char how[32];

	if (recording_begin(writer, last, options->nr_operands ? options->operands : NULL,
			    options->interval_ns) ||
	    take_samples(writer, source, last, child, options->interval_ns)) {
		/* The command is the user's work and goes on. */
		if (child->pid && !child->has_ended) {
			warnx("no more samples; waiting for the command to end");
			child_wait(child, NULL);
		}
		recording_discard(writer);
		return EXIT_FAILURE;
	}
	end_text(child, how);
	if (recording_end(writer, how))
		return EXIT_FAILURE;
	return child->pid ? child_exit_status(child) : EXIT_SUCCESS;
}

static int record(struct recording_writer *writer, const struct options *options)
{
	struct source source = { .features = ~0U, .vcpus = options->vcpus };
	struct sample last = {};
	struct child child = {};
	int status = EXIT_FAILURE;

	child_signals();
	if (options->nr_operands && child_prepare(&child, options->operands)) {
		recording_discard(writer);
		return EXIT_FAILURE;
	}

	if (sample_take(&last, &source, NULL)) {
		if (child.pid)
			child_cancel(&child);
		recording_discard(writer);
	} else if (child.pid && child_start(&child, options->operands[0])) {
		recording_discard(writer);
		status = child_exit_status(&child);
	} else {
		status = record_started(writer, &source, &last, &child, options);
	}
	sample_free(&last);
	return status;
}

/**
 * cmd_record - the exits over time, into a file
 * @options: what the command line says
 *
 * Return: the program's status, which is the command's if it ran.
 */
int cmd_record(struct options *options)
{
	struct recording_writer writer = {};

	if (output_open(&writer.file, options->file ?: DEFAULT_FILE, options->force))
		return EXIT_FAILURE;
	return record(&writer, options);
}
