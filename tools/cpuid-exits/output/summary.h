/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SUMMARY_H
#define CPUID_EXITS_SUMMARY_H

#include "output/columns.h"
#include "output/json.h"

/* All are of the same time, and print deltas: one of the VM or one of each vCPU. */
void footer_print(const struct delta *deltas, size_t nr, const struct column_list *columns,
		  FILE *stream);
long double summary_share(const struct delta *deltas, size_t nr, __u32 feature);
void summary_print(const struct delta *deltas, size_t nr, FILE *stream);
void summary_json(const struct delta *deltas, size_t nr, struct json *json);
void vm_json(const struct delta *deltas, size_t nr, struct json *json);
void openmetrics_print(const struct delta *deltas, size_t nr, FILE *stream);

#endif /* CPUID_EXITS_SUMMARY_H */
