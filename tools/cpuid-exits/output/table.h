/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_TABLE_H
#define CPUID_EXITS_TABLE_H

#include <stdio.h>

#include "output/columns.h"
#include "output/json.h"

struct libscols_table;

/**
 * struct table - a table of texts, which libsmartcols holds
 * @scols: the table
 * @line: the last line
 * @form: how it will be printed
 * @units: of each column
 * @nr: number of columns
 */
struct table {
	struct libscols_table *scols;
	struct libscols_line *line;
	enum form form;
	enum unit units[MAX_COLUMNS];
	size_t nr;
};

void table_begin(struct table *table, enum form form, bool no_headings);
void table_add_column(struct table *table, const char *heading, enum unit unit);
void table_add_line(struct table *table);
void table_set(struct table *table, size_t column, const char *text, const char *color);
int table_print(struct table *table, FILE *stream);
char *table_lines(struct table *table, size_t width);
void table_json(const struct table *table, const char *name, struct json *json);
void table_free(struct table *table);

/**
 * struct table_options - how to print the exits of some deltas
 * @form: in which form
 * @columns: which columns
 * @sort: column to sort by
 * @all: also reasons that didn't occur
 * @ever: also those that occurred before the delta
 * @no_headings: leave the headings out
 */
struct table_options {
	enum form form;
	struct column_list columns;
	const struct column *sort;
	bool all;
	bool ever;
	bool no_headings;
};

struct row row_of(const struct delta *delta, __u32 code);
struct row row_total(const struct delta *delta);
void table_add_row(struct table *table, const struct row *row,
		   const struct table_options *options);
void table_fill(struct table *table, const struct delta *deltas, size_t nr,
		const struct table_options *options);
int exits_print(const struct delta *deltas, size_t nr, const struct table_options *options,
		FILE *stream);
void exits_json(const struct delta *deltas, size_t nr, const struct table_options *options,
		struct json *json);

#endif /* CPUID_EXITS_TABLE_H */
