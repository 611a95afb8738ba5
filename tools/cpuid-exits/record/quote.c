// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a command in one line, as a shell would take it again.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/quote.h"

static bool is_plain(char c)
{
	return isalnum((unsigned char)c) || strchr("%+,-./:=@_^", c);
}

/* $'...' can hold all, a new line too. */
static void quote_control(FILE *stream, const char *text)
{
	fputs("$'", stream);
	for (; *text; text++) {
		const unsigned char c = *text;

		if (iscntrl(c))
			fprintf(stream, "\\x%02x", c);
		else if (c == '\'' || c == '\\')
			fprintf(stream, "\\%c", c);
		else
			putc(c, stream);
	}
	putc('\'', stream);
}

static void quote_blank(FILE *stream, const char *text)
{
	putc('\'', stream);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stream);
		else
			putc(*text, stream);
	}
	putc('\'', stream);
}

static bool has_control(const char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			return true;
	}
	return false;
}

static bool needs_quotes(const char *text)
{
	if (!*text)
		return true;
	for (; *text; text++) {
		if (!is_plain(*text))
			return true;
	}
	return false;
}

/**
 * quote_command - write a command in one line
 * @argv: the command and its arguments
 *
 * Return: the line, for free().
 */
char *quote_command(char **argv)
{
	char *line = NULL;
	size_t size, i;
	FILE *stream = open_memstream(&line, &size);

	if (!stream)
		err(EXIT_FAILURE, "cannot allocate memory");
	for (i = 0; argv[i]; i++) {
		const char *text = argv[i];

		if (i)
			putc(' ', stream);
		if (has_control(text))
			quote_control(stream, text);
		else if (needs_quotes(text))
			quote_blank(stream, text);
		else
			fputs(text, stream);
	}
	if (fclose(stream))
		err(EXIT_FAILURE, "cannot allocate memory");
	return line;
}
