/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_CPUID_H
#define CPUID_EXITS_CPUID_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

#include "counters/counters.h"

/* CPU number of answers under a bare "CPU:" line: it doesn't matter which. */
#define DUMP_ANY_CPU	(-1)

struct cpuid_regs {
	__u32 eax, ebx, ecx, edx;
};

/* What CPUID answered once; @line is that of the file it was read from. */
struct dump_answer {
	int cpu;
	__u32 leaf;
	__u32 subleaf;
	struct cpuid_regs regs;
	unsigned long line;
};

/* Answers of CPUID, in the form of "cpuid -r". */
struct dump {
	const char *name;		/* of the file, for messages */
	int first_cpu;			/* the first one in the file with an answer of our leaf */
	struct dump_answer *answers;	/* as they were added, or sorted if they were loaded */
	size_t nr;
	struct counters names;		/* of keys, as they were called where it was made */
};

/* -1 after saying what is wrong with the file; dump_free() is due anyway. */
int dump_load(struct dump *dump, FILE *stream, const char *name);

/* Of a dump that was loaded: the answer, or NULL. */
const struct dump_answer *dump_find(const struct dump *dump, int cpu, __u32 leaf, __u32 subleaf);

/* Answers of one CPU must stand together. */
void dump_write(const struct dump *dump, FILE *stream);
void dump_free(struct dump *dump);

/* Where the answers of CPUID come from. */
struct source {
	const struct dump *dump;	/* asked instead of the processor, unless it is NULL */
	int cpu;			/* the CPU asked, or DUMP_ANY_CPU */
	struct dump *log;		/* answers are appended to it, unless it is NULL */
	__u32 features;			/* EXIT_STATS_F_AWAY, BUCKETS, KEYS if they are wanted */
	bool vcpus;			/* wanted is each vCPU, not the whole VM */
	unsigned int asked;		/* CPUIDs executed so far, or looked up in @dump */
};

/*
 * -1 if there is no such answer.  Says nothing then if it's a dump: the caller knows what
 * it means.
 */
int source_ask(struct source *source, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs);

/* What to append to a message that the identity isn't what it should be. */
const char *source_why_absent(const struct source *source);

/* The CPUs that can be asked, ascending, for free(); NULL after saying why not. */
int *source_cpus(const struct source *source, size_t *nr);

/* Has this thread run on these CPUs only, which ascend; -1, with errno, if it can't. */
int source_run_on(const struct source *source, const int *cpus, size_t nr);

/* Says what is wrong with the answers; -1. */
[[gnu::format(printf, 2, 3)]]
int source_bad(const struct source *source, const char *format, ...);

#endif /* CPUID_EXITS_CPUID_H */
