/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_TABLE_H
#define CPUID_EXITS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "columns.h"
#include "snapshot.h"

enum table_form {
	TABLE_PLAIN,
	TABLE_RAW,
	TABLE_JSON,
};

/**
 * struct table_options - how to print a table
 * @form: for eyes, for awk, or JSON
 * @columns: which columns
 * @sort: column to sort by
 * @all: also reasons that didn't occur
 * @no_headings: leave the headings out
 */
struct table_options {
	enum table_form form;
	struct column_list columns;
	enum column sort;
	bool all;
	bool no_headings;
};

int table_print(const struct snapshot *snaps, size_t nr, const struct table_options *options);

#endif /* CPUID_EXITS_TABLE_H */
