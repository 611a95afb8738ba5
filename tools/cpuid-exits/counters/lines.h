/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_LINES_H
#define CPUID_EXITS_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

/* A text file that is read line by line. */
struct lines {
	FILE *stream;
	const char *name;	/* for messages */
	unsigned long nr;	/* of the last line that was read */
	char *text;		/* that line, without its end; for free() */
	size_t size;		/* bytes allocated for it */
	bool is_torn;		/* it has no end */
};

/*
 * Reads a line, which may have those of the control characters in it.  1 if there is one,
 * 0 at the end, -1 after saying what is wrong.
 */
int lines_next(struct lines *lines, const char *controls);

/* Says what is wrong with the line that was read; -1. */
[[gnu::format(printf, 2, 3)]]
int lines_bad(const struct lines *lines, const char *format, ...);

/* Whether a text has control characters other than those. */
bool has_control(const char *text, size_t len, const char *but);

/* Digits and nothing else, after 0x if @base is 16; -1 if they aren't a number up to @max. */
int parse_number(const char *text, int base, __u64 max, __u64 *value);

#endif /* CPUID_EXITS_LINES_H */
