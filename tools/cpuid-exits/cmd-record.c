// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits record: the exits over time, into a file.
 */
#include <err.h>
#include <stdlib.h>

#include "clock.h"
#include "commands.h"
#include "options.h"
#include "recording.h"

#define DEFAULT_FILE	"cpuid-exits.csv"
#define MIN_INTERVAL_NS	(NS_PER_S / 1000)

struct record_options {
	const char *file;
	__u64 interval_ns;
	bool force;
	bool vcpus;
	char **command;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits record [options] [--] [<command> [<argument>...]]\n"
	       "\n"
	       "Record this virtual machine's exits, until the command ends or until Ctrl-C.\n"
	       "\n"
	       "Options:\n"
	       " -i, --interval <s>     seconds from one sample to the next (default 1)\n"
	       " -o, --output <file>    file to write to (default " DEFAULT_FILE "); - is stdout\n"
	       "     --force            overwrite the file if it is there\n"
	       "     --vcpus            record each vCPU on its own\n"
	       HELP_OF_HELP);
}

static void parse_options(struct record_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "force",	no_argument,		NULL, OPT_FORCE },
		{ "help",	no_argument,		NULL, 'h' },
		{ "interval",	required_argument,	NULL, 'i' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "vcpus",	no_argument,		NULL, OPT_VCPUS },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	struct output output = { .help = print_help };
	int opt;

	options->file = DEFAULT_FILE;
	options->interval_ns = NS_PER_S;
	while ((opt = getopt_long(argc, argv, "+hi:o:V", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_FORCE:
			options->force = true;
			break;
		case OPT_VCPUS:
			options->vcpus = true;
			break;
		case 'i':
			options->interval_ns = parse_seconds(optarg, "interval", MIN_INTERVAL_NS);
			break;
		case 'o':
			options->file = optarg;
			break;
		default:
			output_option(&output, opt);
		}
	}
	if (optind < argc)
		options->command = argv + optind;
}

static int take_sample(struct recording_writer *writer, struct source *source,
		       struct reading *last)
{
	struct reading now;
	int ret = reading_follow(&now, source, last);

	if (ret < 0)
		return -1;
	if (ret == SNAPSHOT_MOVED)
		warnx("the VM was moved or restored: its counters began again");
	ret = recording_add(writer, &now, ret == SNAPSHOT_MOVED ? NULL : last);
	reading_free(last);
	*last = now;
	return ret;
}

/* Samples until @child ends or a signal tells to; @last is the one before. */
static int take_samples(struct recording_writer *writer, struct source *source,
			struct reading *last, struct child *child, __u64 interval_ns)
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

/* Returns the program's status, as record(). */
static int record_started(struct recording_writer *writer, struct source *source,
			  struct reading *last, struct child *child,
			  const struct record_options *options)
{
	if (recording_begin(writer, last, options->command, options->interval_ns) ||
	    take_samples(writer, source, last, child, options->interval_ns)) {
		/* The command is the user's work and goes on. */
		if (child->pid && !child->has_ended) {
			warnx("no more samples; waiting for the command to end");
			child_wait(child, NULL);
		}
		recording_discard(writer);
		return EXIT_FAILURE;
	}
	if (recording_end(writer, child))
		return EXIT_FAILURE;
	return child->pid ? child_exit_status(child) : EXIT_SUCCESS;
}

static int record(struct recording_writer *writer, const struct record_options *options)
{
	struct source source = { .cpu = DUMP_ANY_CPU, .features = ~0U };
	struct reading last = {};
	struct child child = {};
	int status = EXIT_FAILURE;

	child_signals();
	if (options->command && child_prepare(&child, options->command)) {
		recording_discard(writer);
		return EXIT_FAILURE;
	}

	if (reading_take(&last, &source, options->vcpus)) {
		if (child.pid)
			child_cancel(&child);
		recording_discard(writer);
	} else if (child.pid && child_start(&child, options->command[0])) {
		recording_discard(writer);
		status = child_exit_status(&child);
	} else {
		status = record_started(writer, &source, &last, &child, options);
	}
	reading_free(&last);
	return status;
}

/**
 * cmd_record - the exits over time, into a file
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status, which is the command's if it ran.
 */
int cmd_record(int argc, char **argv)
{
	struct record_options options = {};
	struct recording_writer writer;

	parse_options(&options, argc, argv);
	if (recording_create(&writer, options.file, options.force))
		return EXIT_FAILURE;
	return record(&writer, &options);
}
