// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads files line by line, and says which line is wrong.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "counters/lines.h"
#include "fail.h"

int lines_bad(const struct lines *lines, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return fail("%s:%lu: %s", lines->name, lines->nr, text);
}

bool has_control(const char *text, size_t len, const char *but)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (iscntrl((unsigned char)text[i]) && (!text[i] || !strchr(but, text[i])))
			return true;
	}
	return false;
}

int lines_next(struct lines *lines, const char *controls)
{
	const ssize_t len = getline(&lines->text, &lines->size, lines->stream);

	if (len < 0)
		return ferror(lines->stream) ? fail_errno("%s", lines->name) : 0;
	lines->nr++;
	lines->is_torn = lines->text[len - 1] != '\n';
	if (!lines->is_torn)
		lines->text[len - 1] = '\0';
	/* They would do to a terminal, in a message, what they like. */
	if (has_control(lines->text, len - !lines->is_torn, controls))
		return lines_bad(lines, "not a text file");
	return 1;
}

int parse_number(const char *text, int base, __u64 max, __u64 *value)
{
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";

	if (base == 16) {
		if (strncmp(text, "0x", 2))
			return -1;
		text += 2;
	}
	if (!*text || text[strspn(text, digits)])
		return -1;
	errno = 0;
	*value = strtoull(text, NULL, base);
	return errno || *value > max ? -1 : 0;
}
