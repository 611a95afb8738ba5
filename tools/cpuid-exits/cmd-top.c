// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits top: the exits as they happen.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "commands.h"
#include "options.h"
#include "screen.h"
#include "terminal.h"

#define MIN_INTERVAL_NS	(NS_PER_S / 10)

#define TOP_DEFAULTS							\
	(COLUMN_BIT(COL_CODE) | COLUMN_BIT(COL_REASON) | COLUMN_BIT(COL_TOTAL) | \
	 COLUMN_BIT(COL_RATE) | COLUMN_BIT(COL_EXITS_SHARE) |		\
	 COLUMN_BIT(COL_CYCLES_SHARE) | COLUMN_BIT(COL_AVG_NS) |	\
	 COLUMN_BIT(COL_TIME_SHARE))
#define TOP_COLUMNS							\
	(TOP_DEFAULTS | COLUMNS_OF_SPAN | COLUMNS_OF_AWAY | COLUMNS_ASKED_FOR)

struct top_options {
	struct output output;
	__u64 interval_ns;
	bool vcpus;
};

/**
 * struct top - what goes on
 * @source: whom to ask
 * @last: the last reading
 * @spans: what happened until then
 * @nr: number of @spans
 * @note: what was said meanwhile, or NULL
 */
struct top {
	struct source source;
	struct reading last;
	struct span *spans;
	size_t nr;
	char *note;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits top [options]\n"
	       "\n"
	       "Show this virtual machine's exits as they happen.  Keys: q quits; c, n, t, e, y, a,\n"
	       "w sort by code, name, total, exits, cycles, average, time away.\n"
	       "\n"
	       "Options:\n"
	       " -d, --delay <s>        seconds from one look to the next (default 2)\n"
	       "     --vcpus            show each vCPU on its own\n"
	       " -o, --output <list>    columns to show; with a + before, show them too\n"
	       HELP_OF_SORT
	       HELP_OF_HELP);
	columns_help(TOP_COLUMNS);
}

static void parse_options(struct top_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "delay",	required_argument,	NULL, 'd' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "output",	required_argument,	NULL, 'o' },
		{ "sort",	required_argument,	NULL, 's' },
		{ "vcpus",	no_argument,		NULL, OPT_VCPUS },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	struct output *output = &options->output;
	int opt;

	options->interval_ns = 2 * NS_PER_S;
	output->table.sort = COL_RATE;
	output->set = TOP_COLUMNS;
	output->defaults = TOP_DEFAULTS;
	output->help = print_help;
	while ((opt = getopt_long(argc, argv, "d:ho:s:V", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_VCPUS:
			options->vcpus = true;
			output->defaults |= COLUMN_BIT(COL_VCPU);
			break;
		case 'd':
			options->interval_ns = parse_seconds(optarg, "delay", MIN_INTERVAL_NS);
			break;
		default:
			output_option(output, opt);
		}
	}
	no_arguments(argc, argv);
}

static int look(struct top *top)
{
	struct span *spans = NULL;
	struct reading now;
	size_t nr = 0;
	int ret = reading_follow(&now, &top->source, &top->last);

	if (ret < 0)
		return -1;
	if (ret == SNAPSHOT_MOVED) {
		warnx("the VM was moved or restored: its counters began again");
		spans_whole(&spans, &nr, &now);
		ret = 0;
	} else {
		ret = spans_between(&spans, &nr, &top->last, &now);
	}
	spans_free(top->spans, top->nr);
	top->spans = spans;
	top->nr = nr;
	reading_free(&top->last);
	top->last = now;
	return ret;
}

/* While the screen is ours, what is said on stderr goes to top->note. */
static int look_quietly(struct top *top)
{
	FILE *saved = stderr;
	FILE *stream;
	size_t size;
	int ret;

	free(top->note);
	top->note = NULL;
	stream = open_memstream(&top->note, &size);
	if (!stream)
		return -1;
	stderr = stream;
	ret = look(top);
	stderr = saved;
	fclose(stream);
	return ret;
}

static enum column key_column(int key, enum column old)
{
	switch (key) {
	case 'a':
		return COL_AVG_NS;
	case 'c':
		return COL_CODE;
	case 'e':
		return COL_RATE;
	case 'n':
		return COL_REASON;
	case 't':
		return COL_TOTAL;
	case 'w':
		return COL_AWAY;
	case 'y':
		return COL_CYCLES_SHARE;
	default:
		return old;
	}
}

static void draw(const struct top *top, const struct top_options *options)
{
	const struct view view = {
		.spans = top->spans,
		.nr = top->nr,
		.columns = &options->output.table.columns,
		.sort = options->output.table.sort,
		.interval_ns = options->interval_ns,
		.note = top->note,
	};

	screen_draw(&view);
}

/* Waits for keys, signals and times.  Returns when it is to end; -1 is an error. */
static int run(struct top *top, struct top_options *options, int signals)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	__u64 deadline = top->last.time_ns + options->interval_ns;

	draw(top, options);
	for (;;) {
		__u64 now = clock_now();
		struct timespec rest = {};
		int key;

		if (now >= deadline) {
			if (look_quietly(top))
				return -1;
			deadline += (now - deadline) / options->interval_ns * options->interval_ns +
				    options->interval_ns;
			draw(top, options);
			continue;
		}
		rest.tv_sec = (deadline - now) / NS_PER_S;
		rest.tv_nsec = (deadline - now) % NS_PER_S;
		if (ppoll(fds, 2, &rest, NULL) < 0 && errno != EINTR)
			return 0;
		if (fds[1].revents || fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			return 0;

		/* ncurses tells of a new size as of a key. */
		while ((key = screen_key()) != KEY_NONE) {
			enum column *sort = &options->output.table.sort;

			if (key == 'q')
				return 0;
			*sort = key_column(key, *sort);
			draw(top, options);
		}
	}
}

static int catch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		warn("cannot catch signals");
	return fd;
}

/**
 * cmd_top - the exits as they happen
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status.
 */
int cmd_top(int argc, char **argv)
{
	struct top top = { .source.cpu = DUMP_ANY_CPU };
	struct top_options options = {};
	int ret = -1, signals;

	parse_options(&options, argc, argv);
	/* The head tells of time away, whatever the columns are. */
	top.source.features = output_features(&options.output) | KVM_EXIT_STATS_F_AWAY;
	if (terminal_check() || reading_take(&top.last, &top.source, options.vcpus))
		return EXIT_FAILURE;
	output_finish(&options.output, top.last.snaps[0].features);
	spans_whole(&top.spans, &top.nr, &top.last);

	signals = catch_signals();
	if (signals >= 0 && !screen_begin()) {
		ret = run(&top, &options, signals);
		screen_end();
		if (ret && top.note)
			fputs(top.note, stderr);
	}
	if (signals >= 0)
		close(signals);
	spans_free(top.spans, top.nr);
	reading_free(&top.last);
	free(top.note);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
