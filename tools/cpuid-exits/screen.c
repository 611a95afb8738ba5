// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows a table of exits on the whole terminal, for which ncurses does the work.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <asm/kvm_exit_stats.h>
#include <curses.h>

#include "clock.h"
#include "names.h"
#include "screen.h"
#include "table.h"
#include "xalloc.h"

#define FIRST_ROW	4

static const char keys[] =
	"q quit   sort by: c code  n name  t total  e exits  y cycles  a average  w away";

static SCREEN *screen;

/**
 * screen_begin - take the terminal over
 *
 * Context: after terminal_check().
 * Return: 0, or -1 after saying on stderr why not.
 */
int screen_begin(void)
{
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		warnx("top: cannot use the terminal");
		return -1;
	}
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	/* Not all terminals can hide it. */
	curs_set(0);
	return 0;
}

/**
 * screen_end - leave the terminal as it was
 */
void screen_end(void)
{
	endwin();
	delscreen(screen);
}

/**
 * screen_key - get the next key that was pressed
 *
 * Return: as getch(), KEY_NONE if there is none.
 */
int screen_key(void)
{
	int key = getch();

	return key == ERR ? KEY_NONE : key;
}

/* Draws one line of text at @x, which moves on; leaves out what does not fit. */
static void draw(int y, int *x, const char *text)
{
	const int len = strcspn(text, "\n");

	if (*x < COLS)
		mvaddnstr(y, *x, text, len < COLS - *x ? len : COLS - *x);
	*x += len;
}

static void draw_line(int y, const char *text)
{
	int x = 0;

	draw(y, &x, text);
}

static void draw_head(const struct view *view)
{
	long double exits = 0, own = 0, percent = 0;
	const struct snapshot *counts = &view->spans[0].counts;
	const bool has_away = counts->features & KVM_EXIT_STATS_F_AWAY;
	time_t now = time(NULL);
	char clock[16], text[160];
	size_t i;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	snprintf(text, sizeof(text), "cpuid-exits top - %s  %s, %u vCPU%s, every %g s", clock,
		 isa_name(counts->isa), counts->nr_vcpus, counts->nr_vcpus == 1 ? "" : "s",
		 (double)view->interval_ns / NS_PER_S);
	draw_line(0, text);

	for (i = 0; i < view->nr; i++) {
		long double share = 0;
		const struct span *span = &view->spans[i];

		if (!span->elapsed_ns)
			return;
		exits += (long double)span->counts.total.exits * NS_PER_S / span->elapsed_ns;
		own += (long double)span->counts.own * NS_PER_S / span->elapsed_ns;
		span_time_share(span, has_away ? span->counts.total.away :
						 span->counts.total.cycles, &share);
		percent += share / view->nr;
	}
	snprintf(text, sizeof(text),
		 "%.1Lf exits/s, %.1Lf of them own queries, %.2Lf %% of the CPUs' time %s",
		 exits, own, percent, has_away ? "lost to exits but HLT" : "in exit handling");
	draw_line(1, text);
}

static size_t cell_width(const struct grid_cell *cell)
{
	return cell->text ? strlen(cell->text) : 0;
}

static size_t *find_widths(const struct grid *grid)
{
	size_t *widths = xreallocarray(NULL, grid->nr_columns, sizeof(*widths));
	size_t row, i;

	for (i = 0; i < grid->nr_columns; i++)
		widths[i] = strlen(grid->columns[i].name);
	for (row = 0; row < grid->nr_rows; row++) {
		for (i = 0; i < grid->nr_columns; i++) {
			size_t width = cell_width(&grid->cells[row * grid->nr_columns + i]);

			if (width > widths[i])
				widths[i] = width;
		}
	}
	return widths;
}

static void draw_cell(int y, int *x, const char *text, const struct grid_column *column,
		      size_t width)
{
	char padded[CELL_SIZE];

	snprintf(padded, sizeof(padded), column->is_text ? "%-*s" : "%*s", (int)width,
		 text ?: "");
	draw(y, x, padded);
}

static void draw_headings(const struct view *view, const struct grid *grid,
			  const size_t *widths)
{
	const int y = FIRST_ROW - 1;
	int x = 0;
	size_t i;

	attron(A_REVERSE);
	for (i = 0; i < grid->nr_columns; i++) {
		if (view->columns->columns[i] == view->sort)
			attron(A_BOLD | A_UNDERLINE);
		draw_cell(y, &x, grid->columns[i].name, &grid->columns[i], widths[i]);
		attroff(A_BOLD | A_UNDERLINE);
		draw(y, &x, " ");
	}
	attroff(A_REVERSE);
}

/* The last line stays free for the keys. */
static void draw_rows(const struct grid *grid, const size_t *widths)
{
	size_t row, i;
	int y = FIRST_ROW;

	for (row = 0; row < grid->nr_rows && y < LINES - 1; row++, y++) {
		const struct grid_cell *cells = &grid->cells[row * grid->nr_columns];
		int x = 0;

		for (i = 0; i < grid->nr_columns; i++) {
			draw_cell(y, &x, cells[i].text, &grid->columns[i], widths[i]);
			draw(y, &x, " ");
		}
	}
}

static void fill_grid(struct grid *grid, const struct view *view)
{
	const struct table_options options = {
		.form = FORM_PLAIN,
		.columns = *view->columns,
	};
	struct row *rows = NULL;
	size_t nr = 0, i;

	for (i = 0; i < view->nr; i++)
		rows_add(&rows, &nr, &view->spans[i], ROWS_EVER);
	rows_sort(rows, nr, view->sort);
	table_add_columns(grid, &options);
	for (i = 0; i < nr; i++)
		table_add_row(grid, &rows[i], &options);
	free(rows);
}

/**
 * screen_draw - show a table
 * @view: what to show
 */
void screen_draw(const struct view *view)
{
	struct grid grid = {};
	size_t *widths;

	fill_grid(&grid, view);
	widths = find_widths(&grid);

	erase();
	draw_head(view);
	if (view->note)
		draw_line(2, view->note);
	draw_headings(view, &grid, widths);
	draw_rows(&grid, widths);
	draw_line(LINES - 1, keys);
	refresh();

	free(widths);
	grid_free(&grid);
}
