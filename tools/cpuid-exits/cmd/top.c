// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits top: the exits as they happen.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "cmd/commands.h"
#include "cmd/screen.h"
#include "counters/reasons.h"

static const char keys[] = "q quit   ? help   < > sort   up down pgup pgdn scroll";
static const char help[] =
	"cpuid-exits top: keys\n"
	"\n"
	"  < >            sort by the column before or behind\n"
	"  up k, down j   scroll by a line\n"
	"  pgup, pgdn     scroll by a page\n"
	"  space          take a sample now\n"
	"  ?              show this, until any key\n"
	"  q              quit\n"
	"\n"
	"TOTAL is since the counters began, all others since the last sample.\n";

/**
 * struct top - what goes on
 * @source: whom to ask
 * @last: the last sample
 * @deltas: what happened until then
 * @nr: number of @deltas
 * @note: what was said meanwhile, or NULL
 * @offset: rows scrolled out
 * @shows_help: instead of the table
 */
struct top {
	struct source source;
	struct sample last;
	struct delta *deltas;
	size_t nr;
	char *note;
	size_t offset;
	bool shows_help;
};

static int take_sample(struct top *top, const struct options *options)
{
	struct delta *deltas = NULL;
	struct sample now;
	size_t nr = 0;
	int ret = sample_take(&now, &top->source, &top->last);

	if (ret < 0)
		return -1;
	if (ret == COUNTERS_MOVED)
		warnx("the VM was moved or restored: its counters began again");
	ret = deltas_between(&deltas, &nr, ret == COUNTERS_MOVED ? NULL : &top->last, &now);
	deltas_free(top->deltas, top->nr);
	top->deltas = deltas;
	top->nr = nr;
	sample_free(&top->last);
	top->last = now;
	if (!ret && !options->own_queries)
		deltas_leave_out_own(deltas, nr);
	return ret;
}

/* While the screen is ours, what is said on stderr goes to top->note. */
static int take_sample_quietly(struct top *top, const struct options *options)
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
	ret = take_sample(top, options);
	stderr = saved;
	fclose(stream);
	return ret;
}

static void make_head(const struct top *top, const struct options *options, char *text,
		      size_t size)
{
	const struct counters *counters = &top->deltas[0].counters;
	const bool has_away = counters->features & EXIT_STATS_F_AWAY;

	long double exits = 0, percent = 0;
	time_t now = time(NULL);
	char clock[16];
	size_t i, used;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	snprintf(text, size, "cpuid-exits top - %s  %s, %u vCPU%s, every %g s, sorted by %s\n",
		 clock, isa_name(counters->isa), counters->nr_vcpus,
		 counters->nr_vcpus == 1 ? "" : "s", (double)options->interval_ns / NS_PER_S,
		 options->table.sort->name);
	used = strlen(text);
	for (i = 0; i < top->nr; i++) {
		const struct delta *delta = &top->deltas[i];

		long double share = 0;

		if (!delta->elapsed_ns) {
			snprintf(text + used, size - used, "since the counters began");
			return;
		}
		exits += (long double)delta->counters.total.exits * NS_PER_S / delta->elapsed_ns;
		delta_cpu_share(delta, has_away ? delta->counters.total.away :
						  delta->counters.total.handled, &share);
		percent += share / top->nr;
	}
	snprintf(text + used, size - used, "%.1Lf exits/s, %.2Lf %% of the CPUs' time %s", exits,
		 percent, has_away ? "away from the guest, without idle time" : "handling exits");
}

static void draw(struct top *top, const struct options *options)
{
	struct table table;
	char head[256], *lines;

	if (top->shows_help) {
		screen_page(help);
		return;
	}
	make_head(top, options, head, sizeof(head));
	table_fill(&table, top->deltas, top->nr, &options->table);
	lines = table_lines(&table, screen_width());
	top->offset = screen_draw(head, top->note, lines, keys, top->offset);
	free(lines);
	table_free(&table);
}

/* The column before or behind that which it is sorted by, of those shown. */
static void sort_by_next(struct table_options *table, int step)
{
	const struct column_list *list = &table->columns;
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (list->columns[i] == table->sort)
			break;
	}
	table->sort = list->columns[(i + list->nr + step) % list->nr];
}

/* Returns false if it is to end. */
static bool press(struct top *top, struct options *options, int key, __u64 *deadline)
{
	if (top->shows_help) {
		top->shows_help = false;
		return key != 'q';
	}
	switch (key) {
	case 'q':
		return false;
	case '?':
	case 'h':
		top->shows_help = true;
		break;
	case '<':
		sort_by_next(&options->table, -1);
		break;
	case '>':
		sort_by_next(&options->table, 1);
		break;
	case ' ':
		*deadline = clock_now();
		break;
	case 'k':
	case KEY_OF_UP:
		top->offset -= top->offset > 0;
		break;
	case 'j':
	case KEY_OF_DOWN:
		top->offset++;
		break;
	case KEY_OF_PAGE_UP:
		top->offset -= top->offset < 10 ? top->offset : 10;
		break;
	case KEY_OF_PAGE_DOWN:
		top->offset += 10;
		break;
	}
	return true;
}

/* Waits for keys, signals and times.  Returns when it is to end; -1 is an error. */
static int run(struct top *top, struct options *options, int signals)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	__u64 deadline = top->last.time_ns + options->interval_ns;
	unsigned int shown = 1;

	draw(top, options);
	for (;;) {
		__u64 now = clock_now();
		struct timespec rest = {};
		int key;

		if (now >= deadline) {
			if (shown++ == options->iterations)
				return 0;
			if (take_sample_quietly(top, options))
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
		while ((key = screen_key()) != KEY_OF_NONE) {
			if (!press(top, options, key, &deadline))
				return 0;
			draw(top, options);
		}
	}
}

/* Tables one after another.  Returns when it is to end; -1 is an error. */
static int run_batch(struct top *top, const struct options *options, int signals)
{
	struct pollfd wait = { .fd = signals, .events = POLLIN };
	__u64 deadline = top->last.time_ns;
	unsigned int shown = 0;

	for (;;) {
		struct timespec rest = {};
		char head[256];
		__u64 now;

		make_head(top, options, head, sizeof(head));
		printf("%s%s\n\n", shown ? "\n" : "", head);
		if (exits_print(top->deltas, top->nr, &options->table, stdout) || fflush(stdout))
			return -1;
		if (++shown == options->iterations)
			return 0;
		deadline += options->interval_ns;
		now = clock_now();
		if (deadline > now) {
			rest.tv_sec = (deadline - now) / NS_PER_S;
			rest.tv_nsec = (deadline - now) % NS_PER_S;
		}
		if (ppoll(&wait, 1, &rest, NULL))
			return 0;
		if (take_sample(top, options))
			return -1;
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

/* Sorts by what is shown. */
static void choose_columns(struct options *options, const struct top *top)
{
	const __u32 features = top->deltas[0].counters.features;
	const char *sort = features & EXIT_STATS_F_AWAY ? "AWAY%" :
			   features & EXIT_STATS_F_CYCLES ? "HANDLED%" : "EXITS/S";
	struct table_options *table = &options->table;
	size_t i;

	options_exits(options, top->deltas, top->nr, NULL);
	if (options->sort)
		columns_add(&table->columns, options->sort, IN_TOP);
	else
		table->sort = column_find(sort);
	for (i = 0; i < table->columns.nr; i++) {
		if (table->columns.columns[i] == table->sort)
			return;
	}
	table->sort = table->columns.columns[table->columns.nr - 1];
}

/**
 * cmd_top - the exits as they happen
 * @options: what the command line says
 *
 * Return: the program's status.
 */
int cmd_top(struct options *options)
{
	struct top top = { .source.vcpus = options->vcpus };
	int ret = -1, signals;

	top.source.features = options_features(options);
	options->table.ever = true;
	if ((!options->batch && screen_check()) ||
	    sample_take(&top.last, &top.source, NULL))
		return EXIT_FAILURE;
	deltas_between(&top.deltas, &top.nr, NULL, &top.last);
	if (!options->own_queries)
		deltas_leave_out_own(top.deltas, top.nr);
	choose_columns(options, &top);

	signals = catch_signals();
	if (signals >= 0 && options->batch) {
		ret = run_batch(&top, options, signals);
	} else if (signals >= 0 && !screen_begin()) {
		ret = run(&top, options, signals);
		screen_end();
		if (ret && top.note)
			fputs(top.note, stderr);
	}
	if (signals >= 0)
		close(signals);
	deltas_free(top.deltas, top.nr);
	sample_free(&top.last);
	free(top.note);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
