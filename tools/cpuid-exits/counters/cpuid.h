/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_CPUID_H
#define CPUID_EXITS_CPUID_H

#include <stdbool.h>

#include "counters/dump.h"

/**
 * struct source - where the answers of CPUID come from
 * @dump: asked instead of the processor, unless it is NULL
 * @cpu: the CPU asked, or DUMP_ANY_CPU: whichever runs this thread
 * @log: answers are appended to it, unless it is NULL
 * @features: of EXIT_STATS_F_AWAY and EXIT_STATS_F_BUCKETS, those that are wanted
 * @vcpus: the counters of each vCPU are wanted, not those of the whole VM
 * @asked: CPUIDs executed so far, or looked up in @dump
 */
struct source {
	const struct dump *dump;
	int cpu;
	struct dump *log;
	__u32 features;
	bool vcpus;
	unsigned int asked;
};

/* -1 if the dump has no such answer.  Says nothing then: the caller knows what it means. */
int source_ask(struct source *source, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs);

/* The CPUs that can be asked, ascending, for free(); NULL after saying what is wrong. */
int *source_cpus(const struct source *source, size_t *nr);

/* Has this thread run on these CPUs only, in ascending order; -1, with errno, if it can't. */
int source_run_on(const struct source *source, const int *cpus, size_t nr);

/* Says what is wrong with the answers; -1. */
[[gnu::format(printf, 2, 3)]]
int source_bad(const struct source *source, const char *format, ...);

#endif /* CPUID_EXITS_CPUID_H */
