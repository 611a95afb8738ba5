/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_XALLOC_H
#define CPUID_EXITS_XALLOC_H

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* They end the program when memory runs out; @nr is more than 0. */
static inline void *xreallocarray(void *ptr, size_t nr, size_t size)
{
	ptr = reallocarray(ptr, nr, size);
	if (!ptr)
		err(EXIT_FAILURE, "cannot allocate memory");
	return ptr;
}

static inline char *xstrdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		err(EXIT_FAILURE, "cannot allocate memory");
	return copy;
}

#endif /* CPUID_EXITS_XALLOC_H */
