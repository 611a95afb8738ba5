/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_NAMES_H
#define CPUID_EXITS_NAMES_H

#include <linux/types.h>

/* Enough for every name of an exit. */
#define REASON_SIZE	64

const char *isa_name(__u32 isa);
__u32 isa_find(const char *name);
const char *exit_name(__u32 isa, __u32 code);
int exit_find(__u32 isa, const char *text, __u32 *code);
void reason_name(__u32 isa, __u32 code, char *text);

#endif /* CPUID_EXITS_NAMES_H */
