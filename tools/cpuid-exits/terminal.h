/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_TERMINAL_H
#define CPUID_EXITS_TERMINAL_H

int terminal_check(void);

#endif /* CPUID_EXITS_TERMINAL_H */
