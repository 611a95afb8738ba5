/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SOURCE_H
#define CPUID_EXITS_SOURCE_H

#include <linux/types.h>

#include "counters/dump.h"

/**
 * struct source - where the answers of CPUID come from
 * @dump: asked instead of the processor, unless it is NULL
 * @cpu: the CPU asked, or DUMP_ANY_CPU.  A real one is whichever runs this
 *	 thread: pinning it is up to the caller.
 * @log: answers are appended to it, unless it is NULL
 * @features: of EXIT_STATS_F_AWAY and EXIT_STATS_F_BUCKETS, those that are wanted
 * @asked: CPUIDs executed so far, or looked up in @dump
 */
struct source {
	const struct dump *dump;
	int cpu;
	struct dump *log;
	__u32 features;
	unsigned int asked;
};

int source_ask(struct source *source, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs);
int vcpus_walk(const struct source *source, cpu_fn fn, void *arg);
[[gnu::format(printf, 2, 3)]]
void source_warn(const struct source *source, const char *format, ...);

#endif /* CPUID_EXITS_SOURCE_H */
