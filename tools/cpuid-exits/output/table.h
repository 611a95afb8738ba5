/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_TABLE_H
#define CPUID_EXITS_TABLE_H

#include <stdio.h>

#include "output/columns.h"
#include "output/json.h"

/* How to make a table. */
struct table_options {
	const long double *divisors;	/* in compare, of sums */
	enum form form;
	struct column_list columns;
	const struct column *sort;
	const char *per;		/* in compare, behind the name of a sum that is divided */
	bool all;			/* also reasons that didn't occur */
	bool ever;			/* also those that occurred before the delta */
	bool keys;			/* lines are of keys, and of reasons that have none */
	bool has_code;			/* only those of @code */
	__u32 code;
	bool no_headings;
};

/* Lines, of as many rows as files are compared, and the columns that are shown of them. */
struct table {
	struct table_options options;
	size_t nr_sides;
	struct shown *columns;
	size_t nr;
	struct row *rows;
	size_t nr_lines;
};

bool table_lists(const struct table_options *options, const struct counters *counters, size_t i);
void table_begin(struct table *table, const struct table_options *options, size_t nr_sides);
void table_add(struct table *table, const struct row *rows);
void table_add_exits(struct table *table, const struct delta *sides);
void table_of_exits(struct table *table, const struct table_options *options,
		    const struct delta *deltas, size_t nr);
void table_sort(struct table *table, size_t first);
void table_print(const struct table *table, FILE *stream);
void table_json(const struct table *table, const char *name, bool totals, struct json *json);
char *table_lines(const struct table *table, size_t width);
size_t table_room(const struct table *table);
void table_free(struct table *table);

#endif /* CPUID_EXITS_TABLE_H */
