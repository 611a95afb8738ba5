/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_UNITS_H
#define CPUID_EXITS_UNITS_H

#include <stdbool.h>

/* Enough for every number a cell can hold, for every reason and its meaning. */
#define CELL_SIZE	128

enum form {
	FORM_PLAIN,
	FORM_RAW,
	FORM_CSV,
	FORM_JSON,
};

/**
 * enum unit - what a value is, and so how it is written and sorted
 * @UNIT_TEXT: no number; ascends, as the next two
 * @UNIT_ID: a number that names something
 * @UNIT_CODE: an exit code, in SVM's manual hexadecimal
 * @UNIT_COUNT: how many; descends, as all that follow
 * @UNIT_CYCLES: cycles of the host's TSC
 * @UNIT_TIME: nanoseconds
 * @UNIT_RATE: how many per second
 * @UNIT_PERCENT: a share
 * @UNIT_RATIO: how many times as much
 */
enum unit {
	UNIT_TEXT,
	UNIT_ID,
	UNIT_CODE,
	UNIT_COUNT,
	UNIT_CYCLES,
	UNIT_TIME,
	UNIT_RATE,
	UNIT_PERCENT,
	UNIT_RATIO,
};

/**
 * struct value - what a cell is to say
 * @number: in base units, unless it is a text
 * @text: if it is one
 * @is_bound: the true number is at most this
 * @is_hexadecimal: of a code, that people read it so
 */
struct value {
	long double number;
	char text[CELL_SIZE];
	bool is_bound;
	bool is_hexadecimal;
};

void units_init(void);
void value_text(const struct value *value, enum unit unit, enum form form, char *text);
void difference_text(long double difference, enum unit unit, enum form form, char *text);
unsigned int unit_width(enum unit unit);

#endif /* CPUID_EXITS_UNITS_H */
