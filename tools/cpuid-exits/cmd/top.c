// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits top: the exits as they happen, on the whole terminal, for which ncurses does
 * the work; or in batch mode as tables one after another.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "cmd/child.h"
#include "cmd/commands.h"
#include "counters/reasons.h"
#include "fail.h"
#include "output/summary.h"

/* <term.h> makes macros of common words, so it comes last. */
#include <curses.h>
#include <term.h>
#undef columns
#undef lines

#define PAGE		10
#define PAD_WIDTH	512

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

struct top {
	struct options *options;	/* the column to sort by changes */
	struct source source;
	struct sample last;
	struct delta *deltas;		/* what happened until then */
	size_t nr;
	char *note;			/* what was said meanwhile, or NULL */
	__u64 deadline;			/* for the next sample */
	long offset;			/* rows scrolled out */
	bool shows_help;		/* instead of the table */
};

static int take_sample(struct top *top)
{
	struct sample now;
	int ret = sample_take(&now, &top->source, &top->last);

	if (ret < 0)
		return -1;
	if (ret == COUNTERS_MOVED)
		warnx("the VM was moved or restored: its counters began again");
	deltas_free(top->deltas, top->nr);
	ret = deltas_between(&top->deltas, &top->nr, ret ? NULL : &top->last, &now);
	sample_free(&top->last);
	top->last = now;
	if (!ret && !top->options->own_queries)
		deltas_leave_out_own(top->deltas, top->nr);
	return ret;
}

/* While the screen is ours, what is said on stderr goes to top->note. */
static int take_sample_quietly(struct top *top)
{
	FILE *saved = stderr;
	size_t size;
	int ret;

	free(top->note);
	top->note = NULL;
	stderr = open_memstream(&top->note, &size);
	ret = stderr ? take_sample(top) : -1;
	if (stderr)
		fclose(stderr);
	stderr = saved;
	return ret;
}

static void make_head(const struct top *top, char *text, size_t size)
{
	const struct counters *counters = &top->deltas[0].counters;
	const __u32 feature = counters->features & EXIT_STATS_F_AWAY ?: EXIT_STATS_F_CYCLES;

	long double share = summary_share(top->deltas, top->nr, feature), exits = 0;
	time_t now = time(NULL);
	char clock[16];
	size_t i, used;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	used = snprintf(text, size,
			"cpuid-exits top - %s  %s, %u vCPU%s, every %g s, sorted by %s\n",
			clock, isa_name(counters->isa), counters->nr_vcpus,
			counters->nr_vcpus == 1 ? "" : "s",
			(double)top->options->interval_ns / NS_PER_S,
			top->options->table.sort->name);
	if (!top->deltas[0].elapsed_ns) {
		snprintf(text + used, size - used, "since the counters began");
		return;
	}
	for (i = 0; i < top->nr; i++)
		exits += (long double)top->deltas[i].counters.total.exits * NS_PER_S /
			 top->deltas[i].elapsed_ns;
	snprintf(text + used, size - used, "%.1Lf exits/s, %.2Lf %% of the CPUs' time %s", exits,
		 share < 0 ? 0 : share, feature == EXIT_STATS_F_AWAY ?
		 "away from the guest, without idle time" : "handling exits");
}

/* Two lines of head, the note, the headings, rows as far as there is room, and the total. */
static void draw(struct top *top)
{
	const long room = LINES > 6 ? LINES - 6 : 1;
	struct table table;
	char head[256], *text;
	long rows, shown;
	WINDOW *pad;

	table_of_exits(&table, &top->options->table, top->deltas, top->nr);
	text = table_lines(&table, COLS);
	rows = table.nr_lines - 1;
	shown = rows < room ? rows : room;
	if (top->offset > rows - shown)
		top->offset = rows - shown;
	if (top->offset < 0)
		top->offset = 0;
	make_head(top, head, sizeof(head));

	/* What doesn't fit on the screen is cut by showing parts of what is wider. */
	pad = newpad(rows + 16, PAD_WIDTH);
	waddstr(pad, top->shows_help ? help : head);
	if (!top->shows_help) {
		mvwaddstr(pad, 2, 0, top->note ?: "");
		mvwaddstr(pad, 3, 0, text);
		mvwchgat(pad, 3, 0, COLS, A_REVERSE, 0, NULL);
	}
	erase();
	if (!top->shows_help)
		mvaddnstr(LINES - 1, 0, keys, COLS);
	wnoutrefresh(stdscr);
	if (top->shows_help) {
		pnoutrefresh(pad, 0, 0, 0, 0, LINES - 1, COLS - 1);
	} else {
		pnoutrefresh(pad, 0, 0, 0, 0, 3, COLS - 1);
		pnoutrefresh(pad, 4 + top->offset, 0, 4, 0, 3 + shown, COLS - 1);
		pnoutrefresh(pad, 4 + rows, 0, 4 + shown, 0, 4 + shown, COLS - 1);
	}
	doupdate();
	delwin(pad);
	free(text);
	table_free(&table);
}

static int print(const struct top *top, bool is_first)
{
	struct table table;
	char head[256];

	make_head(top, head, sizeof(head));
	printf("%s%s\n\n", is_first ? "" : "\n", head);
	table_of_exits(&table, &top->options->table, top->deltas, top->nr);
	table_print(&table, stdout);
	table_free(&table);
	return fflush(stdout);
}

/* The column before or behind that which it is sorted by, of those shown. */
static void sort_by_next(struct table_options *table, int step)
{
	const struct column_list *list = &table->columns;
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (list->shown[i].column == table->sort)
			break;
	}
	table->sort = list->shown[(i + list->nr + step) % list->nr].column;
}

/* Returns false if it is to end. */
static bool press(struct top *top, int key)
{
	static const struct {
		int key, scroll, sort;
	} moves[] = {
		{ 'k', -1, 0 },
		{ KEY_UP, -1, 0 },
		{ 'j', 1, 0 },
		{ KEY_DOWN, 1, 0 },
		{ KEY_PPAGE, -PAGE, 0 },
		{ KEY_NPAGE, PAGE, 0 },
		{ '<', 0, -1 },
		{ '>', 0, 1 },
	};
	size_t i;

	for (i = 0; !top->shows_help && i < sizeof(moves) / sizeof(*moves); i++) {
		if (moves[i].key != key)
			continue;
		top->offset += moves[i].scroll;
		sort_by_next(&top->options->table, moves[i].sort);
	}
	if (key == ' ' && !top->shows_help)
		top->deadline = clock_now();
	top->shows_help = !top->shows_help && (key == '?' || key == 'h');
	return key != 'q';
}

/* Waits for the deadline; in batch mode not for keys.  Returns false if it is to end. */
static bool wait_for_deadline(struct top *top)
{
	const bool batch = top->options->batch;
	struct child none = {};
	enum event event;
	int key;

	for (;;) {
		event = child_wait(&none, &top->deadline, batch ? -1 : STDIN_FILENO);
		if (event != EVENT_INPUT)
			return event == EVENT_TIME;
		/* ncurses tells of a new size as of a key. */
		while ((key = getch()) != ERR) {
			if (!press(top, key))
				return false;
			draw(top);
		}
	}
}

/* Returns when it is to end; -1 is an error. */
static int run(struct top *top)
{
	const struct options *options = top->options;
	unsigned int shown = 0;

	top->deadline = top->last.time_ns;
	for (;;) {
		if (!options->batch)
			draw(top);
		else if (print(top, !shown))
			return -1;
		shown++;
		/* The last table stays on the screen as long as others. */
		if (options->batch && shown == options->iterations)
			return 0;
		top->deadline = clock_next(top->deadline, options->interval_ns);
		if (!wait_for_deadline(top) || shown == options->iterations)
			return 0;
		if (options->batch ? take_sample(top) : take_sample_quietly(top))
			return -1;
	}
}

/* Sorts by what is shown. */
static void choose(struct top *top)
{
	struct table_options *table = &top->options->table;
	const struct column_list *list = &table->columns;
	size_t i;

	choose_exits(top->options, top->deltas, top->nr, NULL);
	if (top->options->sort)
		columns_add(&table->columns, top->options->sort, IN_TOP);
	for (i = 0; i < list->nr; i++) {
		if (list->shown[i].column == table->sort)
			return;
	}
	table->sort = list->shown[list->nr - 1].column;
}

/* newterm() would say so too, but leaves memory behind when it fails. */
static int check_terminal(void)
{
	const bool has_output = isatty(STDOUT_FILENO);
	int known;

	if (!has_output || !isatty(STDIN_FILENO))
		return fail("top: standard %s is not a terminal; --batch needs none",
			    has_output ? "input" : "output");
	if (setupterm(NULL, STDOUT_FILENO, &known) != OK)
		return fail("top: the terminal's type, '%s', is not known", getenv("TERM") ?: "");
	del_curterm(cur_term);
	return 0;
}

static int run_on_screen(struct top *top)
{
	SCREEN *screen = newterm(NULL, stdout, stdin);
	int ret;

	if (!screen)
		return fail("top: cannot use the terminal");
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	/* Not all terminals can hide it. */
	curs_set(0);
	ret = run(top);
	endwin();
	delscreen(screen);
	if (ret && top->note)
		fputs(top->note, stderr);
	return ret;
}

int cmd_top(struct options *options)
{
	struct top top = { .options = options, .source.vcpus = options->vcpus };
	int ret = -1;

	top.source.features = choose_features(options);
	options->table.ever = true;
	if ((!options->batch && check_terminal()) ||
	    sample_take(&top.last, &top.source, NULL))
		return -1;
	deltas_between(&top.deltas, &top.nr, NULL, &top.last);
	if (!options->own_queries)
		deltas_leave_out_own(top.deltas, top.nr);
	choose(&top);

	if (!child_signals())
		ret = options->batch ? run(&top) : run_on_screen(&top);
	deltas_free(top.deltas, top.nr);
	sample_free(&top.last);
	free(top.note);
	return ret;
}
