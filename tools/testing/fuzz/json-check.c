// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells whether a text is JSON (RFC 8259, in UTF-8), and walks over its numbers.
 */
#include <stdio.h>
#include <string.h>

#include "json-check.h"

#define NAME_SIZE	64
#define DEPTH_MAX	16

struct parser {
	const char *pos;
	json_number_fn fn;
	void *arg;
	unsigned int depth;
	char array[NAME_SIZE];
	char name[NAME_SIZE];
};

static bool parse_value(struct parser *parser);

static void skip_blanks(struct parser *parser)
{
	parser->pos += strspn(parser->pos, " \t\r\n");
}

static bool take(struct parser *parser, const char *text)
{
	size_t len = strlen(text);

	skip_blanks(parser);
	if (strncmp(parser->pos, text, len))
		return false;
	parser->pos += len;
	return true;
}

/* Bytes of the character at @c, 0 if it is none of UTF-8. */
static size_t utf8_length(const unsigned char *c)
{
	static const struct {
		unsigned char mask, lead;
		unsigned int least;
	} forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	size_t more, i;

	for (more = 0; more < 4; more++) {
		unsigned int value = *c & ~forms[more].mask & 0xff;

		if ((*c & forms[more].mask) != forms[more].lead)
			continue;
		for (i = 1; i <= more; i++) {
			if ((c[i] & 0xc0) != 0x80)
				return 0;
			value = value << 6 | (c[i] & 0x3f);
		}
		if (value < forms[more].least || value > 0x10ffff ||
		    (value >= 0xd800 && value <= 0xdfff))
			return 0;
		return more + 1;
	}
	return 0;
}

static bool parse_escape(struct parser *parser)
{
	if (*parser->pos == 'u') {
		parser->pos++;
		if (strspn(parser->pos, "0123456789abcdefABCDEF") < 4)
			return false;
		parser->pos += 4;
		return true;
	}
	if (!*parser->pos || !strchr("\"\\/bfnrt", *parser->pos))
		return false;
	parser->pos++;
	return true;
}

static bool parse_string(struct parser *parser)
{
	if (!take(parser, "\""))
		return false;
	while (*parser->pos != '"') {
		size_t len = utf8_length((const unsigned char *)parser->pos);

		if (!len || (unsigned char)*parser->pos < ' ')
			return false;
		parser->pos += len;
		if (parser->pos[-1] == '\\' && !parse_escape(parser))
			return false;
	}
	parser->pos++;
	return true;
}

static bool parse_digits(struct parser *parser)
{
	size_t digits = strspn(parser->pos, "0123456789");

	parser->pos += digits;
	return digits;
}

static bool parse_number(struct parser *parser)
{
	const char *begin = parser->pos, *digits;
	char number[NAME_SIZE];

	if (*parser->pos == '-')
		parser->pos++;
	digits = parser->pos;
	if (!parse_digits(parser) || (*digits == '0' && parser->pos - digits > 1))
		return false;
	if (*parser->pos == '.') {
		parser->pos++;
		if (!parse_digits(parser))
			return false;
	}
	snprintf(number, sizeof(number), "%.*s", (int)(parser->pos - begin), begin);
	if (parser->fn)
		parser->fn(parser->array, parser->name, number, parser->arg);
	return true;
}

static bool parse_member(struct parser *parser)
{
	const char *begin;

	skip_blanks(parser);
	begin = parser->pos + 1;
	if (!parse_string(parser))
		return false;
	snprintf(parser->name, sizeof(parser->name), "%.*s", (int)(parser->pos - 1 - begin),
		 begin);
	return take(parser, ":") && parse_value(parser);
}

/* Behind the bracket that opens. */
static bool parse_list(struct parser *parser, bool (*element)(struct parser *), const char *end)
{
	if (take(parser, end))
		return true;
	do {
		if (!element(parser))
			return false;
	} while (take(parser, ","));
	return take(parser, end);
}

static bool parse_value(struct parser *parser)
{
	bool ret;

	if (parser->depth == DEPTH_MAX)
		return false;
	parser->depth++;
	if (take(parser, "{")) {
		ret = parse_list(parser, parse_member, "}");
	} else if (take(parser, "[")) {
		memcpy(parser->array, parser->name, sizeof(parser->array));
		ret = parse_list(parser, parse_value, "]");
		*parser->array = '\0';
	} else if (*parser->pos == '"') {
		ret = parse_string(parser);
	} else {
		ret = take(parser, "null") || take(parser, "true") || take(parser, "false") ||
		      parse_number(parser);
	}
	parser->depth--;
	return ret;
}

/**
 * json_check - tell whether a text is JSON
 * @text: the text
 * @fn: is called for each number, or NULL
 * @arg: for @fn
 *
 * Return: whether it is, and without exponents, which the program doesn't write.
 */
bool json_check(const char *text, json_number_fn fn, void *arg)
{
	struct parser parser = { .pos = text, .fn = fn, .arg = arg };

	if (!parse_value(&parser))
		return false;
	skip_blanks(&parser);
	return !*parser.pos;
}
