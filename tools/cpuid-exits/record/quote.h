/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_QUOTE_H
#define CPUID_EXITS_QUOTE_H

char *quote_command(char **argv);

#endif /* CPUID_EXITS_QUOTE_H */
