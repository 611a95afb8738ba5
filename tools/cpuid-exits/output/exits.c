// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes tables of the exits of one or more deltas.
 */
#include <stdlib.h>

#include <asm/kvm_exit_stats.h>

#include "counters/reasons.h"
#include "output/table.h"
#include "xalloc.h"

/**
 * row_of - make the line of a reason
 * @delta: must outlive the row
 * @code: its code
 *
 * Return: the row; all zero if the reason has not occurred.
 */
struct row row_of(const struct delta *delta, __u32 code)
{
	const struct exit_count *found = counters_find(&delta->counters, code);
	struct row row = { .delta = delta, .count = { .code = code } };

	if (found)
		row.count = *found;
	return row;
}

/**
 * row_total - make the total line of a delta
 * @delta: must outlive the row
 *
 * Return: the row.
 */
struct row row_total(const struct delta *delta)
{
	return (struct row) {
		.delta = delta,
		.count = delta->counters.total,
		.is_total = true,
	};
}

/**
 * table_add_row - add a line of values to a table
 * @table: the table
 * @row: what is in it
 * @options: tell the columns
 */
void table_add_row(struct table *table, const struct row *row,
		   const struct table_options *options)
{
	size_t i;

	table_add_line(table);
	for (i = 0; i < options->columns.nr; i++) {
		const struct column *column = options->columns.columns[i];
		struct value value = {};
		char text[CELL_SIZE];
		bool known = column->value(row, &value);

		/* What isn't measured is not 0. */
		if (column->needs & ~row->delta->counters.features & ~EXIT_STATS_F_BUCKETS)
			known = false;
		if (known)
			value_text(&value, column->unit, options->form, text);
		table_set(table, i, known ? text : NULL, row->is_total ? "bold" : NULL);
	}
}

static int compare(const void *one, const void *two, void *column)
{
	return rows_compare(one, two, column);
}

static void add_rows(struct table *table, const struct delta *delta,
		     const struct table_options *options)
{
	const struct counters *counters = &delta->counters;
	struct row *rows = NULL;
	size_t nr = 0, next = 0, i;
	__u32 code;

	for (code = 0; code <= EXIT_STATS_CODE_OTHER; code++) {
		const bool is_there = next < counters->nr && counters->counts[next].code == code;
		struct row row;

		next += is_there;
		/* What occurred before a delta has a count in it too. */
		if (!is_there && !(options->all && reason_meaning(counters->isa, code) &&
				   (code <= counters->max_code ||
				    code == EXIT_STATS_CODE_OTHER)))
			continue;
		row = row_of(delta, code);
		if (!row_occurred(&row) && !options->all && !options->ever)
			continue;
		rows = xreallocarray(rows, nr + 1, sizeof(*rows));
		rows[nr++] = row;
	}
	if (rows)
		qsort_r(rows, nr, sizeof(*rows), compare, (void *)options->sort);
	for (i = 0; i < nr; i++)
		table_add_row(table, &rows[i], options);
	free(rows);
}

static void begin(struct table *table, const struct table_options *options)
{
	size_t i;

	table_begin(table, options->form, options->no_headings);
	for (i = 0; i < options->columns.nr; i++)
		table_add_column(table, options->columns.columns[i]->name,
				 options->columns.columns[i]->unit);
}

/**
 * table_fill - make a table of the exits of deltas
 * @table: is overwritten; for table_free()
 * @deltas: one of a whole VM, or one of each vCPU, and that for each part
 * @nr: number of @deltas
 * @options: how to
 *
 * Raw output and CSV have no totals: they would be more lines to be summed up.
 */
void table_fill(struct table *table, const struct delta *deltas, size_t nr,
		const struct table_options *options)
{
	size_t i;

	begin(table, options);
	for (i = 0; i < nr; i++) {
		const struct row total = row_total(&deltas[i]);

		add_rows(table, &deltas[i], options);
		if (options->form == FORM_PLAIN)
			table_add_row(table, &total, options);
	}
}

/**
 * exits_print - print the exits of deltas, in any form but JSON
 * @deltas: one of a whole VM, or one of each vCPU, and that for each part
 * @nr: number of @deltas, at least 1
 * @options: how to
 * @stream: where to
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.  Errors of
 * the stream itself are left to who closes it.
 */
int exits_print(const struct delta *deltas, size_t nr, const struct table_options *options,
		FILE *stream)
{
	struct table table;
	int ret;

	table_fill(&table, deltas, nr, options);
	ret = table_print(&table, stream);
	table_free(&table);
	return ret;
}

/**
 * exits_json - print the exits of deltas as two members of an object
 * @deltas: one of a whole VM, or one of each vCPU, and that for each part
 * @nr: number of @deltas
 * @options: how to
 * @json: where to
 */
void exits_json(const struct delta *deltas, size_t nr, const struct table_options *options,
		struct json *json)
{
	struct table exits, totals;
	size_t i;

	table_fill(&exits, deltas, nr, options);
	begin(&totals, options);
	for (i = 0; i < nr; i++) {
		const struct row total = row_total(&deltas[i]);

		table_add_row(&totals, &total, options);
	}
	table_json(&exits, "exits", json);
	table_json(&totals, "totals", json);
	table_free(&exits);
	table_free(&totals);
}
