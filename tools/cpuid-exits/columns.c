// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns there are, and which of them to show.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "columns.h"

#define NEEDS_AWAY	KVM_EXIT_STATS_F_AWAY
#define NEEDS_BUCKETS	(KVM_EXIT_STATS_F_AWAY | KVM_EXIT_STATS_F_BUCKETS)

const struct column_info column_info[NR_COLUMNS] = {
	[COL_PART] = {
		.name = "PART",
		.help = "part of the recording, if the VM was moved",
	},
	[COL_CPU] = {
		.name = "CPU",
		.help = "the guest's number of the CPU (with --vcpus)",
	},
	[COL_VCPU] = {
		.name = "VCPU",
		.help = "the hypervisor's number of the vCPU (with --vcpus)",
	},
	[COL_ISA] = {
		.name = "ISA",
		.help = "instruction set, which tells what codes mean",
		.is_text = true,
	},
	[COL_CODE] = {
		.name = "CODE",
		.help = "exit code, written as in the processor's manual",
	},
	[COL_REASON] = {
		.name = "REASON",
		.help = "its name",
		.is_text = true,
	},
	[COL_TOTAL] = {
		.name = "TOTAL",
		.help = "number of exits since the counters began",
	},
	[COL_EXITS] = {
		.name = "EXITS",
		.help = "number of exits",
	},
	[COL_DIFF] = {
		.name = "DIFF",
		.help = "exits more than in the first recording",
	},
	[COL_RATIO] = {
		.name = "RATIO",
		.help = "exits by those of the first recording",
	},
	[COL_SPREAD] = {
		.name = "SPREAD%",
		.help = "standard deviation of the exits over the runs, in % of their mean",
	},
	[COL_EXITS_SHARE] = {
		.name = "EXITS%",
		.help = "share of all exits",
	},
	[COL_RATE] = {
		.name = "EXITS/S",
		.help = "exits per second",
	},
	[COL_CYCLES] = {
		.name = "CYCLES",
		.help = "host TSC cycles spent handling them",
	},
	[COL_CYCLES_DIFF] = {
		.name = "CYCLES-DIFF",
		.help = "cycles more than in the first recording",
	},
	[COL_CYCLES_RATIO] = {
		.name = "CYCLES-RATIO",
		.help = "cycles by those of the first recording",
	},
	[COL_CYCLES_SHARE] = {
		.name = "CYCLES%",
		.help = "share of all cycles",
	},
	[COL_AVG_NS] = {
		.name = "AVG-NS",
		.help = "nanoseconds an exit, on average",
	},
	[COL_TIME_SHARE] = {
		.name = "TIME%",
		.help = "share of the online CPUs' time spent handling them",
	},
	[COL_AWAY] = {
		.name = "AWAY",
		.help = "host TSC cycles from the exits to the next entries; total without HLT",
		.features = NEEDS_AWAY,
	},
	[COL_AWAY_DIFF] = {
		.name = "AWAY-DIFF",
		.help = "cycles away more than in the first recording",
		.features = NEEDS_AWAY,
	},
	[COL_AWAY_RATIO] = {
		.name = "AWAY-RATIO",
		.help = "cycles away by those of the first recording",
		.features = NEEDS_AWAY,
	},
	[COL_AWAY_SHARE] = {
		.name = "AWAY%",
		.help = "share of all cycles away but those of HLT",
		.features = NEEDS_AWAY,
	},
	[COL_MEAN_NS] = {
		.name = "MEAN-NS",
		.help = "nanoseconds away an exit, on average",
		.features = NEEDS_BUCKETS,
	},
	[COL_P50_NS] = {
		.name = "P50-NS",
		.help = "half of the absences were no longer (at most twice the true value)",
		.features = NEEDS_BUCKETS,
	},
	[COL_P99_NS] = {
		.name = "P99-NS",
		.help = "99 % of the absences were no longer (at most twice the true value)",
		.features = NEEDS_BUCKETS,
	},
	[COL_MAX_NS] = {
		.name = "MAX-NS",
		.help = "the longest absence (an upper bound if a longer one was before)",
		.features = NEEDS_BUCKETS,
	},
	[COL_MEANING] = {
		.name = "MEANING",
		.help = "what the reason means",
		.is_text = true,
	},
};

static void add(struct column_list *list, enum column column)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (list->columns[i] == column)
			return;
	}
	list->columns[list->nr++] = column;
}

/**
 * columns_all - list all columns of a set
 * @list: is overwritten
 * @set: the set
 */
void columns_all(struct column_list *list, unsigned int set)
{
	enum column column;

	list->nr = 0;
	for (column = 0; column < NR_COLUMNS; column++) {
		if (set & COLUMN_BIT(column))
			add(list, column);
	}
}

/**
 * column_find - find a column by its name
 * @column: where to put it
 * @name: in any case, needs no terminator
 * @len: length of @name
 * @set: the columns there are
 *
 * Return: 0, or -1 after saying on stderr that there is no such column.
 */
int column_find(enum column *column, const char *name, size_t len, unsigned int set)
{
	enum column i;

	for (i = 0; i < NR_COLUMNS; i++) {
		if (set & COLUMN_BIT(i) && strlen(column_info[i].name) == len &&
		    !strncasecmp(column_info[i].name, name, len)) {
			*column = i;
			return 0;
		}
	}
	warnx("unknown column '%.*s'", (int)len, name);
	return -1;
}

/**
 * columns_select - choose columns as --output says
 * @list: the default columns on entry
 * @names: separated by commas; after a '+' they are added to those in @list
 * @set: the columns there are
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int columns_select(struct column_list *list, const char *names, unsigned int set)
{
	if (*names == '+')
		names++;
	else
		list->nr = 0;

	for (;;) {
		size_t len = strcspn(names, ",");
		enum column column;

		if (column_find(&column, names, len, set))
			return -1;
		add(list, column);
		if (!names[len])
			return 0;
		names += len + 1;
	}
}

/**
 * columns_features - tell what has to be read for columns
 * @list: the columns
 *
 * Return: KVM_EXIT_STATS_F_*.
 */
__u32 columns_features(const struct column_list *list)
{
	__u32 features = 0;
	size_t i;

	for (i = 0; i < list->nr; i++)
		features |= column_info[list->columns[i]].features;
	return features;
}

/**
 * columns_have - tell whether any column of a set is listed
 * @list: the columns
 * @set: the set
 *
 * Return: whether it is.
 */
bool columns_have(const struct column_list *list, unsigned int set)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (set & COLUMN_BIT(list->columns[i]))
			return true;
	}
	return false;
}

/**
 * columns_help - print what columns there are
 * @set: the columns
 */
void columns_help(unsigned int set)
{
	enum column i;

	printf("\nColumns:\n");
	for (i = 0; i < NR_COLUMNS; i++) {
		if (set & COLUMN_BIT(i))
			printf("  %-12s  %s\n", column_info[i].name, column_info[i].help);
	}
}
