/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_ABSENCES_H
#define CPUID_EXITS_ABSENCES_H

#include <stdbool.h>

#include "counters/counters.h"

unsigned int latency_bucket(__u64 cycles);
__u64 latency_count(const struct exit_count *record);
int latency_last_bucket(const struct exit_count *record);
bool latency_percentile(const struct exit_count *record, unsigned int percent, __u64 *cycles);
__u64 latency_bound(const struct exit_count *record, unsigned int bucket);

#endif /* CPUID_EXITS_ABSENCES_H */
