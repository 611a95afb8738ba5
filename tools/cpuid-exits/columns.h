/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COLUMNS_H
#define CPUID_EXITS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

enum column {
	COL_CPU,
	COL_VCPU,
	COL_CODE,
	COL_REASON,
	COL_EXITS,
	COL_EXITS_SHARE,
	COL_CYCLES,
	COL_CYCLES_SHARE,
	COL_AVG_NS,
	NR_COLUMNS
};

/**
 * struct column_info - what there is to know of a column
 * @name: its heading, and its name in options
 * @help: one line on what it shows
 * @is_text: it doesn't show numbers
 */
struct column_info {
	const char *name;
	const char *help;
	bool is_text;
};

/**
 * struct column_list - the columns of a table, from left to right
 * @columns: each at most once
 * @nr: number of @columns
 */
struct column_list {
	enum column columns[NR_COLUMNS];
	size_t nr;
};

extern const struct column_info column_info[NR_COLUMNS];

void columns_default(struct column_list *list, bool vcpus);
int columns_select(struct column_list *list, const char *names);
int column_find(enum column *column, const char *name, size_t len);

#endif /* CPUID_EXITS_COLUMNS_H */
