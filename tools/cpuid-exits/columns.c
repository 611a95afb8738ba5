// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns there are, and which of them to show.
 */
#include <err.h>
#include <string.h>

#include "columns.h"

const struct column_info column_info[NR_COLUMNS] = {
	[COL_CPU] = {
		.name = "CPU",
		.help = "the guest's number of the CPU (with --vcpus)",
	},
	[COL_VCPU] = {
		.name = "VCPU",
		.help = "the hypervisor's number of the vCPU (with --vcpus)",
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
	[COL_EXITS] = {
		.name = "EXITS",
		.help = "number of exits",
	},
	[COL_EXITS_SHARE] = {
		.name = "EXITS%",
		.help = "share of all exits",
	},
	[COL_CYCLES] = {
		.name = "CYCLES",
		.help = "host TSC cycles spent handling them",
	},
	[COL_CYCLES_SHARE] = {
		.name = "CYCLES%",
		.help = "share of all cycles",
	},
	[COL_AVG_NS] = {
		.name = "AVG-NS",
		.help = "nanoseconds an exit, on average",
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
 * columns_default - the columns shown unless others are asked for
 * @list: is overwritten
 * @vcpus: the table has the numbers of more than one vCPU
 */
void columns_default(struct column_list *list, bool vcpus)
{
	enum column column;

	list->nr = 0;
	if (vcpus)
		add(list, COL_VCPU);
	for (column = COL_CODE; column < NR_COLUMNS; column++)
		add(list, column);
}

/**
 * column_find - find a column by its name
 * @column: where to put it
 * @name: in any case, needs no terminator
 * @len: length of @name
 *
 * Return: 0, or -1 after saying on stderr that there is no such column.
 */
int column_find(enum column *column, const char *name, size_t len)
{
	enum column i;

	for (i = 0; i < NR_COLUMNS; i++) {
		if (strlen(column_info[i].name) == len &&
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
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int columns_select(struct column_list *list, const char *names)
{
	if (*names == '+')
		names++;
	else
		list->nr = 0;

	for (;;) {
		size_t len = strcspn(names, ",");
		enum column column;

		if (column_find(&column, names, len))
			return -1;
		add(list, column);
		if (!names[len])
			return 0;
		names += len + 1;
	}
}
