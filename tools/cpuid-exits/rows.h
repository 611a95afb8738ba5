/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_ROWS_H
#define CPUID_EXITS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "columns.h"
#include "span.h"

/* Enough for every number a cell can hold, for every reason and its meaning. */
#define CELL_SIZE	128

/**
 * enum rows_of - which codes have a row
 * @ROWS_OCCURRED: those that occurred in the span
 * @ROWS_EVER: also those that occurred before it
 * @ROWS_ALL: also those that have a name and are counted
 */
enum rows_of {
	ROWS_OCCURRED,
	ROWS_EVER,
	ROWS_ALL,
};

/**
 * struct row - a line of the table
 * @span: the span it is from
 * @record: its numbers
 * @spread: standard deviation of its exits in percent, negative if there is none
 * @is_total: @record is the sum of all of @span
 */
struct row {
	const struct span *span;
	struct exit_record record;
	double spread;
	bool is_total;
};

void rows_add(struct row **rows, size_t *nr, const struct span *span, enum rows_of which);
void rows_sort(struct row *rows, size_t nr, enum column sort);
struct row row_total(const struct span *span);
bool row_ns_text(const struct row *row, __u64 cycles, __u64 nr, char *text);
bool row_cell(const struct row *row, enum column column, bool decimal, char *text);

#endif /* CPUID_EXITS_ROWS_H */
