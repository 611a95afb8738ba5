/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_LINES_H
#define CPUID_EXITS_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>

/**
 * struct lines - a text file that is read line by line
 * @stream: the file
 * @name: of it, for messages
 * @nr: number of the last line that was read
 * @text: that line, without its end; for free()
 * @is_torn: it has no end
 * @size: bytes allocated for @text
 */
struct lines {
	FILE *stream;
	const char *name;
	unsigned long nr;
	char *text;
	bool is_torn;
	size_t size;
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

/* A number of digits and nothing else, not even 0x; -1 if it isn't one up to @max. */
int parse_number(const char *text, int base, __u64 max, __u64 *value);

#endif /* CPUID_EXITS_LINES_H */
