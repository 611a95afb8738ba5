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

/* What a value is.  Up to UNIT_CODE it names a row, and ascends; from then on it measures. */
enum unit {
	UNIT_TEXT,
	UNIT_ID,
	UNIT_CODE,	/* an exit code, in SVM's manual hexadecimal */
	UNIT_COUNT,
	UNIT_CYCLES,	/* of the host's TSC */
	UNIT_TIME,	/* nanoseconds */
	UNIT_RATE,	/* how many per second */
	UNIT_PERCENT,
	UNIT_RATIO,	/* how many times as much */
};

/* What a cell is to say: a text, or a number in base units. */
struct value {
	long double number;
	char text[CELL_SIZE];
	bool is_bound;		/* the true number is at most this */
	bool is_hexadecimal;	/* of a code, that people read it so */
};

void units_init(void);
void value_text(const struct value *value, enum unit unit, enum form form, char *text);
void number_text(long double number, enum unit unit, char *text);
void difference_text(long double difference, enum unit unit, enum form form, char *text);
unsigned int unit_width(enum unit unit);

#endif /* CPUID_EXITS_UNITS_H */
