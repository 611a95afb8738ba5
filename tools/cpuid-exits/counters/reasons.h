/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_REASONS_H
#define CPUID_EXITS_REASONS_H

#include <stdbool.h>

#include <linux/types.h>

/* Enough for every name of an exit. */
#define REASON_SIZE	64

const char *isa_name(__u32 isa);
__u32 isa_find(const char *name);
bool reason_exists(__u32 isa, __u32 code);
void reason_name(__u32 isa, __u32 code, char *text);
const char *reason_meaning(__u32 isa, __u32 code);
bool reason_is_own(__u32 isa, __u32 code);
bool reason_is_idle(__u32 isa, __u32 code);
int reason_find(__u32 isa, const char *text, __u32 *code);

#endif /* CPUID_EXITS_REASONS_H */
