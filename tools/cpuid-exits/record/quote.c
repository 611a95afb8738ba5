// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters/lines.h"
#include "record/quote.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			    "%+,-./:=@_^";

static void quote(FILE *stream, const char *text)
{
	/* $'...' can hold all, a new line too. */
	const bool is_dollar = has_control(text, strlen(text), "");

	if (*text && !text[strspn(text, plain)]) {
		fputs(text, stream);
		return;
	}
	fputs(is_dollar ? "$'" : "'", stream);
	for (; *text; text++) {
		const unsigned char c = *text;

		if (iscntrl(c))
			fprintf(stream, "\\x%02x", c);
		else if (is_dollar && (c == '\'' || c == '\\'))
			fprintf(stream, "\\%c", c);
		else
			fputs(c == '\'' ? "'\\''" : (char []){ c, '\0' }, stream);
	}
	putc('\'', stream);
}

char *quote_command(char **argv)
{
	char *line = NULL;
	size_t size, i;
	FILE *stream = open_memstream(&line, &size);

	if (!stream)
		err(EXIT_FAILURE, "cannot allocate memory");
	for (i = 0; argv[i]; i++) {
		if (i)
			putc(' ', stream);
		quote(stream, argv[i]);
	}
	if (fclose(stream))
		err(EXIT_FAILURE, "cannot allocate memory");
	return line;
}
