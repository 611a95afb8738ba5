/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COLUMNS_H
#define CPUID_EXITS_COLUMNS_H

#include <stddef.h>

#include "counters/delta.h"
#include "output/units.h"

/* More than there are, with all that can be shown of them. */
#define MAX_COLUMNS	128

/* Commands, each a bit: which of them have a column, or an option. */
enum {
	IN_SHOW = 0x01,
	IN_STAT = 0x02,
	IN_RECORD = 0x04,
	IN_REPORT = 0x08,
	IN_COMPARE = 0x10,
	IN_TOP = 0x20,
	IN_HIST = 0x40,
	IN_LIST = 0x80,
	IN_WHY = 0x100,
};

/* What a line of a table is of. */
struct row {
	long double divisor;		/* of what more time or more runs make more */
	const struct delta *delta;	/* NULL if what is compared can't have such a line */
	struct exit_count count;
	bool is_total;			/* @count is the sum of all of @delta */
	size_t nr_more;			/* keys are summed up in @count, if it isn't of one */
	unsigned int bucket;		/* in a histogram, the one the line is of */
	unsigned int bar;		/* likewise, as long */
};

/* All there is to know of a column. */
struct column {
	const char *name;		/* its heading, and its name in options */
	const char *help;
	enum unit unit;
	bool is_sum;			/* more time or more runs make it more */
	unsigned int commands;		/* which have it */
	__u32 needs;			/* EXIT_STATS_F_* of what has to be measured for it */
	/* False if there is nothing to say; of a time, in cycles. */
	bool (*value)(const struct row *row, struct value *value);
};

/* What of a column is shown; all but the first are of compare. */
enum aspect {
	ASPECT_VALUE,
	ASPECT_DIFF,
	ASPECT_RATIO,
};

/* A column of a table, and of which of the files that are compared it is. */
struct shown {
	const struct column *column;
	enum aspect aspect;
	size_t side;
};

/* The columns of a table, from left to right; for compare, before they are of a side. */
struct column_list {
	struct shown shown[MAX_COLUMNS];
	size_t nr;
};

const struct column *column_find(const char *name);
void columns_add(struct column_list *list, const char *names, unsigned int command);
__u32 columns_need(const struct column_list *list);
void columns_check(const struct column_list *list, __u32 features, const char *name);
void columns_help(unsigned int command);
bool column_value(const struct column *column, const struct row *row, struct value *value);

/* All zero if that code and key have not occurred; without, the total; @delta must outlive it. */
struct row row_of(const struct delta *delta, const struct exit_count *like);
bool row_occurred(const struct row *row);
bool row_is_idle(const struct row *row);

#endif /* CPUID_EXITS_COLUMNS_H */
