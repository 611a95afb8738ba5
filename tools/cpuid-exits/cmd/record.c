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
		deadline = clock_next(deadline, interval_ns);
		event = child_wait(child, &deadline, -1);
		if (take_sample(writer, source, last))
			return -1;
	} while (event == EVENT_TIME);
	return 0;
}

static int end(struct recording_writer *writer, const struct child *child)
{
	char how[32] = "interrupted";

	if (child->pid && WIFSIGNALED(child->status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(child->status));
	else if (child->pid)
		snprintf(how, sizeof(how), "exit %d", WEXITSTATUS(child->status));
	return recording_end(writer, how);
}

/* Returns the program's status; -1 after saying what is wrong, and the recording is no good. */
static int record(struct recording_writer *writer, struct sample *last, struct child *child,
		  const struct options *options)
{
	struct source source = { .features = ~0U, .vcpus = options->vcpus };
	char **command = options->nr_operands ? options->operands : NULL;

	if (child_signals() || (command && child_prepare(child, command)))
		return -1;
	if (sample_take(last, &source, NULL)) {
		if (command)
			child_cancel(child);
		return -1;
	}
	if (command && child_start(child, command[0])) {
		recording_discard(writer);
		return child_exit_status(child);
	}
	if (recording_begin(writer, last, command, options->interval_ns) ||
	    take_samples(writer, &source, last, child, options->interval_ns)) {
		/* The command is the user's work and goes on. */
		if (command && !child->has_ended) {
			warnx("no more samples; waiting for the command to end");
			child_wait(child, NULL, -1);
		}
		return -1;
	}
	if (end(writer, child))
		return EXIT_FAILURE;
	return command ? child_exit_status(child) : EXIT_SUCCESS;
}

int cmd_record(struct options *options)
{
	struct recording_writer writer = {};
	struct sample last = {};
	struct child child = {};
	int status;

	if (output_open(&writer.file, options->file ?: DEFAULT_FILE, options->force))
		return -1;
	status = record(&writer, &last, &child, options);
	if (status < 0)
		recording_discard(&writer);
	sample_free(&last);
	return status;
}
