/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_JSON_H
#define CPUID_EXITS_JSON_H

#include <stdbool.h>
#include <stdio.h>

/* A JSON document that is being written; the caller checks its stream for errors. */
struct json {
	FILE *stream;
	unsigned int depth;	/* how many objects and arrays are open */
	bool is_first;		/* nothing was written yet into the innermost of them */
};

/* Names are written in small letters; NULL for the document itself, or in an array. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);
void json_string(struct json *json, const char *name, const char *value);
/* What @format makes has to be a number as JSON knows it, or null. */
[[gnu::format(printf, 3, 4)]]
void json_number(struct json *json, const char *name, const char *format, ...);

#endif /* CPUID_EXITS_JSON_H */
