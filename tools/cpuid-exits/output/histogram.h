/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_HISTOGRAM_H
#define CPUID_EXITS_HISTOGRAM_H

#include "output/table.h"

int histogram_print(const struct delta *deltas, size_t nr, __u32 code, bool is_chosen,
		    const struct table_options *options);

#endif /* CPUID_EXITS_HISTOGRAM_H */
