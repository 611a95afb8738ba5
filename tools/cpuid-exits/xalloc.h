/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_XALLOC_H
#define CPUID_EXITS_XALLOC_H

#include <err.h>
#include <stdlib.h>
#include <string.h>

/**
 * xreallocarray - reallocarray() that ends the program when memory runs out
 * @ptr: what to resize, or NULL
 * @nr: elements wanted, more than 0
 * @size: bytes of an element
 *
 * Return: the array, for free().
 */
static inline void *xreallocarray(void *ptr, size_t nr, size_t size)
{
	ptr = reallocarray(ptr, nr, size);
	if (!ptr)
		err(EXIT_FAILURE, "cannot allocate memory");
	return ptr;
}

/**
 * xstrdup - strdup() that ends the program when memory runs out
 * @text: what to copy
 *
 * Return: the copy, for free().
 */
static inline char *xstrdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		err(EXIT_FAILURE, "cannot allocate memory");
	return copy;
}

#endif /* CPUID_EXITS_XALLOC_H */
