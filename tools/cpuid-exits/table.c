// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the exits of one or more spans as a table.
 */
#include <stdlib.h>

#include "names.h"
#include "rows.h"
#include "table.h"

/**
 * table_add_columns - begin a table
 * @grid: the table, all zero
 * @options: tell the columns
 */
void table_add_columns(struct grid *grid, const struct table_options *options)
{
	size_t i;

	for (i = 0; i < options->columns.nr; i++) {
		const struct column_info *info = &column_info[options->columns.columns[i]];

		grid_add_column(grid, info->name, info->is_text);
	}
}

/**
 * table_add_row - add a row to a table
 * @grid: the table
 * @row: what is in it
 * @options: tell the columns, and whether numbers are decimal
 */
void table_add_row(struct grid *grid, const struct row *row,
		   const struct table_options *options)
{
	bool decimal = options->form == FORM_JSON || options->form == FORM_CSV;
	struct grid_cell *cells = grid_add_row(grid);
	size_t i;

	for (i = 0; i < options->columns.nr; i++) {
		char text[CELL_SIZE];

		if (row_cell(row, options->columns.columns[i], decimal, text))
			grid_set(&cells[i], text);
		if (row->is_total)
			cells[i].color = "bold";
	}
}

static void add_rows(struct grid *grid, const struct span *span,
		     const struct table_options *options)
{
	struct row *rows = NULL;
	size_t nr = 0, i;

	rows_add(&rows, &nr, span, options->all ? ROWS_ALL : ROWS_OCCURRED);
	rows_sort(rows, nr, options->sort);
	for (i = 0; i < nr; i++)
		table_add_row(grid, &rows[i], options);
	free(rows);
}

static void add_total(struct grid *grid, const struct span *span,
		      const struct table_options *options)
{
	const struct row total = row_total(span);

	table_add_row(grid, &total, options);
}

/**
 * table_footer - print what a table's total leaves out, if it does
 * @span: the exits
 * @columns: of the table
 * @stream: where to
 *
 * Return: whether there was something to print.
 */
bool table_footer(const struct span *span, const struct column_list *columns, FILE *stream)
{
	const struct snapshot *counts = &span->counts;
	const struct exit_record *hlt = snapshot_find(counts, snapshot_hlt_code(counts));

	if (!hlt || !hlt->away || !columns_have(columns, COLUMNS_OF_AWAY))
		return false;
	fprintf(stream, " %s is idle time: its time away is not in the total%s.\n",
		exit_name(counts->isa, hlt->code),
		columns_have(columns, COLUMN_BIT(COL_AWAY_SHARE)) ? " or AWAY%" : "");
	return true;
}

/**
 * table_print - print the exits of spans, in any form but JSON
 * @spans: one of a whole VM, or one of each vCPU, and that for each part
 * @nr: number of @spans, at least 1
 * @options: how to
 * @stream: where to
 *
 * Raw output and CSV have no totals: they would be more lines to be summed up.
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.  Errors of
 * the stream itself are left to who closes it.
 */
int table_print(const struct span *spans, size_t nr, const struct table_options *options,
		FILE *stream)
{
	struct grid grid = {};
	size_t i;
	int ret;

	table_add_columns(&grid, options);
	for (i = 0; i < nr; i++) {
		add_rows(&grid, &spans[i], options);
		if (options->form == FORM_PLAIN)
			add_total(&grid, &spans[i], options);
	}
	ret = grid_print(&grid, options->form, options->no_headings, stream);
	grid_free(&grid);
	for (i = 0; !ret && options->form == FORM_PLAIN && i < nr; i++) {
		if (table_footer(&spans[i], &options->columns, stream))
			break;
	}
	return ret;
}

/**
 * table_print_json - print the exits of spans as two members of an object
 * @spans: one of a whole VM, or one of each vCPU, and that for each part
 * @nr: number of @spans
 * @options: how to
 * @json: where to
 */
void table_print_json(const struct span *spans, size_t nr, const struct table_options *options,
		      struct json *json)
{
	struct grid exits = {}, totals = {};
	size_t i;

	table_add_columns(&exits, options);
	table_add_columns(&totals, options);
	for (i = 0; i < nr; i++) {
		add_rows(&exits, &spans[i], options);
		add_total(&totals, &spans[i], options);
	}
	grid_print_json(&exits, "exits", json);
	grid_print_json(&totals, "totals", json);
	grid_free(&exits);
	grid_free(&totals);
}

/**
 * table_json_vm - print what is known of the VM as a member of an object
 * @spans: one of the whole VM, or one of each vCPU
 * @nr: number of @spans, at least 1
 * @json: where to
 */
void table_json_vm(const struct span *spans, size_t nr, struct json *json)
{
	const struct snapshot *counts = &spans[0].counts;
	unsigned int cpuids = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		cpuids += spans[i].counts.cpuids;

	json_open(json, "vm");
	json_string(json, "isa", isa_name(counts->isa));
	if (counts->tsc_khz)
		json_number(json, "tsc-khz", "%u", counts->tsc_khz);
	else
		json_number(json, "tsc-khz", "null");
	/* Most readers of JSON round a number of more than 53 bits. */
	json_number(json, "epoch", "\"0x%016llx\"", counts->epoch);
	json_number(json, "vcpus", "%u", counts->nr_vcpus);
	json_number(json, "cpuids", "%u", cpuids);
	json_close(json);
}
