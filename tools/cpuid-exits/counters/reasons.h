/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_REASONS_H
#define CPUID_EXITS_REASONS_H

#include <stdbool.h>

#include <linux/types.h>

/* Enough for every name of an exit. */
#define REASON_SIZE	64

/* Of any value; "unknown" has no reasons but OTHER, and is found as 0. */
const char *isa_name(__u32 isa);
__u32 isa_find(const char *name);

/* Its number if it has no name; REASON_SIZE bytes. */
void reason_name(__u32 isa, __u32 code, char *text);

/* NULL if there is no such reason. */
const char *reason_meaning(__u32 isa, __u32 code);

/* Whether it is that of CPUID, and so of own queries; or of HLT, whose time away is idle. */
bool reason_is_own(__u32 isa, __u32 code);
bool reason_is_idle(__u32 isa, __u32 code);

/* By number, name, or begin of the name in any case; -1 after saying what is wrong. */
int reason_find(__u32 isa, const char *text, __u32 *code);

#endif /* CPUID_EXITS_REASONS_H */
