/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COMPARISON_H
#define CPUID_EXITS_COMPARISON_H

#include "output/table.h"

/* One a letter. */
#define MAX_SIDES	26

/**
 * struct side - one of what is compared
 * @sum: all its exits, over parts and vCPUs
 * @divisor: what its sums are divided by
 */
struct side {
	struct delta sum;

	long double divisor;
};

void comparison_fill(struct table *rows, struct table *totals, const struct side *sides,
		     size_t nr, const char *per, const struct table_options *options);

#endif /* CPUID_EXITS_COMPARISON_H */
