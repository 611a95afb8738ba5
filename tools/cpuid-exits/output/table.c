// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: libsmartcols holds and renders them; CSV and JSON are written from what it holds.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "counters/reasons.h"
#include "output/table.h"
#include "xalloc.h"

/* From here on a change is worth a colour. */
#define MUCH_MORE	1.05L
#define MUCH_LESS	0.95L

static void must(int failed)
{
	if (failed)
		errx(EXIT_FAILURE, "cannot make the table");
}

/* Before any line.  In JSON, headings in small letters are the names of members. */
void table_add_column(struct table *table, const char *heading, enum unit unit)
{
	/* A text can be cut, a number can't. */
	must(!scols_table_new_column(table->scols, heading, 0,
				     unit == UNIT_TEXT ? SCOLS_FL_TRUNC : SCOLS_FL_RIGHT));
}

static void add_column_of_side(struct table *table, const struct shown *shown, size_t side,
			       const struct table_options *options)
{
	static const char *const plain[] = { "", "-A", "/A" };
	static const char *const exact[] = { "", "-DIFF", "-RATIO" };
	const struct column *column = shown->column;
	const enum aspect aspect = shown->aspect;
	const char letter = 'A' + side;
	char name[CELL_SIZE];

	/* People have less room, and are told beside the table what it is per. */
	if (!options->per || column->unit < UNIT_COUNT)
		snprintf(name, sizeof(name), "%s", column->name);
	else if (options->form == FORM_PLAIN)
		snprintf(name, sizeof(name), "%s-%c%s", column->name, letter, plain[aspect]);
	else
		snprintf(name, sizeof(name), "%s%s%s-%c", column->name,
			 column->is_sum && aspect != ASPECT_RATIO ? options->per : "",
			 exact[aspect], letter);
	table_add_column(table, name, aspect == ASPECT_RATIO ? UNIT_RATIO : column->unit);
	table->columns[table->nr] = *shown;
	table->columns[table->nr++].side = side;
}

/* @nr_sides is how many files are compared, or 1. */
void table_begin(struct table *table, const struct table_options *options, size_t nr_sides)
{
	const struct column_list *list = &options->columns;
	size_t i, side;

	*table = (struct table) {
		.scols = scols_new_table(),
		.form = options->form,
		.sort = options->sort,
		.divisors = options->divisors,
		.nr_sides = nr_sides,
		.columns = xreallocarray(NULL, list->nr * nr_sides, sizeof(*table->columns)),
	};
	must(!table->scols ||
	     scols_table_enable_raw(table->scols, options->form == FORM_RAW) ||
	     scols_table_enable_noheadings(table->scols, options->no_headings));
	for (i = 0; i < list->nr; i++) {
		const struct shown *shown = &list->shown[i];

		/* What names a line is the same on all sides; the first one's change is none. */
		if (shown->column->unit < UNIT_COUNT)
			add_column_of_side(table, shown, 0, options);
		else
			for (side = shown->aspect != ASPECT_VALUE; side < nr_sides; side++)
				add_column_of_side(table, shown, side, options);
	}
}

/* @text is copied, NULL if there is nothing to say; @color is as libsmartcols names them. */
void table_set(struct table *table, size_t line, size_t column, const char *text,
	       const char *color)
{
	struct libscols_line *found = scols_table_get_line(table->scols, line);

	/* Raw fields are counted by the blanks between them. */
	if (!text && table->form == FORM_RAW)
		text = "-";
	if (text)
		must(scols_line_set_data(found, column, text));
	if (color)
		must(scols_cell_set_color(scols_line_get_cell(found, column), color));
}

static bool change_text(const struct shown *shown, long double base, long double number,
			enum form form, char *text, const char **color)
{
	const struct value ratio = { .number = base > 0 ? number / base : 0 };

	if (base > 0 ? number > MUCH_MORE * base : number > 0)
		*color = "red";
	else if (number < MUCH_LESS * base)
		*color = "green";
	if (shown->aspect == ASPECT_DIFF) {
		difference_text(number - base, shown->column->unit, form, text);
		return true;
	}
	if (base > 0)
		value_text(&ratio, UNIT_RATIO, form, text);
	else
		stpcpy(text, "new");
	/* No number, so nothing for what reads numbers. */
	return base > 0 || (form == FORM_PLAIN && number > 0);
}

/*
 * Adds a line, of as many rows as files are compared.  Raw output and CSV have no totals:
 * they would be more lines to be summed up.
 */
void table_add_row(struct table *table, const struct row *rows)
{
	const size_t line = table->nr_lines;
	struct libscols_line *added;
	size_t i;

	if (rows->is_total && (table->form == FORM_RAW || table->form == FORM_CSV))
		return;
	added = scols_table_new_line(table->scols, NULL);
	must(!added || scols_line_set_userdata(added, rows->is_total ? table : NULL));
	table->nr_lines++;
	for (i = 0; i < table->nr; i++) {
		const struct shown *shown = &table->columns[i];
		const struct column *column = shown->column;
		const struct row *row = &rows[shown->side];
		const char *color = row->is_total ? "bold" : NULL;
		struct value value, base;
		char text[CELL_SIZE];
		bool known;

		/* Some side has it. */
		while (column->unit < UNIT_COUNT && !row->delta)
			row++;
		known = column_value(column, row, &value);
		if (known && shown->aspect == ASPECT_VALUE)
			value_text(&value, column->unit, table->form, text);
		else if (known)
			known = column_value(column, rows, &base) &&
				change_text(shown, base.number, value.number, table->form, text,
					    &color);
		table_set(table, line, i, known ? text : NULL, color);
	}
}

/* What lines are sorted by, one after another. */
struct order {
	int rank;
	struct value value;
	long double change, most;
	const struct row *row;	/* the first that there is */
};

static struct order order_of(const struct row *rows, const struct table *table)
{
	const struct column *sort = table->sort;
	struct order order = { .row = rows };
	struct value value;
	size_t i;

	while (!order.row->delta)
		order.row++;
	order.rank = column_value(sort, order.row, &order.value) ? 1 : 2;
	if (sort->unit < UNIT_COUNT) {
		order.most = -order.value.number;
		return order;
	}
	for (i = 0; i < table->nr_sides; i++) {
		if (!column_value(sort, &rows[i], &value))
			continue;
		order.most = fmaxl(order.most, value.number);
		if (!i || order.row != rows || order.rank == 2)
			continue;
		order.change = fmaxl(order.change, fabsl(value.number - order.value.number));
		order.rank = 0;
	}
	/* Idle time is behind all other times away. */
	if (sort->needs & EXIT_STATS_F_AWAY && row_is_idle(order.row))
		order.rank = 3;
	return order;
}

/*
 * For qsort_r(): what names a line ascends, what measures it descends; of files that are
 * compared the biggest change from the first.
 */
static int compare_lines(const void *one, const void *two, void *table)
{
	const struct order a = order_of(one, table), b = order_of(two, table);
	const __u32 isa_a = a.row->delta->counters.isa, isa_b = b.row->delta->counters.isa;

	if (a.rank != b.rank)
		return a.rank - b.rank;
	if (strcmp(a.value.text, b.value.text))
		return strcmp(a.value.text, b.value.text);
	if (a.change != b.change)
		return a.change > b.change ? -1 : 1;
	if (a.most != b.most)
		return a.most > b.most ? -1 : 1;
	return isa_a != isa_b ? (isa_a < isa_b ? -1 : 1) :
				(int)a.row->count.code - (int)b.row->count.code;
}

/* Adds @nr lines, which are sorted here. */
void table_add_sorted(struct table *table, struct row *rows, size_t nr)
{
	size_t i;

	if (nr)
		qsort_r(rows, nr, table->nr_sides * sizeof(*rows), compare_lines, table);
	for (i = 0; i < nr; i++)
		table_add_row(table, &rows[i * table->nr_sides]);
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
	const size_t last = table->nr - 1;
	size_t line, i;

	for (i = 0; !scols_table_is_noheadings(table->scols) && i <= last; i++)
		print_csv_field(heading(table, i), i == last, stream);
	for (line = 0; line < table->nr_lines; line++) {
		for (i = 0; i <= last; i++)
			print_csv_field(cell(table, line, i) ?: "", i == last, stream);
	}
}

/* https://no-color.org */
static bool wants_colors(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(stream)) && !(no_color && *no_color);
}

/* In any form but JSON.  Errors of the stream are left to who closes it. */
void table_print(struct table *table, FILE *stream)
{
	const bool has_colors = table->form == FORM_PLAIN && wants_colors(stream);

	if (table->form == FORM_CSV)
		print_csv(table, stream);
	else if (scols_table_set_stream(table->scols, stream) ||
		 scols_table_enable_colors(table->scols, has_colors) ||
		 scols_print_table(table->scols))
		errx(EXIT_FAILURE, "cannot print the table");
}

/*
 * For a screen of that width: columns that don't fit on it are left out, from the right, and
 * the others don't change theirs with what is in them.  0 is as wide as it is.  For free().
 */
char *table_lines(struct table *table, size_t width)
{
	size_t used = 0, i;
	char *lines;

	for (i = 0; width && i < table->nr; i++) {
		struct libscols_column *column = scols_table_get_column(table->scols, i);
		const size_t own = unit_width(table->columns[i].column->unit);
		const size_t name = strlen(heading(table, i)), hint = own > name ? own : name;
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

/* Prints an array of objects: the totals, or all lines but those. */
void table_json(const struct table *table, const char *name, bool totals, struct json *json)
{
	size_t line, i;

	json_open(json, name, '[');
	for (line = 0; line < table->nr_lines; line++) {
		struct libscols_line *found = scols_table_get_line(table->scols, line);

		if (totals != !!scols_line_get_userdata(found))
			continue;
		json_open(json, NULL, '{');
		for (i = 0; i < table->nr; i++) {
			const char *text = cell(table, line, i);

			if (table->columns[i].column->unit == UNIT_TEXT)
				json_string(json, heading(table, i), text);
			else
				json_number(json, heading(table, i), "%s", text ?: "null");
		}
		json_close(json, '}');
	}
	json_close(json, ']');
}

void table_free(struct table *table)
{
	scols_unref_table(table->scols);
	free(table->columns);
}

/* A row of each side; of codes that mean something else there, none. */
static void fill_line(const struct table *table, struct row *rows, const struct delta *sides,
		      __u32 isa, __u32 code)
{
	size_t i;

	for (i = 0; i < table->nr_sides; i++) {
		rows[i] = row_of(&sides[i], code);
		if (table->divisors)
			rows[i].divisor = table->divisors[i];
		if (code != CODE_TOTAL && sides[i].counters.isa != isa)
			rows[i].delta = NULL;
	}
}

static bool is_listed(const struct row *rows, size_t side)
{
	while (side--) {
		if (rows[side].delta && row_occurred(&rows[side]))
			return true;
	}
	return false;
}

/* Adds the exits of a VM or a vCPU, or of files side by side, and their total. */
void table_add_exits(struct table *table, const struct delta *sides,
		     const struct table_options *options)
{
	struct row *lines = xreallocarray(NULL, table->nr_sides, sizeof(*lines));
	size_t nr = 0, side;
	__u32 code;

	for (side = 0; side < table->nr_sides; side++) {
		const struct counters *counters = &sides[side].counters;

		for (code = 0; code <= EXIT_STATS_CODE_OTHER; code++) {
			struct row *rows = &lines[nr * table->nr_sides];

			if (!counters_find(counters, code) &&
			    !(options->all && reason_meaning(counters->isa, code) &&
			      (code <= counters->max_code || code == EXIT_STATS_CODE_OTHER)))
				continue;
			fill_line(table, rows, sides, counters->isa, code);
			/* What occurred before a delta has a count in it too. */
			if (is_listed(rows, side) ||
			    (!options->all && !options->ever && !row_occurred(&rows[side])))
				continue;
			nr++;
			lines = xreallocarray(lines, (nr + 1) * table->nr_sides, sizeof(*lines));
		}
	}
	table_add_sorted(table, lines, nr);
	fill_line(table, lines, sides, 0, CODE_TOTAL);
	table_add_row(table, lines);
	free(lines);
}

/* Makes a table of exits: of a whole VM, or of each vCPU, and that for each part. */
void exits_fill(struct table *table, const struct delta *deltas, size_t nr,
		const struct table_options *options)
{
	size_t i;

	table_begin(table, options, 1);
	for (i = 0; i < nr; i++)
		table_add_exits(table, &deltas[i], options);
}
