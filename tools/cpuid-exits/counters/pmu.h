/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_PMU_H
#define CPUID_EXITS_PMU_H

#include <stdbool.h>
#include <sys/types.h>

#include <linux/types.h>

int pmu_open(pid_t pid);
bool pmu_close(int fd, __u64 *exits);

#endif /* CPUID_EXITS_PMU_H */
