/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_MEANINGS_H
#define CPUID_EXITS_MEANINGS_H

#include <linux/types.h>

const char *exit_meaning(__u32 isa, __u32 code);

#endif /* CPUID_EXITS_MEANINGS_H */
