/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_JSON_CHECK_H
#define FUZZ_JSON_CHECK_H

#include <stdbool.h>

/* Gets the array that the number is in or "", the member's name, and the number. */
typedef void (*json_number_fn)(const char *array, const char *name, const char *number,
			       void *arg);

bool json_check(const char *text, json_number_fn fn, void *arg);

#endif /* FUZZ_JSON_CHECK_H */
