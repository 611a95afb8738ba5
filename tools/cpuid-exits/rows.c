// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the lines of a table from a snapshot: which there are, their order,
 * and what their cells say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "names.h"
#include "rows.h"
#include "xalloc.h"

static int compare(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static void reason_text(const struct row *row, char *text)
{
	const char *name = exit_name(row->snap->isa, row->record.code);

	if (row->is_total)
		snprintf(text, CELL_SIZE, "total");
	else if (name)
		snprintf(text, CELL_SIZE, "%s", name);
	else
		snprintf(text, CELL_SIZE, "0x%x", row->record.code);
}

static int compare_reasons(const struct row *a, const struct row *b)
{
	char text_a[CELL_SIZE], text_b[CELL_SIZE];

	reason_text(a, text_a);
	reason_text(b, text_b);
	return strcmp(text_a, text_b);
}

/* Without a division, and so without rounding.  No exits, no average: least. */
static int compare_averages(const struct exit_record *a, const struct exit_record *b)
{
	unsigned __int128 left, right;

	if (!a->exits || !b->exits)
		return compare(a->exits, b->exits);
	left = (unsigned __int128)a->cycles * b->exits;
	right = (unsigned __int128)b->cycles * a->exits;
	return left < right ? -1 : left > right;
}

/* What names a row ascends, what measures it descends; ties are in code order. */
static int compare_rows(const void *one, const void *two, void *arg)
{
	const struct row *a = one, *b = two;
	const enum column *sort = arg;
	int order = 0;

	switch (*sort) {
	case COL_REASON:
		order = compare_reasons(a, b);
		break;
	case COL_EXITS:
	case COL_EXITS_SHARE:
		order = compare(b->record.exits, a->record.exits);
		break;
	case COL_CYCLES:
	case COL_CYCLES_SHARE:
		order = compare(b->record.cycles, a->record.cycles);
		break;
	case COL_AVG_NS:
		order = compare_averages(&b->record, &a->record);
		break;
	default:
		break;
	}
	return order ? order : compare(a->record.code, b->record.code);
}

/**
 * rows_create - make the lines of a snapshot, without the total
 * @snap: must outlive the rows
 * @all: also those codes that have a name and are counted, but didn't occur
 * @sort: column to sort by
 * @nr: where to put the number of rows
 *
 * Return: the rows, for free(); NULL if there are none.
 */
struct row *rows_create(const struct snapshot *snap, bool all, enum column sort, size_t *nr)
{
	struct row *rows = NULL;
	size_t next = 0;
	__u32 code;

	*nr = 0;
	for (code = 0; code <= KVM_EXIT_STATS_CODE_OTHER; code++) {
		struct row row = { .snap = snap, .record = { .code = code } };

		if (next < snap->nr && snap->records[next].code == code) {
			row.record = snap->records[next++];
		} else if (!all || !exit_name(snap->isa, code) ||
			   (code > snap->max_code && code != KVM_EXIT_STATS_CODE_OTHER)) {
			continue;
		}

		rows = xreallocarray(rows, *nr + 1, sizeof(*rows));
		rows[(*nr)++] = row;
	}
	if (rows)
		qsort_r(rows, *nr, sizeof(*rows), compare_rows, &sort);
	return rows;
}

/**
 * row_total - make the total line of a snapshot
 * @snap: must outlive the row
 *
 * Return: the row.
 */
struct row row_total(const struct snapshot *snap)
{
	return (struct row) { .snap = snap, .record = snap->total, .is_total = true };
}

static bool share_text(__u64 part, __u64 whole, char *text)
{
	if (!whole)
		return false;
	snprintf(text, CELL_SIZE, "%.2Lf", 100.0L * part / whole);
	return true;
}

static bool average_text(const struct row *row, char *text)
{
	const unsigned __int128 ns_per_ms = 1000000;
	const struct exit_record *record = &row->record;
	unsigned __int128 divisor = (unsigned __int128)record->exits * row->snap->tsc_khz;

	if (!divisor)
		return false;
	/* A long double has the 64 bits that a sane average needs. */
	snprintf(text, CELL_SIZE, "%.0Lf",
		 (long double)((record->cycles * ns_per_ms + divisor / 2) / divisor));
	return true;
}

/**
 * row_cell - make the text of a cell
 * @row: the row
 * @column: the column
 * @json: numbers have to be decimal
 * @text: where to put it, CELL_SIZE bytes
 *
 * Return: false if there is nothing to say, and nothing was written.
 */
bool row_cell(const struct row *row, enum column column, bool json, char *text)
{
	const struct snapshot *snap = row->snap;
	const struct exit_record *record = &row->record;
	bool hex = snap->isa != KVM_EXIT_STATS_ISA_VMX && !json;

	switch (column) {
	case COL_CPU:
		if (!snap->this_vcpu || snap->cpu == DUMP_ANY_CPU)
			return false;
		snprintf(text, CELL_SIZE, "%d", snap->cpu);
		return true;
	case COL_VCPU:
		if (!snap->this_vcpu)
			return false;
		snprintf(text, CELL_SIZE, "%u", snap->vcpu);
		return true;
	case COL_CODE:
		if (row->is_total)
			return false;
		snprintf(text, CELL_SIZE, hex ? "0x%x" : "%u", record->code);
		return true;
	case COL_REASON:
		reason_text(row, text);
		return true;
	case COL_EXITS:
		snprintf(text, CELL_SIZE, "%llu", record->exits);
		return true;
	case COL_EXITS_SHARE:
		return share_text(record->exits, snap->total.exits, text);
	case COL_CYCLES:
		if (!snap->has_cycles)
			return false;
		snprintf(text, CELL_SIZE, "%llu", record->cycles);
		return true;
	case COL_CYCLES_SHARE:
		return share_text(record->cycles, snap->total.cycles, text);
	case COL_AVG_NS:
		return snap->has_cycles && average_text(row, text);
	default:
		return false;
	}
}
