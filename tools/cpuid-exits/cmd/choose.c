// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chooses the columns of a table, and what it is sorted by.  What was asked for but there
 * isn't ends the program.
 */
#include <string.h>

#include "cmd/commands.h"
#include "counters/reasons.h"
#include "fail.h"

/* What the columns depend on that are shown unless others are asked for. */
enum {
	PEOPLE = 0x1,		/* read it, and it has to fit on a line; */
	PROGRAMS = 0x2,		/* they get all that is measured */
	TOP = 0x4,
	COMPARE = 0x8,
	TABLE = 0x10,		/* of the other commands */
	NO_COMPARE = 0x20,
	PARTS = 0x40,
	VCPUS = 0x80,
	RUNS = 0x100,
	DELTA = 0x200,
	WHOLE = 0x400,		/* since the counters began */
	ISAS = 0x800,		/* are compared */
	RATES = 0x1000,		/* likewise */
	TIME = 0x2000,		/* the TSC's frequency is known */
	NO_TIME = 0x4000,
	HANDLED = 0x8000,
	AWAY = 0x10000,
	COUNTS = 0x20000,	/* no time is measured */
	KEYS = 0x40000,
	CODES = 0x80000,	/* there is room for them */
	SHORT = 0x100000,	/* of keys, whose names take more room, for people */
};

static const struct {
	unsigned int when;
	const char *names;
} defaults[] = {
	{ PARTS, "PART" },
	{ VCPUS, "VCPU" },
	{ ISAS, "ISA" },
	{ CODES, "CODE" },
	{ 0, "REASON" },
	{ KEYS | CODES, "KEY" },
	{ KEYS, "NAME" },
	{ TOP, "TOTAL" },
	{ TABLE, "EXITS" },
	{ RUNS, "SPREAD%" },
	{ NO_COMPARE | WHOLE, "EXITS%" },
	{ NO_COMPARE | PROGRAMS, "EXITS%" },
	{ NO_COMPARE | COUNTS, "EXITS%" },
	{ NO_COMPARE | DELTA, "EXITS/S" },
	{ COMPARE, "EXITS" },
	{ COMPARE | PROGRAMS, "EXITS-DIFF" },
	{ COMPARE | COUNTS, "EXITS-DIFF" },
	{ COMPARE, "EXITS-RATIO" },
	{ RATES | PROGRAMS, "EXITS/S" },

	{ HANDLED | TIME | TOP, "HANDLED%,HANDLED-MEAN,HANDLED-CPU%" },
	{ HANDLED | TIME | TABLE, "HANDLED,HANDLED%,HANDLED-MEAN" },
	{ HANDLED | TIME | COMPARE, "HANDLED" },
	{ HANDLED | TIME | COMPARE | PROGRAMS, "HANDLED-RATIO,HANDLED-DIFF" },
	{ HANDLED | NO_TIME, "CYCLES" },
	{ HANDLED | NO_TIME | NO_COMPARE | PEOPLE, "HANDLED%" },
	{ HANDLED | NO_COMPARE | PROGRAMS, "CYCLES" },
	{ HANDLED | NO_COMPARE | PROGRAMS | DELTA, "HANDLED-CPU%" },
	{ HANDLED | TIME | COMPARE | PROGRAMS, "CYCLES,CYCLES-DIFF,CYCLES-RATIO" },

	{ SHORT, "EXITS,EXITS%" },
	{ SHORT | HANDLED | TIME, "HANDLED" },
	{ SHORT | AWAY | TIME, "AWAY" },

	{ AWAY | TIME | TOP, "AWAY%,AWAY-MEAN,AWAY-CPU%" },
	{ AWAY | TIME | TABLE, "AWAY,AWAY%,AWAY-MEAN" },
	{ AWAY | TIME | TABLE | PROGRAMS, "AWAY-P50" },
	{ AWAY | TIME | TABLE, "AWAY-P99" },
	{ AWAY | TIME | TABLE | PROGRAMS, "AWAY-MAX" },
	{ AWAY | TIME | COMPARE, "AWAY,AWAY-RATIO" },
	{ AWAY | TIME | COMPARE | PROGRAMS, "AWAY-DIFF" },
	{ AWAY | NO_TIME, "AWAY-CYCLES" },
	{ AWAY | NO_TIME | NO_COMPARE | PEOPLE, "AWAY%" },
	{ AWAY | NO_TIME | COMPARE, "AWAY-CYCLES-RATIO" },
	{ AWAY | NO_COMPARE | PROGRAMS, "AWAY-CYCLES" },
	{ AWAY | NO_COMPARE | PROGRAMS | DELTA, "AWAY-CPU%" },
	{ AWAY | TIME | COMPARE | PROGRAMS,
	  "AWAY-CYCLES,AWAY-MEAN,AWAY-P50,AWAY-P99,AWAY-MAX" },
};

/* What is true of @when for this table.  All files that are compared have to measure it. */
static unsigned int conditions(const struct options *options, const struct delta *deltas,
			       size_t nr, __u32 features)
{
	const struct delta *first = &deltas[0];
	const bool is_plain = options->table.form == FORM_PLAIN, keys = options->table.keys;
	const bool is_short = keys && is_plain && options->command != IN_COMPARE;
	unsigned int when = is_plain ? PEOPLE : PROGRAMS;
	bool has_time = true, same_isa = true;
	size_t i;

	for (i = 0; i < nr; i++) {
		has_time &= deltas[i].counters.tsc_khz != 0;
		same_isa &= deltas[i].counters.isa == first->counters.isa;
	}
	when |= has_time ? TIME : NO_TIME;
	if (features & EXIT_STATS_F_AWAY)
		when |= AWAY;
	if (features & EXIT_STATS_F_CYCLES && (is_short || !(is_plain && when & AWAY)))
		when |= HANDLED;
	if (!(when & (AWAY | HANDLED)))
		when |= COUNTS;
	when |= keys ? KEYS : 0;
	when |= keys && is_plain ? 0 : CODES;
	if (options->command == IN_COMPARE)
		return when | COMPARE | (same_isa ? 0 : ISAS) |
		       (options->normalize == NORMALIZE_TIME ? 0 : RATES);
	when |= is_short ? SHORT : NO_COMPARE | (options->command == IN_TOP ? TOP | DELTA : TABLE) |
	       (first->elapsed_ns ? DELTA : options->command == IN_TOP ? 0 : WHOLE);
	return when | (first->part && deltas[nr - 1].part > 1 ? PARTS : 0) |
	       (first->counters.this_vcpu ? VCPUS : 0) | (options->repeat > 1 ? RUNS : 0);
}

/* The column to sort by, if one was asked for, and then those to show. */
static struct column_list list_asked(const struct options *options)
{
	const char *names = options->columns;
	struct column_list list = {};

	if (options->sort)
		columns_add(&list, options->sort, options->command);
	if (names)
		columns_add(&list, names + (*names == '+'), options->command);
	return list;
}

static bool wants_defaults(const struct options *options)
{
	return !options->columns || *options->columns == '+';
}

/* EXIT_STATS_F_* of what has to be read for what is to be shown. */
__u32 choose_features(const struct options *options)
{
	const struct column_list asked = list_asked(options);
	const enum form form = options->table.form;
	__u32 features = columns_need(&asked);

	if (options->table.keys || (options->command == IN_STAT && form == FORM_PLAIN))
		features |= EXIT_STATS_F_KEYS;
	if (wants_defaults(options))
		features |= EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS;
	/* The summary tells of it, whatever the columns are. */
	if (options->command == IN_TOP ||
	    (options->command & (IN_STAT | IN_WHY) && (form == FORM_PLAIN || form == FORM_JSON)))
		features |= EXIT_STATS_F_AWAY;
	return features;
}

/**
 * choose_columns - choose the columns, and what to sort by
 * @options: change
 * @names: columns that are shown unless others are asked for
 * @features: EXIT_STATS_F_* of what is measured
 * @name: of the file that it is about, NULL for this VM
 */
void choose_columns(struct options *options, const char *names, __u32 features,
		    const char *name)
{
	const struct column_list asked = list_asked(options);
	struct column_list *list = &options->table.columns;

	columns_check(&asked, features, name);
	list->nr = 0;
	if (wants_defaults(options))
		columns_add(list, names, options->command);
	if (options->columns)
		columns_add(list, options->columns + wants_defaults(options), options->command);
	if (options->sort)
		options->table.sort = asked.shown[0].column;
}

/* Likewise, for what is measured in @deltas; what costs most comes first.  -1 if it can't be. */
int choose_exits(struct options *options, const struct delta *deltas, size_t nr,
		 const char *name)
{
	static const struct {
		const char *away, *handled, *exits;
	} sorts[] = {
		{ "AWAY%", "HANDLED%", "EXITS/S" },	/* top shows these */
		{ "AWAY", "HANDLED", "EXITS" },
		{ "AWAY-CYCLES", "CYCLES", "EXITS" },
	};
	__u32 any = 0, all = ~0U;
	unsigned int when;
	char names[512] = "";
	size_t sort, i;

	for (i = 0; i < nr; i++) {
		any |= deltas[i].counters.features;
		all &= deltas[i].counters.features;
	}
	if (options->command != IN_COMPARE)
		all = any;
	if (options->table.keys && !(any & EXIT_STATS_F_KEYS))
		return fail("%s%sthe hypervisor %s not count keys (%s has them)", name ?: "",
			    name ? ": " : "", name ? "did" : "does",
			    "kvm's parameter exit_stats=3");
	options->table.has_code = options->reason;
	if (options->reason &&
	    reason_find(deltas[0].counters.isa, options->reason, &options->table.code))
		return -1;
	when = conditions(options, deltas, nr, all);
	for (i = 0; i < sizeof(defaults) / sizeof(*defaults); i++) {
		if (!(defaults[i].when & ~when))
			strcat(strcat(names, *names ? "," : ""), defaults[i].names);
	}
	/* Of different TSCs, cycles can't be compared. */
	sort = when & TOP ? 0 : when & COMPARE && when & TIME ? 1 : 2;
	options->table.sort = column_find(all & EXIT_STATS_F_AWAY ? sorts[sort].away :
					  all & EXIT_STATS_F_CYCLES ? sorts[sort].handled :
					  sorts[sort].exits);
	choose_columns(options, names, any, name);
	return 0;
}
