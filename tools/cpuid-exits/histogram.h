/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_HISTOGRAM_H
#define CPUID_EXITS_HISTOGRAM_H

#include "rows.h"
#include "table.h"

struct row histogram_row(const struct span *span, __u32 code);
int histogram_draw(const struct row *row, bool no_headings);
int histogram_print(const struct row *rows, size_t nr, const struct table_options *options);
void histogram_print_json(const struct row *rows, size_t nr, struct json *json);

#endif /* CPUID_EXITS_HISTOGRAM_H */
