// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: rows, and which columns of them are shown.  libsmartcols renders them for people;
 * CSV and JSON are written here.
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

/* What people see of keys, unless they want all. */
#define MAX_KEYS	20

static void must(int failed)
{
	if (failed)
		errx(EXIT_FAILURE, "cannot make the table");
}

/* @nr_sides is how many files are compared, or 1. */
void table_begin(struct table *table, const struct table_options *options, size_t nr_sides)
{
	const struct column_list *list = &options->columns;
	size_t i, side;

	*table = (struct table) { .options = *options, .nr_sides = nr_sides };
	for (i = 0; i < list->nr; i++) {
		const struct shown *shown = &list->shown[i];
		/* What names a line is the same on all sides. */
		const size_t end = shown->column->unit < UNIT_COUNT ? 1 : nr_sides;

		/* The first one's change is none. */
		for (side = shown->aspect != ASPECT_VALUE; side < end; side++) {
			table->columns = xreallocarray(table->columns, table->nr + 1,
						       sizeof(*table->columns));
			table->columns[table->nr] = *shown;
			table->columns[table->nr++].side = side;
		}
	}
}

static void heading(const struct table *table, size_t i, char *text)
{
	static const char *const plain[] = { "", "-A", "/A" };
	static const char *const exact[] = { "", "-DIFF", "-RATIO" };
	const struct column *column = table->columns[i].column;
	const enum aspect aspect = table->columns[i].aspect;
	const char letter = 'A' + table->columns[i].side, *per = table->options.per;

	/* People have less room, and are told beside the table what it is per. */
	if (!per || column->unit < UNIT_COUNT)
		snprintf(text, CELL_SIZE, "%s", column->name);
	else if (table->options.form == FORM_PLAIN)
		snprintf(text, CELL_SIZE, "%s-%c%s", column->name, letter, plain[aspect]);
	else
		snprintf(text, CELL_SIZE, "%s%s%s-%c", column->name,
			 column->is_sum && aspect != ASPECT_RATIO ? per : "", exact[aspect],
			 letter);
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

/* Returns false if there is nothing to say; @color is as libsmartcols names them, or NULL. */
static bool cell(const struct table *table, size_t line, size_t i, char *text,
		 const char **color)
{
	const struct row *rows = &table->rows[line * table->nr_sides];
	const struct shown *shown = &table->columns[i];
	const struct row *row = &rows[shown->side];
	const enum unit unit = shown->column->unit;
	const enum form form = table->options.form;
	struct value value, base;

	/* Some side has it. */
	while (unit < UNIT_COUNT && !row->delta)
		row++;
	*color = row->is_total ? "bold" : NULL;
	if (!column_value(shown->column, row, &value))
		return false;
	if (shown->aspect == ASPECT_VALUE)
		value_text(&value, unit, form, text);
	return shown->aspect == ASPECT_VALUE ||
	       (column_value(shown->column, rows, &base) &&
		change_text(shown, base.number, value.number, form, text, color));
}

/*
 * Adds a line, of as many rows as files are compared.  Raw output and CSV have no totals:
 * they would be more lines to be summed up.
 */
void table_add(struct table *table, const struct row *rows)
{
	const size_t nr = table->nr_sides, used = table->nr_lines * nr;
	const enum form form = table->options.form;

	if (rows->is_total && (form == FORM_RAW || form == FORM_CSV))
		return;
	table->rows = xreallocarray(table->rows, used + nr, sizeof(*rows));
	memcpy(&table->rows[used], rows, nr * sizeof(*rows));
	table->nr_lines++;
}

/* What lines are sorted by, one after another. */
struct order {
	long double change, most;
	int rank;
	struct value value;
	const struct row *row;	/* the first that there is */
};

static struct order order_of(const struct row *rows, const struct table *table)
{
	const struct column *sort = table->options.sort;
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
				count_order(&a.row->count, &b.row->count);
}

/* Sorts the lines from @first on. */
void table_sort(struct table *table, size_t first)
{
	const size_t size = table->nr_sides * sizeof(*table->rows);

	if (first < table->nr_lines)
		qsort_r(&table->rows[first * table->nr_sides], table->nr_lines - first, size,
			compare_lines, table);
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
	char text[CELL_SIZE];
	const char *color;
	size_t line, i;

	for (i = 0; !table->options.no_headings && i < table->nr; i++) {
		heading(table, i, text);
		print_csv_field(text, i + 1 == table->nr, stream);
	}
	for (line = 0; line < table->nr_lines; line++) {
		for (i = 0; i < table->nr; i++)
			print_csv_field(cell(table, line, i, text, &color) ? text : "",
					i + 1 == table->nr, stream);
	}
}

static struct libscols_table *render(const struct table *table)
{
	const bool is_raw = table->options.form == FORM_RAW;
	struct libscols_table *scols = scols_new_table();
	char text[CELL_SIZE];
	const char *color;
	size_t line, i;

	must(!scols || scols_table_enable_raw(scols, is_raw) ||
	     scols_table_enable_noheadings(scols, table->options.no_headings));
	for (i = 0; i < table->nr; i++) {
		const struct column *column = table->columns[i].column;
		/* A number can't be cut, nor what a key is called, for there are numbers in it. */
		const int cut = column->needs & EXIT_STATS_F_KEYS ? SCOLS_FL_WRAP : SCOLS_FL_TRUNC;
		const int flags = column->unit == UNIT_TEXT ? cut : SCOLS_FL_RIGHT;

		heading(table, i, text);
		must(!scols_table_new_column(scols, text, 0, flags));
	}
	for (line = 0; line < table->nr_lines; line++) {
		struct libscols_line *added = scols_table_new_line(scols, NULL);

		must(!added);
		for (i = 0; i < table->nr; i++) {
			const bool known = cell(table, line, i, text, &color);

			/* Raw fields are counted by the blanks between them. */
			if (known || is_raw)
				must(scols_line_set_data(added, i, known ? text : "-"));
			if (color)
				must(scols_cell_set_color(scols_line_get_cell(added, i), color));
		}
	}
	return scols;
}

/* https://no-color.org */
static bool wants_colors(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(stream)) && !(no_color && *no_color);
}

/* In any form but JSON.  Errors of the stream are left to who closes it. */
void table_print(const struct table *table, FILE *stream)
{
	const bool has_colors = table->options.form == FORM_PLAIN && wants_colors(stream);
	struct libscols_table *scols;

	if (table->options.form == FORM_CSV) {
		print_csv(table, stream);
		return;
	}
	scols = render(table);
	if (scols_table_set_stream(scols, stream) ||
	    scols_table_enable_colors(scols, has_colors) || scols_print_table(scols))
		errx(EXIT_FAILURE, "cannot print the table");
	scols_unref_table(scols);
}

/*
 * For a screen of that width: columns that don't fit on it are left out, from the right, and
 * the others don't change theirs with what is in them.  For free().
 */
char *table_lines(const struct table *table, size_t width)
{
	struct libscols_table *scols = render(table);
	char *lines = NULL, name[CELL_SIZE];
	size_t used = 0, i;

	for (i = 0; i < table->nr; i++) {
		struct libscols_column *column = scols_table_get_column(scols, i);
		size_t hint = unit_width(table->columns[i].column->unit);
		int flags = scols_column_get_flags(column) | SCOLS_FL_STRICTWIDTH;

		heading(table, i, name);
		if (strlen(name) > hint)
			hint = strlen(name);
		used += hint + 1;
		if (i && used > width)
			flags |= SCOLS_FL_HIDDEN;
		must(scols_column_set_whint(column, hint) || scols_column_set_flags(column, flags));
	}
	must(scols_table_set_termforce(scols, SCOLS_TERMFORCE_ALWAYS) ||
	     scols_table_set_termwidth(scols, width) ||
	     scols_print_table_to_string(scols, &lines));
	scols_unref_table(scols);
	return lines;
}

/* How many characters a line of the terminal has left. */
size_t table_room(const struct table *table)
{
	struct libscols_table *scols = render(table);
	const size_t width = scols_table_get_termwidth(scols);
	size_t used = 0;
	char *lines, *c;

	must(scols_print_table_to_string(scols, &lines));
	/* Of UTF-8. */
	for (c = lines; *c && *c != '\n'; c++)
		used += (*c & 0xc0) != 0x80;
	free(lines);
	scols_unref_table(scols);
	return used < width ? width - used : 0;
}

/* Prints an array of objects: the totals, or all lines but those. */
void table_json(const struct table *table, const char *name, bool totals, struct json *json)
{
	char text[CELL_SIZE], member[CELL_SIZE];
	const char *color;
	size_t line, i;

	json_open(json, name, '[');
	for (line = 0; line < table->nr_lines; line++) {
		if (table->rows[line * table->nr_sides].is_total != totals)
			continue;
		json_open(json, NULL, '{');
		for (i = 0; i < table->nr; i++) {
			const bool known = cell(table, line, i, text, &color);

			heading(table, i, member);
			if (table->columns[i].column->unit == UNIT_TEXT)
				json_string(json, member, known ? text : NULL);
			else
				json_number(json, member, "%s", known ? text : "null");
		}
		json_close(json, '}');
	}
	json_close(json, ']');
}

void table_free(struct table *table)
{
	free(table->columns);
	free(table->rows);
}

/*
 * Whether a table has a line of a count: one of codes, or of keys and those codes that have
 * none.
 */
bool table_lists(const struct table_options *options, const struct counters *counters, size_t i)
{
	const struct exit_count *count = &counters->counts[i];

	if (options->has_code && count->code != options->code)
		return false;
	if (!options->keys)
		return !count->has_key;
	return count->has_key || i + 1 == counters->nr || count[1].code != count->code;
}

/* A row of each side; of codes that mean something else there, none. */
static void fill_line(const struct table *table, struct row *rows, const struct delta *sides,
		      __u32 isa, const struct exit_count *like)
{
	size_t i;

	for (i = 0; i < table->nr_sides; i++) {
		rows[i] = row_of(&sides[i], like);
		if (table->options.divisors)
			rows[i].divisor = table->options.divisors[i];
		if (like && sides[i].counters.isa != isa)
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

static void add_side(struct table *table, const struct delta *sides, size_t side, struct row *rows)
{
	const struct table_options *options = &table->options;
	const struct counters *counters = &sides[side].counters;
	struct exit_count none = {};
	size_t i;

	for (i = 0; i < counters->nr; i++) {
		fill_line(table, rows, sides, counters->isa, &counters->counts[i]);
		/* What occurred before a delta has a count in it too. */
		if (table_lists(options, counters, i) && !is_listed(rows, side) &&
		    (options->all || options->ever || row_occurred(&rows[side])))
			table_add(table, rows);
	}
	for (; options->all && !options->keys && none.code <= EXIT_STATS_CODE_OTHER; none.code++) {
		if (counters_find(counters, &none) || !reason_meaning(counters->isa, none.code) ||
		    (none.code > counters->max_code && none.code != EXIT_STATS_CODE_OTHER))
			continue;
		fill_line(table, rows, sides, counters->isa, &none);
		if (!is_listed(rows, side))
			table_add(table, rows);
	}
}

/* Adds those past the first ones up to one line, but for idle time; less than the total. */
static void fold_rest(struct table *table, size_t first)
{
	struct row *rows = &table->rows[first], rest;
	const size_t nr = table->nr_lines - first;
	size_t used = MAX_KEYS, i;

	if (nr <= MAX_KEYS + 1)
		return;
	rest = (struct row) { .delta = rows->delta, .divisor = rows->divisor };
	for (i = MAX_KEYS; i < nr; i++) {
		if (row_is_idle(&rows[i])) {
			rows[used++] = rows[i];
		} else {
			count_add(&rest.count, &rows[i].count);
			rest.nr_more++;
		}
	}
	rows[used++] = rest;
	table->nr_lines = first + used;
}

/* Adds the exits of a VM or a vCPU, or of files side by side, and their total. */
void table_add_exits(struct table *table, const struct delta *sides)
{
	const struct table_options *options = &table->options;
	struct row *rows = xreallocarray(NULL, table->nr_sides, sizeof(*rows));
	const size_t first = table->nr_lines;
	size_t side;

	for (side = 0; side < table->nr_sides; side++)
		add_side(table, sides, side, rows);
	table_sort(table, first);
	if (options->keys && options->form == FORM_PLAIN && !options->all && !options->per)
		fold_rest(table, first);
	fill_line(table, rows, sides, 0, NULL);
	table_add(table, rows);
	free(rows);
}

/* Of a whole VM, or of each vCPU, and that for each part. */
void table_of_exits(struct table *table, const struct table_options *options,
		    const struct delta *deltas, size_t nr)
{
	size_t i;

	table_begin(table, options, 1);
	for (i = 0; i < nr; i++)
		table_add_exits(table, &deltas[i]);
}
