/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_CLOCK_H
#define CPUID_EXITS_CLOCK_H

#include <time.h>

#include <linux/types.h>

#define NS_PER_S	1000000000ULL
#define NS_PER_US	1000ULL

/* Nanoseconds since some time in the past, of the clock that never steps. */
static inline __u64 clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* What is left until then, or nothing. */
static inline struct timespec clock_until(__u64 deadline_ns)
{
	const __u64 now = clock_now(), ns = deadline_ns > now ? deadline_ns - now : 0;

	return (struct timespec) { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

/* The next deadline; one that is late by more than an interval leaves out what was missed. */
static inline __u64 clock_next(__u64 deadline_ns, __u64 interval_ns)
{
	const __u64 now = clock_now();

	deadline_ns += interval_ns;
	if (deadline_ns < now)
		deadline_ns += (now - deadline_ns) / interval_ns * interval_ns;
	return deadline_ns;
}

#endif /* CPUID_EXITS_CLOCK_H */
