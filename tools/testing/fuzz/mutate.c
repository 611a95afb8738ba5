// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes inputs as somebody with an editor would: whole numbers, words and lines.
 * The fuzzer's own changes, of bytes, rarely leave a line that is read to its end.
 * Nothing here knows a format.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define NUMBER_SIZE	32
/* That 64 bits can have. */
#define DIGITS		20
#define CHANGES_MAX	4
#define TRIES		32
#define DOUBLINGS_MAX	9

struct text {
	char *data;
	size_t size, max;
	unsigned int seed;
};

static size_t pick(struct text *text, size_t nr)
{
	return nr ? (size_t)rand_r(&text->seed) % nr : 0;
}

/* Puts @with, from outside of the text, there; if there is room for it. */
static void replace(struct text *text, size_t at, size_t len, const char *with, size_t with_len)
{
	if (text->size - len + with_len > text->max)
		return;
	memmove(text->data + at + with_len, text->data + at + len, text->size - at - len);
	memcpy(text->data + at, with, with_len);
	text->size += with_len - len;
}

/* The longest run of such characters around a place, or behind it. */
static bool find_run(struct text *text, int (*is)(int c), size_t *at, size_t *len)
{
	size_t i = pick(text, text->size);

	while (i < text->size && !is((unsigned char)text->data[i]))
		i++;
	if (i == text->size)
		return false;
	while (i && is((unsigned char)text->data[i - 1]))
		i--;
	*at = i;
	while (i < text->size && is((unsigned char)text->data[i]))
		i++;
	*len = i - *at;
	return true;
}

static uint64_t other_value(struct text *text, uint64_t value)
{
	const unsigned int bit = pick(text, 64);

	switch (pick(text, 6)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return ~0ULL >> bit * pick(text, 2);
	case 3:
		return 1ULL << bit;
	case 4:
		return value ^ 1ULL << bit % 32;
	default:
		return pick(text, 100);
	}
}

/* A number that stands alone, of the one or the other kind. */
static bool find_number(struct text *text, bool hex, size_t *at, size_t *len)
{
	static const char hex_digits[] = "0123456789abcdefABCDEF", decimal_digits[] = "0123456789";
	char word[NUMBER_SIZE];
	unsigned int tries;

	for (tries = 0; tries < TRIES; tries++) {
		bool is_hex;

		if (!find_run(text, isalnum, at, len) || *len >= sizeof(word))
			continue;
		memcpy(word, text->data + *at, *len);
		word[*len] = '\0';
		is_hex = !strncmp(word, "0x", 2);
		if (is_hex) {
			*at += 2;
			*len -= 2;
		}
		if (is_hex == hex && *len && *len <= DIGITS &&
		    strspn(word + 2 * is_hex, hex ? hex_digits : decimal_digits) == *len)
			return true;
	}
	return false;
}

/* A hexadecimal number keeps its width. */
static void change_number(struct text *text)
{
	const bool hex = pick(text, 2);
	char old[NUMBER_SIZE] = "", new[NUMBER_SIZE];
	unsigned long long value;
	size_t at, len;

	if (!find_number(text, hex, &at, &len))
		return;
	memcpy(old, text->data + at, len);
	value = other_value(text, strtoull(old, NULL, hex ? 16 : 10));
	if (hex) {
		snprintf(new, sizeof(new), "%0*llx", DIGITS, value);
		memmove(new, new + DIGITS - len, len + 1);
	} else {
		snprintf(new, sizeof(new), "%llu", value);
	}
	replace(text, at, len, new, strlen(new));
}

static char *copy_of(const struct text *text, size_t at, size_t len)
{
	char *copy = malloc(len);

	if (!copy)
		abort();
	return memcpy(copy, text->data + at, len);
}

static int is_of_word(int c)
{
	return !isspace(c) && c != ',' && c != '=';
}

static void repeat_word(struct text *text)
{
	unsigned int doublings = pick(text, DOUBLINGS_MAX + 1);
	size_t at, len;
	char *copy;

	if (!find_run(text, is_of_word, &at, &len))
		return;
	for (; doublings && text->size + len <= text->max; doublings--) {
		copy = copy_of(text, at, len);
		replace(text, at, 0, copy, len);
		free(copy);
		len *= 2;
	}
}

static int is_of_line(int c)
{
	return c != '\n';
}

/* Takes a line away, doubles it, or puts it in another's place or before it. */
static void change_line(struct text *text)
{
	size_t at, len, to, to_len;
	char *line;

	if (!find_run(text, is_of_line, &at, &len) ||
	    !find_run(text, is_of_line, &to, &to_len))
		return;
	len += at + len < text->size;
	to_len += to + to_len < text->size;
	line = copy_of(text, at, len);

	switch (pick(text, 4)) {
	case 0:
		replace(text, at, len, "", 0);
		break;
	case 1:
		replace(text, at, 0, line, len);
		break;
	case 2:
		replace(text, to, to_len, line, len);
		break;
	default:
		replace(text, to, 0, line, len);
	}
	free(line);
}

size_t fuzz_mutate(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct text text = { .data = (char *)data, .size = size, .max = max, .seed = seed };
	size_t changes;

	if (!pick(&text, 3))
		return fuzz_mutate_bytes(data, size, max);

	for (changes = 1 + pick(&text, CHANGES_MAX); changes; changes--) {
		switch (pick(&text, 8)) {
		case 0:
		case 1:
			change_line(&text);
			break;
		case 2:
			repeat_word(&text);
			break;
		default:
			change_number(&text);
		}
	}
	return text.size ?: fuzz_mutate_bytes(data, size, max);
}
