// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how long the absences of one reason were: a line for each bucket, from the
 * first that has any to the last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "absences.h"
#include "histogram.h"
#include "names.h"
#include "xalloc.h"

/* Where there is no terminal, and the least that a bar needs on one. */
#define DEFAULT_WIDTH	80
#define MIN_BAR		10

/* Columns of the forms that aren't for eyes. */
enum { PART, VCPU, CODE, REASON, BUCKET, FROM, TO, FROM_NS, TO_NS, COUNT, SHARE, NR };

static const char *const names[NR] = {
	"PART", "VCPU", "CODE", "REASON", "BUCKET", "FROM-CYCLES", "TO-CYCLES", "FROM-NS",
	"TO-NS", "COUNT", "SHARE%"
};

/**
 * histogram_row - tell what there is of a reason
 * @span: must outlive the row
 * @code: its code
 *
 * Return: the row.
 */
struct row histogram_row(const struct span *span, __u32 code)
{
	const struct exit_record *found = snapshot_find(&span->counts, code);

	return (struct row) {
		.span = span,
		.record = found ? *found : (struct exit_record) { .code = code },
		.spread = -1,
	};
}

static int first_bucket(const struct exit_record *record)
{
	int bucket = 0;

	while (bucket < KVM_EXIT_STATS_NR_BUCKETS && !record->buckets[bucket])
		bucket++;
	return bucket;
}

static bool bucket_text(const struct row *row, unsigned int bucket, int column, char *text)
{
	const struct exit_record *record = &row->record;
	const __u64 from = bucket ? 1ULL << bucket : 0, to = absences_bound(record, bucket);

	switch (column) {
	case PART:
		return row_cell(row, COL_PART, true, text);
	case VCPU:
		return row_cell(row, COL_VCPU, true, text);
	case CODE:
		return row_cell(row, COL_CODE, true, text);
	case REASON:
		return row_cell(row, COL_REASON, true, text);
	case BUCKET:
		snprintf(text, CELL_SIZE, "%u", bucket);
		return true;
	case FROM:
		snprintf(text, CELL_SIZE, "%llu", from);
		return true;
	case TO:
		snprintf(text, CELL_SIZE, "%llu", to);
		return true;
	case FROM_NS:
		return row_ns_text(row, from, 1, text);
	case TO_NS:
		return row_ns_text(row, to, 1, text);
	case COUNT:
		snprintf(text, CELL_SIZE, "%llu", record->buckets[bucket]);
		return true;
	default:
		snprintf(text, CELL_SIZE, "%.2Lf",
			 100.0L * record->buckets[bucket] / absences_count(record));
		return true;
	}
}

/* Adds the lines of a row; @columns ends with NR. */
static void add_lines(struct grid *grid, const struct row *row, const int *columns)
{
	const int last = absences_last_bucket(&row->record);
	int bucket, i;

	for (bucket = first_bucket(&row->record); bucket <= last; bucket++) {
		struct grid_cell *cells = grid_add_row(grid);

		for (i = 0; columns[i] < NR; i++) {
			char text[CELL_SIZE];

			if (bucket_text(row, bucket, columns[i], text))
				grid_set(&cells[i], text);
		}
	}
}

static void add_columns(struct grid *grid, const int *columns)
{
	int i;

	for (i = 0; columns[i] < NR; i++)
		grid_add_column(grid, names[columns[i]], columns[i] == REASON);
}

/* How wide the table is, with a blank behind each column. */
static size_t grid_width(const struct grid *grid)
{
	size_t width = 0, row, i;

	for (i = 0; i < grid->nr_columns; i++) {
		size_t most = strlen(grid->columns[i].name);

		for (row = 0; row < grid->nr_rows; row++) {
			const char *text = grid->cells[row * grid->nr_columns + i].text;

			if (text && strlen(text) > most)
				most = strlen(text);
		}
		width += most + 1;
	}
	return width;
}

static size_t line_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return DEFAULT_WIDTH;
}

static void set_bar(struct grid_cell *cell, long double part, size_t room)
{
	size_t length = part * room + 0.5L;
	char *bar;

	if (part <= 0)
		return;
	if (!length)
		length = 1;
	bar = xreallocarray(NULL, length + 1, 1);
	memset(bar, '#', length);
	bar[length] = '\0';
	grid_set(cell, bar);
	free(bar);
}

/* Adds the bars as a last column, as long as the line lets them be. */
static void add_bars(struct grid *grid, const struct grid *numbers,
		     const struct exit_record *record)
{
	const size_t width = grid_width(numbers), line = line_width();
	const size_t room = line > width + MIN_BAR ? line - width : MIN_BAR;
	const int first = first_bucket(record);
	__u64 most = 0;
	size_t row, i;

	for (i = 0; i < numbers->nr_columns; i++)
		grid_add_column(grid, numbers->columns[i].name, false);
	grid_add_column(grid, "", true);
	for (row = 0; row < numbers->nr_rows; row++) {
		if (record->buckets[first + row] > most)
			most = record->buckets[first + row];
	}
	for (row = 0; row < numbers->nr_rows; row++) {
		struct grid_cell *cells = grid_add_row(grid);

		for (i = 0; i < numbers->nr_columns; i++)
			grid_set(&cells[i], numbers->cells[row * numbers->nr_columns + i].text);
		set_bar(&cells[i], (long double)record->buckets[first + row] / most, room);
	}
}

/**
 * histogram_draw - draw how long absences were
 * @row: the reason, which has some
 * @no_headings: leave the headings out
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.
 */
int histogram_draw(const struct row *row, bool no_headings)
{
	static const int in_ns[] = { FROM_NS, TO_NS, COUNT, SHARE, NR };
	static const int in_cycles[] = { FROM, TO, COUNT, SHARE, NR };
	const int *columns = row->span->counts.tsc_khz ? in_ns : in_cycles;
	struct grid numbers = {}, grid = {};
	int ret;

	add_columns(&numbers, columns);
	add_lines(&numbers, row, columns);
	add_bars(&grid, &numbers, &row->record);
	ret = grid_print(&grid, FORM_PLAIN, no_headings, stdout);
	grid_free(&grid);
	grid_free(&numbers);
	return ret;
}

/**
 * histogram_print - print how long absences were, raw or as CSV
 * @rows: the reason, in each part and on each vCPU
 * @nr: number of @rows, at least 1
 * @options: tell the form
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.
 */
int histogram_print(const struct row *rows, size_t nr, const struct table_options *options)
{
	int columns[NR + 1], n = 0, column, ret;
	struct grid grid = {};
	size_t i;

	for (column = 0; column <= NR; column++) {
		if ((column == PART && !rows[0].span->part) ||
		    (column == VCPU && !rows[0].span->counts.this_vcpu))
			continue;
		columns[n++] = column;
	}
	add_columns(&grid, columns);
	for (i = 0; i < nr; i++)
		add_lines(&grid, &rows[i], columns);
	ret = grid_print(&grid, options->form, options->no_headings, stdout);
	grid_free(&grid);
	return ret;
}

static void json_cell(struct json *json, const char *name, const struct row *row,
		      enum column column)
{
	char text[CELL_SIZE];

	json_number(json, name, "%s", row_cell(row, column, true, text) ? text : "null");
}

/**
 * histogram_print_json - print how long absences were as an array of objects
 * @rows: the reason, in each part and on each vCPU
 * @nr: number of @rows
 * @json: where to
 */
void histogram_print_json(const struct row *rows, size_t nr, struct json *json)
{
	static const int columns[] = { BUCKET, FROM, TO, FROM_NS, TO_NS, COUNT, SHARE, NR };
	size_t i;

	json_array_open(json, "histograms");
	for (i = 0; i < nr; i++) {
		const struct row *row = &rows[i];
		struct grid grid = {};
		char reason[REASON_SIZE];

		reason_name(row->span->counts.isa, row->record.code, reason);
		json_open(json, NULL);
		json_cell(json, "part", row, COL_PART);
		json_cell(json, "vcpu", row, COL_VCPU);
		json_cell(json, "code", row, COL_CODE);
		json_string(json, "reason", reason);
		json_number(json, "absences", "%llu", absences_count(&row->record));
		json_cell(json, "mean-ns", row, COL_MEAN_NS);
		json_cell(json, "p50-ns", row, COL_P50_NS);
		json_cell(json, "p99-ns", row, COL_P99_NS);
		json_cell(json, "max-ns", row, COL_MAX_NS);
		add_columns(&grid, columns);
		add_lines(&grid, row, columns);
		grid_print_json(&grid, "buckets", json);
		grid_free(&grid);
		json_close(json);
	}
	json_array_close(json);
}
