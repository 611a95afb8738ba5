/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_JSON_H
#define CPUID_EXITS_JSON_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct json - a JSON document that is being written
 * @stream: where to; the caller checks it for errors
 * @depth: how many objects and arrays are open
 * @is_first: nothing was written yet into the innermost of them
 */
struct json {
	FILE *stream;
	unsigned int depth;
	bool is_first;
};

void json_open(struct json *json, const char *name);
void json_close(struct json *json);
void json_array_open(struct json *json, const char *name);
void json_array_close(struct json *json);
void json_string(struct json *json, const char *name, const char *value);
[[gnu::format(printf, 3, 4)]]
void json_number(struct json *json, const char *name, const char *format, ...);

#endif /* CPUID_EXITS_JSON_H */
