/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_TABLE_H
#define CPUID_EXITS_TABLE_H

#include <stdio.h>

#include "output/columns.h"
#include "output/json.h"

struct libscols_table;

/* How to make a table. */
struct table_options {
	enum form form;
	struct column_list columns;
	const struct column *sort;
	const char *per;		/* in compare, behind the name of a sum that is divided */
	const long double *divisors;	/* likewise, by which they are */
	bool all;			/* also reasons that didn't occur */
	bool ever;			/* also those that occurred before the delta */
	bool no_headings;
};

/* A table of texts, which libsmartcols holds, and its columns. */
struct table {
	struct libscols_table *scols;
	enum form form;
	const struct column *sort;
	const long double *divisors;
	size_t nr_sides;
	struct shown *columns;
	size_t nr;
	size_t nr_lines;
};

void table_begin(struct table *table, const struct table_options *options, size_t nr_sides);
void table_add_column(struct table *table, const char *heading, enum unit unit);
void table_set(struct table *table, size_t line, size_t column, const char *text,
	       const char *color);
void table_add_row(struct table *table, const struct row *rows);
void table_add_sorted(struct table *table, struct row *rows, size_t nr);
void table_add_exits(struct table *table, const struct delta *sides,
		     const struct table_options *options);
void table_print(struct table *table, FILE *stream);
char *table_lines(struct table *table, size_t width);
void table_json(const struct table *table, const char *name, bool totals, struct json *json);
void table_free(struct table *table);

void exits_fill(struct table *table, const struct delta *deltas, size_t nr,
		const struct table_options *options);

#endif /* CPUID_EXITS_TABLE_H */
