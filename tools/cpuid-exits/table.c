// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints snapshots as a table, for which libsmartcols does the work.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols.h>

#include "names.h"
#include "rows.h"
#include "table.h"

static int add_columns(struct libscols_table *table, const struct table_options *options)
{
	size_t i;

	for (i = 0; i < options->columns.nr; i++) {
		const struct column_info *info = &column_info[options->columns.columns[i]];
		struct libscols_column *column;

		column = scols_table_new_column(table, info->name, 0,
						info->is_text ? 0 : SCOLS_FL_RIGHT);
		if (!column)
			return -1;
		if (scols_column_set_json_type(column, info->is_text ? SCOLS_JSON_STRING :
							SCOLS_JSON_NUMBER))
			return -1;
	}
	return 0;
}

static struct libscols_table *new_table(const char *name, const struct table_options *options)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	if (scols_table_set_name(table, name) ||
	    scols_table_enable_raw(table, options->form == TABLE_RAW) ||
	    scols_table_enable_json(table, options->form == TABLE_JSON) ||
	    scols_table_enable_noheadings(table, options->no_headings) ||
	    add_columns(table, options)) {
		scols_unref_table(table);
		return NULL;
	}
	return table;
}

static int add_row(struct libscols_table *table, const struct row *row,
		   const struct table_options *options)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	if (!line)
		return -1;
	for (i = 0; i < options->columns.nr; i++) {
		const enum column column = options->columns.columns[i];
		char text[CELL_SIZE];

		if (!row_cell(row, column, options->form == TABLE_JSON, text)) {
			/* Raw fields are counted by the blanks between them. */
			if (options->form != TABLE_RAW)
				continue;
			strcpy(text, "-");
		}
		if (scols_line_set_data(line, i, text))
			return -1;
	}
	return 0;
}

static int add_rows(struct libscols_table *table, const struct snapshot *snap,
		    const struct table_options *options)
{
	struct row *rows;
	int ret = 0;
	size_t nr, i;

	rows = rows_create(snap, options->all, options->sort, &nr);
	for (i = 0; !ret && i < nr; i++)
		ret = add_row(table, &rows[i], options);
	free(rows);
	return ret;
}

static int add_total(struct libscols_table *table, const struct snapshot *snap,
		     const struct table_options *options)
{
	const struct row total = row_total(snap);

	return add_row(table, &total, options);
}

/* Raw output has no total: it would be one more line to be summed up. */
static int print_text(struct libscols_table *table, const struct snapshot *snaps, size_t nr,
		      const struct table_options *options)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (add_rows(table, &snaps[i], options))
			return -1;
		if (options->form != TABLE_RAW && add_total(table, &snaps[i], options))
			return -1;
	}
	return scols_print_table(table);
}

static void print_json_vm(const struct snapshot *snaps, size_t nr)
{
	const struct snapshot *snap = &snaps[0];
	unsigned int cpuids = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		cpuids += snaps[i].cpuids;

	printf("   \"vm\": {\n");
	printf("      \"isa\": \"%s\",\n", isa_name(snap->isa));
	if (snap->tsc_khz)
		printf("      \"tsc-khz\": %u,\n", snap->tsc_khz);
	else
		printf("      \"tsc-khz\": null,\n");
	/* Most readers of JSON round a number of more than 53 bits. */
	printf("      \"epoch\": \"0x%016llx\",\n", snap->epoch);
	printf("      \"vcpus\": %u,\n", snap->nr_vcpus);
	printf("      \"cpuids\": %u\n", cpuids);
	printf("   }");
}

/* libsmartcols prints an object with one member, of which we want the member. */
static int print_json_member(struct libscols_table *table)
{
	char *text, *start, *end;

	if (scols_print_table_to_string(table, &text))
		return -1;
	start = strchr(text, '{');
	end = strrchr(text, '}');
	if (start && end) {
		start++;
		while (end > start && end[-1] == '\n')
			end--;
		printf(",%.*s", (int)(end - start), start);
	}
	free(text);
	return start && end ? 0 : -1;
}

static int print_json(struct libscols_table *exits, const struct snapshot *snaps, size_t nr,
		      const struct table_options *options)
{
	struct libscols_table *totals = new_table("totals", options);
	int ret = totals ? 0 : -1;
	size_t i;

	for (i = 0; !ret && i < nr; i++) {
		ret = add_rows(exits, &snaps[i], options);
		if (!ret)
			ret = add_total(totals, &snaps[i], options);
	}

	if (!ret) {
		printf("{\n");
		print_json_vm(snaps, nr);
		ret = print_json_member(exits);
		if (!ret)
			ret = print_json_member(totals);
		printf("\n}\n");
	}
	scols_unref_table(totals);
	return ret;
}

/**
 * table_print - print snapshots on stdout
 * @snaps: of one VM: one of the whole, or one of each vCPU
 * @nr: number of @snaps, at least 1
 * @options: how to
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.  Errors of
 * the stream itself are left to who closes it.
 */
int table_print(const struct snapshot *snaps, size_t nr, const struct table_options *options)
{
	struct libscols_table *table = new_table("exits", options);
	int ret = -1;

	if (table && options->form == TABLE_JSON)
		ret = print_json(table, snaps, nr, options);
	else if (table)
		ret = print_text(table, snaps, nr, options);
	scols_unref_table(table);

	if (ret)
		warnx("cannot print the table");
	return ret ? -1 : 0;
}
