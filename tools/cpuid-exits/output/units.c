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

/**
 * units_init - find out which characters can be written
 */
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

static void count_text(long double number, char *text)
{
	/* A mean, or per something. */
	group(number, number < 1000 && number != floorl(number), text);
}

/* Three digits; of a bound two, not less than it is: it isn't known better. */
static void time_text(long double ns, bool is_bound, char *text)
{
	const char *const units[] = { "ns", micro, "ms", "s" };

	long double value = ns;
	unsigned int unit = 0;
	int digits = 0;

	for (;; unit++, value /= 1000) {
		long double step = 1, steps;

		if (is_bound)
			step = value < 10 && unit ? 0.1L : value < 100 ? 1 : 10;
		else if (unit)
			step = value < 10 ? 0.01L : value < 100 ? 0.1L : 1;
		if (unit == 3 && value >= 1000)
			step = 1;
		digits = step < 0.05L ? 2 : step < 0.5L ? 1 : 0;
		/* What is exact but for rounding is not rounded up. */
		steps = is_bound ? ceill(value / step - EPSILON) : roundl(value / step);
		if (steps * step < 1000 || unit == 3) {
			value = steps * step;
			break;
		}
	}
	if (is_bound)
		text = stpcpy(text, at_most);
	group(value, digits, text);
	strcat(text, " ");
	strcat(text, units[unit]);
	if (unit == 1)
		strcat(text, "s");
}

static void plain_text(const struct value *value, enum unit unit, char *text)
{
	switch (unit) {
	case UNIT_TEXT:
		stpcpy(text, value->text);
		break;
	case UNIT_ID:
	case UNIT_CODE:
		sprintf(text, value->is_hexadecimal ? "0x%x" : "%u", (unsigned int)value->number);
		break;
	case UNIT_COUNT:
	case UNIT_CYCLES:
		count_text(value->number, text);
		break;
	case UNIT_TIME:
		time_text(value->number, value->is_bound, text);
		break;
	case UNIT_RATE:
		group(value->number, 1, text);
		break;
	case UNIT_PERCENT:
	case UNIT_RATIO:
		group(value->number, 2, text);
		break;
	}
}

/* Rounded only where it isn't a whole number anyway. */
static void exact_text(const struct value *value, enum unit unit, char *text)
{
	switch (unit) {
	case UNIT_TEXT:
		stpcpy(text, value->text);
		break;
	case UNIT_TIME:
		sprintf(text, "%.0Lf", floorl(value->number + 0.5L));
		break;
	case UNIT_RATE:
		sprintf(text, "%.1Lf", value->number);
		break;
	case UNIT_PERCENT:
		sprintf(text, "%.2Lf", value->number);
		break;
	case UNIT_RATIO:
		sprintf(text, "%.4Lf", value->number);
		break;
	default:
		sprintf(text, value->number == floorl(value->number) ? "%.0Lf" : "%.3Lf",
			value->number);
	}
}

/**
 * value_text - write a value
 * @value: the value
 * @unit: what it is
 * @form: for whom
 * @text: where to put it, CELL_SIZE bytes
 */
void value_text(const struct value *value, enum unit unit, enum form form, char *text)
{
	if (form == FORM_PLAIN || (form == FORM_RAW && unit == UNIT_CODE))
		plain_text(value, unit, text);
	else
		exact_text(value, unit, text);
}

/**
 * difference_text - write how much more or less a value is than another
 * @difference: by how much
 * @unit: what the values are
 * @form: for whom
 * @text: where to put it, CELL_SIZE bytes
 */
void difference_text(long double difference, enum unit unit, enum form form, char *text)
{
	const struct value value = { .number = fabsl(difference) };

	if (difference < 0)
		*text++ = '-';
	else if (form == FORM_PLAIN || form == FORM_RAW)
		*text++ = '+';
	value_text(&value, unit, form, text);
}

/**
 * unit_width - tell how wide values usually are
 * @unit: what they are
 *
 * Return: characters.
 */
unsigned int unit_width(enum unit unit)
{
	static const unsigned int widths[] = {
		[UNIT_TEXT] = 20, [UNIT_ID] = 4, [UNIT_CODE] = 5, [UNIT_COUNT] = 11,
		[UNIT_CYCLES] = 15, [UNIT_TIME] = 9, [UNIT_RATE] = 11, [UNIT_PERCENT] = 6,
		[UNIT_RATIO] = 8,
	};

	return widths[unit];
}
