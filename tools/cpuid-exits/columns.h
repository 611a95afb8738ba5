/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COLUMNS_H
#define CPUID_EXITS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

enum column {
	COL_PART,
	COL_CPU,
	COL_VCPU,
	COL_ISA,
	COL_CODE,
	COL_REASON,
	COL_TOTAL,
	COL_EXITS,
	COL_DIFF,
	COL_RATIO,
	COL_SPREAD,
	COL_EXITS_SHARE,
	COL_RATE,
	COL_CYCLES,
	COL_CYCLES_DIFF,
	COL_CYCLES_RATIO,
	COL_CYCLES_SHARE,
	COL_AVG_NS,
	COL_TIME_SHARE,
	COL_AWAY,
	COL_AWAY_DIFF,
	COL_AWAY_RATIO,
	COL_AWAY_SHARE,
	COL_MEAN_NS,
	COL_P50_NS,
	COL_P99_NS,
	COL_MAX_NS,
	COL_MEANING,
	NR_COLUMNS
};

/* A set of columns is a number with these bits. */
#define COLUMN_BIT(column)	(1u << (column))

/* What there is to show of exits, however they were counted. */
#define COLUMNS_OF_EXITS						\
	(COLUMN_BIT(COL_CODE) | COLUMN_BIT(COL_REASON) | COLUMN_BIT(COL_EXITS) | \
	 COLUMN_BIT(COL_EXITS_SHARE) | COLUMN_BIT(COL_CYCLES) |		\
	 COLUMN_BIT(COL_CYCLES_SHARE) | COLUMN_BIT(COL_AVG_NS))

/* What there is to show of exits in a known time. */
#define COLUMNS_OF_SPAN							\
	(COLUMNS_OF_EXITS | COLUMN_BIT(COL_RATE) | COLUMN_BIT(COL_TIME_SHARE))

/* What takes the place of the handling, where time away is measured too. */
#define COLUMNS_OF_HANDLING						\
	(COLUMN_BIT(COL_CYCLES) | COLUMN_BIT(COL_CYCLES_SHARE) |	\
	 COLUMN_BIT(COL_AVG_NS) | COLUMN_BIT(COL_TIME_SHARE))
#define COLUMNS_OF_LENGTHS						\
	(COLUMN_BIT(COL_MEAN_NS) | COLUMN_BIT(COL_P50_NS) |		\
	 COLUMN_BIT(COL_P99_NS) | COLUMN_BIT(COL_MAX_NS))
#define COLUMNS_OF_AWAY							\
	(COLUMN_BIT(COL_AWAY) | COLUMN_BIT(COL_AWAY_SHARE) | COLUMNS_OF_LENGTHS)

/* Those that are shown if asked for. */
#define COLUMNS_ASKED_FOR						\
	(COLUMN_BIT(COL_CPU) | COLUMN_BIT(COL_VCPU) | COLUMN_BIT(COL_MEANING))

/**
 * struct column_info - what there is to know of a column
 * @name: its heading, and its name in options
 * @help: one line on what it shows
 * @is_text: it doesn't show numbers
 * @features: KVM_EXIT_STATS_F_* of what has to be read for it
 */
struct column_info {
	const char *name;
	const char *help;
	bool is_text;
	__u32 features;
};

/**
 * struct column_list - the columns of a table, from left to right
 * @columns: each at most once
 * @nr: number of @columns
 */
struct column_list {
	enum column columns[NR_COLUMNS];
	size_t nr;
};

extern const struct column_info column_info[NR_COLUMNS];

void columns_all(struct column_list *list, unsigned int set);
int columns_select(struct column_list *list, const char *names, unsigned int set);
int column_find(enum column *column, const char *name, size_t len, unsigned int set);
__u32 columns_features(const struct column_list *list);
bool columns_have(const struct column_list *list, unsigned int set);
void columns_help(unsigned int set);

#endif /* CPUID_EXITS_COLUMNS_H */
