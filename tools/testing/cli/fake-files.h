/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAKE_FILES_H
#define FAKE_FILES_H

#include <glob.h>
#include <stdio.h>

/* What the linker makes of fopen() and glob(), see ld(1). */
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
int __real_glob(const char *pattern, int flags, int (*on_error)(const char *path, int error),
		glob_t *found);
int __wrap_glob(const char *pattern, int flags, int (*on_error)(const char *path, int error),
		glob_t *found);

#endif /* FAKE_FILES_H */
