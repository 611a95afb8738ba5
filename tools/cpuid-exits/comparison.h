/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COMPARISON_H
#define CPUID_EXITS_COMPARISON_H

#include "columns.h"
#include "grid.h"
#include "recording.h"

/* One a letter. */
#define MAX_SIDES	26

enum normalize {
	NORMALIZE_NOT,
	NORMALIZE_TIME,
	NORMALIZE_COMMAND,
	NORMALIZE_EXITS,
};

/**
 * struct side - one of the recordings that are compared
 * @divisor: what its counts are divided by
 * @rec: the recording
 * @sum: all its exits, over parts and vCPUs
 */
struct side {
	long double divisor;
	struct recording rec;
	struct span sum;
};

/**
 * struct comparison - recordings side by side
 * @sides: the recordings
 * @nr: number of @sides
 * @normalize: what makes their counts comparable
 */
struct comparison {
	struct side sides[MAX_SIDES];
	size_t nr;
	enum normalize normalize;
};

void comparison_table(const struct comparison *comp, const struct column_list *columns,
		      enum form form, struct grid *rows, struct grid *totals);

#endif /* CPUID_EXITS_COMPARISON_H */
