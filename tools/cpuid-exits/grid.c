// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a table in any form, for the plain and the raw one of which
 * libsmartcols does the work.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "grid.h"
#include "xalloc.h"

/**
 * grid_add_column - add a column, before any row
 * @grid: the table, at first all zero
 * @name: its heading, is copied
 * @is_text: it doesn't hold numbers
 */
void grid_add_column(struct grid *grid, const char *name, bool is_text)
{
	grid->columns = xreallocarray(grid->columns, grid->nr_columns + 1,
				      sizeof(*grid->columns));
	grid->columns[grid->nr_columns++] = (struct grid_column) {
		.name = xstrdup(name),
		.is_text = is_text,
	};
}

/**
 * grid_add_row - add a row
 * @grid: the table
 *
 * Return: its empty cells, one a column; valid until another row is added.
 */
struct grid_cell *grid_add_row(struct grid *grid)
{
	const size_t used = grid->nr_rows * grid->nr_columns;

	grid->cells = xreallocarray(grid->cells, used + grid->nr_columns, sizeof(*grid->cells));
	memset(&grid->cells[used], 0, grid->nr_columns * sizeof(*grid->cells));
	grid->nr_rows++;
	return &grid->cells[used];
}

/**
 * grid_set - fill a cell
 * @cell: the cell, empty so far
 * @text: is copied
 */
void grid_set(struct grid_cell *cell, const char *text)
{
	cell->text = xstrdup(text);
}

static const struct grid_cell *row_cells(const struct grid *grid, size_t row)
{
	return &grid->cells[row * grid->nr_columns];
}

static int fill_table(struct libscols_table *table, const struct grid *grid, enum form form)
{
	size_t row, i;

	for (i = 0; i < grid->nr_columns; i++) {
		if (!scols_table_new_column(table, grid->columns[i].name, 0,
					    grid->columns[i].is_text ? 0 : SCOLS_FL_RIGHT))
			return -1;
	}

	for (row = 0; row < grid->nr_rows; row++) {
		const struct grid_cell *cells = row_cells(grid, row);
		struct libscols_line *line = scols_table_new_line(table, NULL);

		if (!line)
			return -1;
		for (i = 0; i < grid->nr_columns; i++) {
			/* Raw fields are counted by the blanks between them. */
			const char *text = cells[i].text || form != FORM_RAW ? cells[i].text : "-";

			if (text && scols_line_set_data(line, i, text))
				return -1;
			if (cells[i].color &&
			    scols_cell_set_color(scols_line_get_cell(line, i), cells[i].color))
				return -1;
		}
	}
	return 0;
}

/* https://no-color.org */
static bool wants_colors(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(stream)) && !(no_color && *no_color);
}

static int print_table(const struct grid *grid, enum form form, bool no_headings, FILE *stream)
{
	struct libscols_table *table = scols_new_table();
	int ret = -1;

	if (table &&
	    !scols_table_set_stream(table, stream) &&
	    !scols_table_enable_raw(table, form == FORM_RAW) &&
	    !scols_table_enable_noheadings(table, no_headings) &&
	    !scols_table_enable_colors(table, form == FORM_PLAIN && wants_colors(stream)) &&
	    !fill_table(table, grid, form))
		ret = scols_print_table(table);
	scols_unref_table(table);

	if (ret)
		warnx("cannot print the table");
	return ret ? -1 : 0;
}

static void print_csv_field(const char *text, bool is_last, FILE *stream)
{
	const char end = is_last ? '\n' : ',';

	if (!strpbrk(text, ",\"\r\n")) {
		fprintf(stream, "%s%c", text, end);
		return;
	}
	putc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', stream);
		putc(*text, stream);
	}
	fprintf(stream, "\"%c", end);
}

static void print_csv(const struct grid *grid, bool no_headings, FILE *stream)
{
	const size_t last = grid->nr_columns - 1;
	size_t row, i;

	for (i = 0; !no_headings && i <= last; i++)
		print_csv_field(grid->columns[i].name, i == last, stream);
	for (row = 0; row < grid->nr_rows; row++) {
		const struct grid_cell *cells = row_cells(grid, row);

		for (i = 0; i <= last; i++)
			print_csv_field(cells[i].text ?: "", i == last, stream);
	}
}

/**
 * grid_print - print a table
 * @grid: the table, with at least one column
 * @form: any but FORM_JSON
 * @no_headings: leave the headings out
 * @stream: where to
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.  Errors of
 * the stream itself are left to who closes it.
 */
int grid_print(const struct grid *grid, enum form form, bool no_headings, FILE *stream)
{
	if (form != FORM_CSV)
		return print_table(grid, form, no_headings, stream);
	print_csv(grid, no_headings, stream);
	return 0;
}

/**
 * grid_print_json - print a table as an array of objects
 * @grid: the table
 * @name: of the array
 * @json: where to
 */
void grid_print_json(const struct grid *grid, const char *name, struct json *json)
{
	size_t row, i;

	json_array_open(json, name);
	for (row = 0; row < grid->nr_rows; row++) {
		const struct grid_cell *cells = row_cells(grid, row);

		json_open(json, NULL);
		for (i = 0; i < grid->nr_columns; i++) {
			const struct grid_column *column = &grid->columns[i];

			if (column->is_text)
				json_string(json, column->name, cells[i].text);
			else
				json_number(json, column->name, "%s", cells[i].text ?: "null");
		}
		json_close(json);
	}
	json_array_close(json);
}

/**
 * grid_free - free a table
 * @grid: empty afterwards
 */
void grid_free(struct grid *grid)
{
	size_t i;

	for (i = 0; i < grid->nr_columns; i++)
		free(grid->columns[i].name);
	for (i = 0; i < grid->nr_rows * grid->nr_columns; i++)
		free(grid->cells[i].text);
	free(grid->columns);
	free(grid->cells);
	memset(grid, 0, sizeof(*grid));
}
