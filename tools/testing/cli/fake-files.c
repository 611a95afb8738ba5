// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine whose devices are the files below the folder named in $FAKE_FILES: linked with
 * --wrap=fopen,--wrap=glob.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-files.h"

/* Paths that were found in the folder have it already. */
static const char *fake(const char *path, char *text, size_t size)
{
	const char *files = getenv("FAKE_FILES");

	if (!files || (strncmp(path, "/sys/", 5) && strncmp(path, "/proc/io", 8)))
		return path;
	snprintf(text, size, "%s%s", files, path);
	return text;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	char text[4096];

	return __real_fopen(fake(path, text, sizeof(text)), mode);
}

int __wrap_glob(const char *pattern, int flags, int (*on_error)(const char *path, int error),
		glob_t *found)
{
	char text[4096];

	return __real_glob(fake(pattern, text, sizeof(text)), flags, on_error, found);
}
