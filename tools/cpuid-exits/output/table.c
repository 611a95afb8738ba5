// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: libsmartcols holds and renders them; CSV and JSON are written from what it holds.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "output/table.h"

static void must(int failed)
{
	if (failed)
		errx(EXIT_FAILURE, "cannot make the table");
}

/* https://no-color.org */
static bool wants_colors(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(stream)) && !(no_color && *no_color);
}

/**
 * table_begin - begin a table
 * @table: is overwritten; for table_free()
 * @form: how it will be printed
 * @no_headings: leave the headings out
 */
void table_begin(struct table *table, enum form form, bool no_headings)
{
	memset(table, 0, sizeof(*table));
	table->form = form;
	table->scols = scols_new_table();
	must(!table->scols ||
	     scols_table_enable_raw(table->scols, form == FORM_RAW) ||
	     scols_table_enable_noheadings(table->scols, no_headings));
}

/**
 * table_add_column - add a column, before any line
 * @table: the table
 * @heading: its heading; in JSON, in small letters, the name of its members
 * @unit: what it shows
 */
void table_add_column(struct table *table, const char *heading, enum unit unit)
{
	/* A text can be cut, a number can't. */
	must(!scols_table_new_column(table->scols, heading, 0,
				     unit == UNIT_TEXT ? SCOLS_FL_TRUNC : SCOLS_FL_RIGHT));
	table->units[table->nr++] = unit;
}

/**
 * table_add_line - add a line
 * @table: the table
 */
void table_add_line(struct table *table)
{
	table->line = scols_table_new_line(table->scols, NULL);
	must(!table->line);
}

/**
 * table_set - fill a cell of the last line
 * @table: the table
 * @column: number of the column
 * @text: is copied; NULL if there is nothing to say
 * @color: as libsmartcols names them, or NULL
 */
void table_set(struct table *table, size_t column, const char *text, const char *color)
{
	/* Raw fields are counted by the blanks between them. */
	if (!text && table->form == FORM_RAW)
		text = "-";
	if (text)
		must(scols_line_set_data(table->line, column, text));
	if (color)
		must(scols_cell_set_color(scols_line_get_cell(table->line, column), color));
}

static const char *cell(const struct table *table, size_t line, size_t column)
{
	struct libscols_line *found = scols_table_get_line(table->scols, line);

	return scols_cell_get_data(scols_line_get_cell(found, column));
}

static const char *heading(const struct table *table, size_t column)
{
	struct libscols_column *found = scols_table_get_column(table->scols, column);

	return scols_cell_get_data(scols_column_get_header(found));
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

static void print_csv(const struct table *table, FILE *stream)
{
	const size_t last = table->nr - 1, nr = scols_table_get_nlines(table->scols);
	size_t line, i;

	for (i = 0; !scols_table_is_noheadings(table->scols) && i <= last; i++)
		print_csv_field(heading(table, i), i == last, stream);
	for (line = 0; line < nr; line++) {
		for (i = 0; i <= last; i++)
			print_csv_field(cell(table, line, i) ?: "", i == last, stream);
	}
}

/**
 * table_print - print a table in any form but JSON
 * @table: the table, with at least one column
 * @stream: where to
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.  Errors of
 * the stream itself are left to who closes it.
 */
int table_print(struct table *table, FILE *stream)
{
	if (table->form == FORM_CSV) {
		print_csv(table, stream);
		return 0;
	}
	if (!scols_table_set_stream(table->scols, stream) &&
	    !scols_table_enable_colors(table->scols,
				       table->form == FORM_PLAIN && wants_colors(stream)) &&
	    !scols_print_table(table->scols))
		return 0;
	warnx("cannot print the table");
	return -1;
}

/**
 * table_lines - render a table for a screen
 * @table: the table
 * @width: of the screen; columns that don't fit on it are left out, from the right.  The
 *	   others don't change their width with what is in them.  0 is as wide as it is.
 *
 * Return: the lines, for free().
 */
char *table_lines(struct table *table, size_t width)
{
	size_t used = 0, i;
	char *lines;

	for (i = 0; width && i < table->nr; i++) {
		struct libscols_column *column = scols_table_get_column(table->scols, i);
		const size_t own = unit_width(table->units[i]), name = strlen(heading(table, i));
		const size_t hint = own > name ? own : name;
		int flags = scols_column_get_flags(column) | SCOLS_FL_STRICTWIDTH;

		used += hint + 1;
		if (i && used > width)
			flags |= SCOLS_FL_HIDDEN;
		must(scols_column_set_whint(column, hint) || scols_column_set_flags(column, flags));
	}
	if (width)
		must(scols_table_set_termforce(table->scols, SCOLS_TERMFORCE_ALWAYS) ||
		     scols_table_set_termwidth(table->scols, width));
	must(scols_print_table_to_string(table->scols, &lines));
	return lines;
}

/**
 * table_json - print a table as an array of objects
 * @table: the table
 * @name: of the array
 * @json: where to
 */
void table_json(const struct table *table, const char *name, struct json *json)
{
	const size_t nr = scols_table_get_nlines(table->scols);
	size_t line, i;

	json_array_open(json, name);
	for (line = 0; line < nr; line++) {
		json_open(json, NULL);
		for (i = 0; i < table->nr; i++) {
			const char *text = cell(table, line, i);

			if (table->units[i] == UNIT_TEXT)
				json_string(json, heading(table, i), text);
			else
				json_number(json, heading(table, i), "%s", text ?: "null");
		}
		json_close(json);
	}
	json_array_close(json);
}

/**
 * table_free - free a table
 * @table: begun
 */
void table_free(struct table *table)
{
	scols_unref_table(table->scols);
}
