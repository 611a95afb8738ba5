/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_NAMES_H
#define CPUID_EXITS_NAMES_H

#include <linux/types.h>

const char *isa_name(__u32 isa);
const char *exit_name(__u32 isa, __u32 code);

#endif /* CPUID_EXITS_NAMES_H */
