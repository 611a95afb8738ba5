/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_CLOCK_H
#define CPUID_EXITS_CLOCK_H

#include <time.h>

#include <linux/types.h>

#define NS_PER_S	1000000000ULL
#define NS_PER_US	1000ULL

/**
 * clock_now - read the clock that never steps
 *
 * Return: nanoseconds since some time in the past.
 */
static inline __u64 clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

#endif /* CPUID_EXITS_CLOCK_H */
