/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_FAIL_H
#define CPUID_EXITS_FAIL_H

#include <err.h>

/* Says on stderr what is wrong, and is what functions return then; the second with errno. */
#define fail(...)	(warnx(__VA_ARGS__), -1)
#define fail_errno(...)	(warn(__VA_ARGS__), -1)

#endif /* CPUID_EXITS_FAIL_H */
