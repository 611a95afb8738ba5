// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes JSON in the layout that libsmartcols gives it, so that all that the
 * tools of a machine with util-linux print looks the same.
 */
#include <ctype.h>
#include <stdarg.h>

#include "output/json.h"

/* Bytes of the character of UTF-8 that begins here, 0 if none does. */
static size_t utf8_length(const unsigned char *c)
{
	const size_t len = *c < 0x80 ? 1 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : 4;
	size_t i;

	if ((*c >= 0x80 && *c < 0xc2) || *c > 0xf4)
		return 0;
	for (i = 1; i < len; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Too long a form, a surrogate, or past the last character. */
	if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) ||
	    (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f))
		return 0;
	return len;
}

static void write_string(FILE *stream, const char *text, bool is_name)
{
	putc('"', stream);
	while (*text) {
		const unsigned char c = *text;
		const size_t len = utf8_length((const unsigned char *)text);

		/* An argument of a command may be any bytes, JSON may not. */
		if (!len)
			fputs("\\ufffd", stream);
		else if (c == '"' || c == '\\')
			fprintf(stream, "\\%c", c);
		else if (c < ' ')
			fprintf(stream, "\\u%04x", c);
		else if (is_name)
			putc(tolower(c), stream);
		else
			fwrite(text, 1, len, stream);
		text += len ?: 1;
	}
	putc('"', stream);
}

static void indent(const struct json *json)
{
	fprintf(json->stream, "%*s", 3 * json->depth, "");
}

/* Ends what stands before, and begins a member of an object: "name": */
static void begin_member(struct json *json, const char *name)
{
	if (json->depth)
		fputs(json->is_first ? "\n" : ",\n", json->stream);
	indent(json);
	if (name) {
		write_string(json->stream, name, true);
		fputs(": ", json->stream);
	}
	json->is_first = false;
}

void json_open(struct json *json, const char *name, char bracket)
{
	if (!name && json->depth && !json->is_first)
		putc(',', json->stream);
	else
		begin_member(json, name);
	putc(bracket, json->stream);
	json->depth++;
	json->is_first = true;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (!json->is_first) {
		putc('\n', json->stream);
		indent(json);
	}
	putc(bracket, json->stream);
	json->is_first = false;
	if (!json->depth)
		putc('\n', json->stream);
}

void json_string(struct json *json, const char *name, const char *value)
{
	begin_member(json, name);
	if (value)
		write_string(json->stream, value, false);
	else
		fputs("null", json->stream);
}

void json_number(struct json *json, const char *name, const char *format, ...)
{
	va_list args;

	begin_member(json, name);
	va_start(args, format);
	vfprintf(json->stream, format, args);
	va_end(args);
}
