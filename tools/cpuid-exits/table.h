/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_TABLE_H
#define CPUID_EXITS_TABLE_H

#include "columns.h"
#include "grid.h"
#include "rows.h"

/**
 * struct table_options - how to print a table
 * @form: in which form
 * @columns: which columns
 * @sort: column to sort by
 * @all: also reasons that didn't occur
 * @no_headings: leave the headings out
 */
struct table_options {
	enum form form;
	struct column_list columns;
	enum column sort;
	bool all;
	bool no_headings;
};

void table_add_columns(struct grid *grid, const struct table_options *options);
void table_add_row(struct grid *grid, const struct row *row,
		   const struct table_options *options);
int table_print(const struct span *spans, size_t nr, const struct table_options *options,
		FILE *stream);
bool table_footer(const struct span *span, const struct column_list *columns, FILE *stream);
void table_print_json(const struct span *spans, size_t nr, const struct table_options *options,
		      struct json *json);
void table_json_vm(const struct span *spans, size_t nr, struct json *json);

#endif /* CPUID_EXITS_TABLE_H */
