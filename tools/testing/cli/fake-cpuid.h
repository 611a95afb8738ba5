/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before everything else, takes the place of <cpuid.h>, so that the
 * program can be tested as on a hypervisor that reports exit statistics.
 */
#ifndef FAKE_CPUID_H
#define FAKE_CPUID_H

#define _CPUID_H_INCLUDED

void fake_cpuid(unsigned int leaf, unsigned int subleaf, unsigned int regs[4]);

#define __cpuid_count(leaf, subleaf, eax, ebx, ecx, edx)		\
do {									\
	unsigned int fake_regs[4];					\
									\
	fake_cpuid(leaf, subleaf, fake_regs);				\
	(eax) = fake_regs[0];						\
	(ebx) = fake_regs[1];						\
	(ecx) = fake_regs[2];						\
	(edx) = fake_regs[3];						\
} while (0)

/* A PMU that is there if this folder is; the only system call made by number is its. */
#define PMU_DIR "pmu"
#define syscall fake_perf_event_open

long fake_perf_event_open(long number, ...);

#endif /* FAKE_CPUID_H */
