/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_ROWS_H
#define CPUID_EXITS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "columns.h"
#include "snapshot.h"

/* Enough for every number a cell can hold and for every name of an exit. */
#define CELL_SIZE	64

/**
 * struct row - a line of the table
 * @snap: the snapshot it is from
 * @record: its numbers
 * @is_total: @record is the sum of all of @snap
 */
struct row {
	const struct snapshot *snap;
	struct exit_record record;
	bool is_total;
};

struct row *rows_create(const struct snapshot *snap, bool all, enum column sort, size_t *nr);
struct row row_total(const struct snapshot *snap);
bool row_cell(const struct row *row, enum column column, bool json, char *text);

#endif /* CPUID_EXITS_ROWS_H */
