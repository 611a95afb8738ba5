/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_OUTPUT_KEYS_H
#define CPUID_EXITS_OUTPUT_KEYS_H

#include "output/table.h"

/* Those keys with most exits, the busiest first, and how many there are. */
size_t keys_busiest(const struct counters *counters, const struct exit_count **keys, size_t max);

/* Prints them, if any are known; and what can be done about those that a table has. */
void keys_print_busiest(const struct delta *deltas, size_t nr, FILE *stream);
void keys_print_advice(const struct delta *deltas, size_t nr, const struct table_options *options,
		       FILE *stream);

#endif /* CPUID_EXITS_OUTPUT_KEYS_H */
