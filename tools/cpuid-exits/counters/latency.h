/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_LATENCY_H
#define CPUID_EXITS_LATENCY_H

#include "counters/counters.h"

/* That a time away is in; the last one not empty, -1 if all are. */
unsigned int latency_bucket(__u64 cycles);
int latency_last_bucket(const struct exit_count *count);

/* How many times away are in all buckets. */
__u64 latency_count(const struct exit_count *count);

/* How long those in a bucket were at most. */
__u64 latency_bound(const struct exit_count *count, unsigned int bucket);

/*
 * How long so many of them were at most.  The true value is more than half of it, unless
 * it is in the last bucket.  False if all buckets are empty.
 */
bool latency_percentile(const struct exit_count *count, unsigned int percent, __u64 *cycles);

#endif /* CPUID_EXITS_LATENCY_H */
