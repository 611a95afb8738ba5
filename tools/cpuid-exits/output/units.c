// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes values: for people in units that read themselves, with no more digits than are
 * known; for programs exactly, in base units.
 */
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "output/units.h"

/* Less than any digit that is shown. */
#define EPSILON		0.000000001L

static const char *micro = "u", *at_most = "<= ";

/* Finds out which characters can be written. */
void units_init(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8"))
		return;
	micro = "\u00b5";
	at_most = "\u2264 ";
}

/* @number with commas between groups of three digits; not less than 0. */
static void group(long double number, int digits, char *text)
{
	char plain[CELL_SIZE];
	size_t whole, i;

	snprintf(plain, sizeof(plain), "%.*Lf", digits, number);
	whole = strcspn(plain, ".");
	for (i = 0; plain[i]; i++) {
		if (i && i < whole && !((whole - i) % 3))
			*text++ = ',';
		*text++ = plain[i];
	}
	*text = '\0';
}

/* Three digits; of a bound two, not less than it is: it isn't known better. */
static void time_text(long double ns, bool is_bound, char *text)
{
	const char *const units[] = { "ns", micro, "ms", "s" };
	const int digits = is_bound ? 2 : 3;

	long double step = powl(10, floorl(log10l(ns)) + 1 - digits);
	unsigned int unit = 0;

	step = fmaxl(step, 1);
	if (ns >= 1000 * 1e9L)
		step = 1e9L;
	/* What is exact but for rounding is not rounded up. */
	ns = step * (is_bound ? ceill(ns / step - EPSILON) : roundl(ns / step));
	for (; ns >= 1000 && unit < 3; unit++)
		ns /= 1000;
	if (is_bound)
		text = stpcpy(text, at_most);
	group(ns, !unit || ns >= 100 ? 0 : ns >= 10 ? digits - 2 : digits - 1, text);
	strcat(strcat(text, " "), units[unit]);
	if (unit == 1)
		strcat(text, "s");
}

/* Digits behind the point; a count has some only if it is a mean, or per something. */
static int digits_of(long double number, enum unit unit, bool is_plain)
{
	switch (unit) {
	case UNIT_RATE:
		return 1;
	case UNIT_PERCENT:
		return 2;
	case UNIT_RATIO:
		return is_plain ? 2 : 4;
	default:
		if (number == floorl(number))
			return 0;
		return is_plain ? number < 1000 : 3;
	}
}

/* Needs CELL_SIZE bytes for @text. */
void value_text(const struct value *value, enum unit unit, enum form form, char *text)
{
	const bool is_plain = form == FORM_PLAIN || (form == FORM_RAW && unit == UNIT_CODE);
	const int digits = digits_of(value->number, unit, is_plain);

	if (unit == UNIT_TEXT)
		stpcpy(text, value->text);
	else if (is_plain && unit == UNIT_CODE && value->is_hexadecimal)
		sprintf(text, "0x%x", (unsigned int)value->number);
	else if (is_plain && unit == UNIT_TIME)
		time_text(value->number, value->is_bound, text);
	else if (unit == UNIT_TIME)
		sprintf(text, "%.0Lf", floorl(value->number + 0.5L));
	else if (is_plain && unit >= UNIT_COUNT)
		group(value->number, digits, text);
	else
		sprintf(text, "%.*Lf", digits, value->number);
}

/* Likewise, of a bare number for people. */
void number_text(long double number, enum unit unit, char *text)
{
	const struct value value = { .number = number };

	value_text(&value, unit, FORM_PLAIN, text);
}

/* Likewise, of how much more or less a value is than another. */
void difference_text(long double difference, enum unit unit, enum form form, char *text)
{
	const struct value value = { .number = fabsl(difference) };

	if (difference < 0)
		*text++ = '-';
	else if (form == FORM_PLAIN || form == FORM_RAW)
		*text++ = '+';
	value_text(&value, unit, form, text);
}

/* Characters that values usually take. */
unsigned int unit_width(enum unit unit)
{
	static const unsigned int widths[] = {
		[UNIT_TEXT] = 20, [UNIT_ID] = 4, [UNIT_CODE] = 5, [UNIT_COUNT] = 11,
		[UNIT_CYCLES] = 15, [UNIT_TIME] = 9, [UNIT_RATE] = 11, [UNIT_PERCENT] = 6,
		[UNIT_RATIO] = 8,
	};

	return widths[unit];
}
