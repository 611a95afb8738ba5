/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_QUOTE_H
#define CPUID_EXITS_QUOTE_H

/* A command in one line, as a shell would take it again, for free(). */
char *quote_command(char **argv);

#endif /* CPUID_EXITS_QUOTE_H */
