/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_DUMP_H
#define CPUID_EXITS_DUMP_H

#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

/* CPU number of answers under a bare "CPU:" line: it doesn't matter which. */
#define DUMP_ANY_CPU	(-1)

struct cpuid_regs {
	__u32 eax, ebx, ecx, edx;
};

/**
 * struct dump_answer - what CPUID answered once
 * @cpu: CPU that executed it, or DUMP_ANY_CPU
 * @leaf: EAX in
 * @subleaf: ECX in
 * @regs: the answer
 * @line: line of the file it was read from
 */
struct dump_answer {
	int cpu;
	__u32 leaf;
	__u32 subleaf;
	struct cpuid_regs regs;
	unsigned long line;
};

/**
 * struct dump - answers of CPUID, in the form of "cpuid -r"
 * @name: of the file, for messages
 * @first_cpu: the first one in the file with an answer of our leaf
 * @answers: in the order added, or sorted if loaded from a file
 * @nr: number of @answers
 */
struct dump {
	const char *name;
	int first_cpu;
	struct dump_answer *answers;
	size_t nr;
};

/* -1 after saying what is wrong with the file; dump_free() is due anyway. */
int dump_load(struct dump *dump, FILE *stream, const char *name);
void dump_add(struct dump *dump, const struct dump_answer *answer);

/* Of a dump that was loaded: the answer, or NULL. */
const struct dump_answer *dump_find(const struct dump *dump, int cpu, __u32 leaf, __u32 subleaf);

/* Likewise, the CPUs with an answer of our leaf, at least DUMP_ANY_CPU; for free(). */
int *dump_cpus(const struct dump *dump, size_t *nr);

/* Answers of one CPU must stand together. */
void dump_write(const struct dump *dump, FILE *stream);
void dump_free(struct dump *dump);

#endif /* CPUID_EXITS_DUMP_H */
