/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LEAF_H
#define LEAF_H

/* Reads the exit statistics the shortest way, for tests that count every exit. */

#include <cpuid.h>
#include <stdbool.h>

#include <linux/types.h>

#include <asm/kvm_exit_stats.h>

struct regs {
	__u32 eax, ebx, ecx, edx;
};

struct record {
	__u64 exits;
	__u64 cycles;
};

/* All records that a read of the table gives; the last is code OTHER's. */
#define MAX_RECORDS	4096

struct table {
	struct record record[MAX_RECORDS];
};

static inline struct regs leaf(__u32 index)
{
	struct regs r;

	__cpuid_count(EXIT_STATS_LEAF, index, r.eax, r.ebx, r.ecx, r.edx);
	return r;
}

static inline struct record record(__u32 index)
{
	struct regs r = leaf(index);

	return (struct record) {
		.exits = (__u64)r.edx << 32 | r.eax,
		.cycles = (__u64)r.ebx << 32 | r.ecx,
	};
}

/* Codes counted each on its own, 0 .. nr_codes() - 1. */
static inline __u32 nr_codes(void)
{
	__u32 nr = leaf(EXIT_STATS_GEOMETRY).eax + 1;

	return nr < MAX_RECORDS ? nr : MAX_RECORDS - 1;
}

static inline __u32 code_of(__u32 i, __u32 nr)
{
	return i < nr ? i : EXIT_STATS_CODE_OTHER;
}

/* Whether an answer of EXIT_STATS_MAP has the code of @bit, 0 .. 127. */
static inline bool in_map(const struct regs *r, __u32 bit)
{
	const __u32 words[] = { r->eax, r->ebx, r->ecx, r->edx };

	return words[bit / 32] >> bit % 32 & 1;
}

/* Read every record, in order of code; @scope is 0 or EXIT_STATS_THIS_VCPU. */
static inline void read_table(struct table *t, __u32 nr, __u32 scope)
{
	for (__u32 i = 0; i <= nr; i++)
		t->record[i] = record(scope | EXIT_STATS_REASON | code_of(i, nr));
}

#endif /* LEAF_H */
