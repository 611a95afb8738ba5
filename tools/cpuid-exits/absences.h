/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_ABSENCES_H
#define CPUID_EXITS_ABSENCES_H

#include <stdbool.h>

#include "snapshot.h"

unsigned int absence_bucket(__u64 cycles);
__u64 absences_count(const struct exit_record *record);
int absences_last_bucket(const struct exit_record *record);
bool absences_percentile(const struct exit_record *record, unsigned int percent, __u64 *cycles);
__u64 absences_bound(const struct exit_record *record, unsigned int bucket);

#endif /* CPUID_EXITS_ABSENCES_H */
