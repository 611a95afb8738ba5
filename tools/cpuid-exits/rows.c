// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the lines of a table of exits: which there are, their order,
 * and what their cells say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "absences.h"
#include "clock.h"
#include "meanings.h"
#include "names.h"
#include "rows.h"
#include "xalloc.h"

static int compare(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static void reason_text(const struct row *row, char *text)
{
	if (row->is_total)
		snprintf(text, CELL_SIZE, "total");
	else
		reason_name(row->span->counts.isa, row->record.code, text);
}

static int compare_reasons(const struct row *a, const struct row *b)
{
	char text_a[CELL_SIZE], text_b[CELL_SIZE];

	reason_text(a, text_a);
	reason_text(b, text_b);
	return strcmp(text_a, text_b);
}

/* Without a division, and so without rounding.  No number, no average: least. */
static int compare_averages(__u64 sum_a, __u64 nr_a, __u64 sum_b, __u64 nr_b)
{
	unsigned __int128 left, right;

	if (!nr_a || !nr_b)
		return compare(nr_a, nr_b);
	left = (unsigned __int128)sum_a * nr_b;
	right = (unsigned __int128)sum_b * nr_a;
	return left < right ? -1 : left > right;
}

/*
 * How many absences there were.  Some exits may have been counted before absences
 * were; and the buckets of CPUID hold some that came in while they were read.  The
 * total has the exits of HLT, but not their time.
 */
static __u64 nr_absences(const struct row *row)
{
	const __u64 count = absences_count(&row->record);

	if (!(row->span->counts.features & KVM_EXIT_STATS_F_BUCKETS))
		return row->is_total ? 0 : row->record.exits;
	return count < row->record.exits ? count : row->record.exits;
}

/* Whether its time away is idle time, and so not lost. */
static bool is_idle(const struct row *row)
{
	return !row->is_total && row->record.code == snapshot_hlt_code(&row->span->counts);
}

static __u64 percentile(const struct row *row, enum column column)
{
	__u64 cycles;

	if (!absences_percentile(&row->record, column == COL_P50_NS ? 50 : 99, &cycles))
		return 0;
	return cycles;
}

static int compare_spreads(const struct row *a, const struct row *b)
{
	return a->spread < b->spread ? -1 : a->spread > b->spread;
}

static __u64 total_exits(const struct row *row)
{
	const struct exit_record *record;

	if (!row->span->ever)
		return 0;
	if (row->is_total)
		return row->span->ever->total.exits;
	record = snapshot_find(row->span->ever, row->record.code);
	return record ? record->exits : 0;
}

/* What names a row ascends, what measures it descends; ties are in code order. */
static int compare_rows(const void *one, const void *two, void *arg)
{
	const struct row *a = one, *b = two;
	const enum column *sort = arg;
	int order = 0;

	switch (*sort) {
	case COL_CPU:
		order = compare(a->span->counts.cpu, b->span->counts.cpu);
		break;
	case COL_VCPU:
		order = compare(a->span->counts.vcpu, b->span->counts.vcpu);
		break;
	case COL_REASON:
	case COL_MEANING:
		order = compare_reasons(a, b);
		break;
	case COL_TOTAL:
		order = compare(total_exits(b), total_exits(a));
		break;
	case COL_EXITS:
	case COL_EXITS_SHARE:
	case COL_RATE:
		order = compare(b->record.exits, a->record.exits);
		break;
	case COL_SPREAD:
		order = compare_spreads(b, a);
		break;
	case COL_CYCLES:
	case COL_CYCLES_SHARE:
	case COL_TIME_SHARE:
		order = compare(b->record.cycles, a->record.cycles);
		break;
	case COL_AVG_NS:
		order = compare_averages(b->record.cycles, b->record.exits,
					 a->record.cycles, a->record.exits);
		break;
	case COL_AWAY:
		order = compare(b->record.away, a->record.away);
		break;
	case COL_AWAY_SHARE:
		order = compare(is_idle(a), is_idle(b)) ?:
			compare(b->record.away, a->record.away);
		break;
	case COL_MEAN_NS:
		order = compare_averages(b->record.away, nr_absences(b),
					 a->record.away, nr_absences(a));
		break;
	case COL_P50_NS:
	case COL_P99_NS:
		order = compare(percentile(b, *sort), percentile(a, *sort));
		break;
	case COL_MAX_NS:
		order = compare(b->record.longest, a->record.longest);
		break;
	default:
		break;
	}
	return order ? order : compare(a->record.code, b->record.code);
}

static bool is_counted(const struct snapshot *counts, __u32 code)
{
	return code <= counts->max_code || code == KVM_EXIT_STATS_CODE_OTHER;
}

/**
 * rows_add - add the lines of a span, without the total
 * @rows: an array from the heap or NULL; changes
 * @nr: its number of elements, changes
 * @span: must outlive the rows
 * @which: which codes
 */
void rows_add(struct row **rows, size_t *nr, const struct span *span, enum rows_of which)
{
	const struct snapshot *counts = &span->counts;
	size_t next = 0;
	__u32 code;

	for (code = 0; code <= KVM_EXIT_STATS_CODE_OTHER; code++) {
		struct row row = { .span = span, .record = { .code = code }, .spread = -1 };
		bool is_wanted = which == ROWS_ALL && is_counted(counts, code) &&
				 exit_name(counts->isa, code);

		if (next < counts->nr && counts->records[next].code == code) {
			row.record = counts->records[next];
			if (span->spread)
				row.spread = span->spread[next];
			if (which != ROWS_OCCURRED || row.record.exits || row.record.cycles ||
			    row.record.away)
				is_wanted = true;
			next++;
		}
		if (!is_wanted)
			continue;

		*rows = xreallocarray(*rows, *nr + 1, sizeof(**rows));
		(*rows)[(*nr)++] = row;
	}
}

/**
 * rows_sort - sort lines
 * @rows: the lines
 * @nr: number of @rows
 * @sort: column to sort by
 */
void rows_sort(struct row *rows, size_t nr, enum column sort)
{
	if (rows)
		qsort_r(rows, nr, sizeof(*rows), compare_rows, &sort);
}

/**
 * row_total - make the total line of a span
 * @span: must outlive the row
 *
 * Return: the row.
 */
struct row row_total(const struct span *span)
{
	return (struct row) {
		.span = span,
		.record = span->counts.total,
		.spread = span->spread ? span->spread[span->counts.nr] : -1,
		.is_total = true,
	};
}

static bool share_text(__u64 part, __u64 whole, char *text)
{
	if (!whole)
		return false;
	snprintf(text, CELL_SIZE, "%.2Lf", 100.0L * part / whole);
	return true;
}

/**
 * row_ns_text - make a text of nanoseconds
 * @row: tells the frequency
 * @cycles: how long some took
 * @nr: how many did
 * @text: where to put how long one took, CELL_SIZE bytes
 *
 * Return: false if it is unknown, and nothing was written.
 */
bool row_ns_text(const struct row *row, __u64 cycles, __u64 nr, char *text)
{
	const unsigned __int128 ns_per_ms = 1000000;
	unsigned __int128 divisor = (unsigned __int128)nr * row->span->counts.tsc_khz;

	if (!divisor)
		return false;
	/* A long double has the 64 bits that a sane average needs. */
	snprintf(text, CELL_SIZE, "%.0Lf",
		 (long double)((cycles * ns_per_ms + divisor / 2) / divisor));
	return true;
}

static bool rate_text(const struct row *row, char *text)
{
	if (!row->span->elapsed_ns)
		return false;
	snprintf(text, CELL_SIZE, "%.1Lf",
		 (long double)row->record.exits * NS_PER_S / row->span->elapsed_ns);
	return true;
}

static bool time_share_text(const struct row *row, char *text)
{
	long double percent;

	if (!(row->span->counts.features & KVM_EXIT_STATS_F_CYCLES) ||
	    span_time_share(row->span, row->record.cycles, &percent))
		return false;
	snprintf(text, CELL_SIZE, "%.2Lf", percent);
	return true;
}

/* One run's number is exact, the mean of some is not. */
static void mean_text(const struct row *row, __u64 sum, char *text)
{
	const unsigned int runs = row->span->runs;

	if (runs == 1)
		snprintf(text, CELL_SIZE, "%llu", sum);
	else
		snprintf(text, CELL_SIZE, "%.1Lf", (long double)sum / runs);
}

/* What there is to say of time away. */
static bool away_text(const struct row *row, enum column column, char *text)
{
	const struct snapshot *counts = &row->span->counts;
	const struct exit_record *record = &row->record;

	if (!(counts->features & KVM_EXIT_STATS_F_AWAY))
		return false;
	switch (column) {
	case COL_AWAY:
		mean_text(row, record->away, text);
		return true;
	case COL_AWAY_SHARE:
		return !is_idle(row) && share_text(record->away, counts->total.away, text);
	case COL_MEAN_NS:
		return row_ns_text(row, record->away, nr_absences(row), text);
	case COL_MAX_NS:
		return record->longest && row_ns_text(row, record->longest, 1, text);
	default:
		return absences_count(record) && row_ns_text(row, percentile(row, column), 1, text);
	}
}

/**
 * row_cell - make the text of a cell
 * @row: the row
 * @column: the column
 * @decimal: numbers have to be decimal
 * @text: where to put it, CELL_SIZE bytes
 *
 * Return: false if there is nothing to say, and nothing was written.
 */
bool row_cell(const struct row *row, enum column column, bool decimal, char *text)
{
	const struct snapshot *counts = &row->span->counts;
	const struct exit_record *record = &row->record;
	bool has_cycles = counts->features & KVM_EXIT_STATS_F_CYCLES;
	bool hex = counts->isa != KVM_EXIT_STATS_ISA_VMX && !decimal;
	const char *meaning;

	switch (column) {
	case COL_PART:
		if (!row->span->part)
			return false;
		snprintf(text, CELL_SIZE, "%u", row->span->part);
		return true;
	case COL_CPU:
		if (!counts->this_vcpu || counts->cpu == DUMP_ANY_CPU)
			return false;
		snprintf(text, CELL_SIZE, "%d", counts->cpu);
		return true;
	case COL_VCPU:
		if (!counts->this_vcpu)
			return false;
		snprintf(text, CELL_SIZE, "%u", counts->vcpu);
		return true;
	case COL_CODE:
		if (row->is_total)
			return false;
		snprintf(text, CELL_SIZE, hex ? "0x%x" : "%u", record->code);
		return true;
	case COL_REASON:
		reason_text(row, text);
		return true;
	case COL_TOTAL:
		if (!row->span->ever)
			return false;
		snprintf(text, CELL_SIZE, "%llu", total_exits(row));
		return true;
	case COL_EXITS:
		mean_text(row, record->exits, text);
		return true;
	case COL_SPREAD:
		if (row->spread < 0)
			return false;
		snprintf(text, CELL_SIZE, "%.2f", row->spread);
		return true;
	case COL_EXITS_SHARE:
		return share_text(record->exits, counts->total.exits, text);
	case COL_RATE:
		return rate_text(row, text);
	case COL_CYCLES:
		if (has_cycles)
			mean_text(row, record->cycles, text);
		return has_cycles;
	case COL_CYCLES_SHARE:
		return share_text(record->cycles, counts->total.cycles, text);
	case COL_AVG_NS:
		return has_cycles && row_ns_text(row, record->cycles, record->exits, text);
	case COL_TIME_SHARE:
		return time_share_text(row, text);
	case COL_AWAY:
	case COL_AWAY_SHARE:
	case COL_MEAN_NS:
	case COL_P50_NS:
	case COL_P99_NS:
	case COL_MAX_NS:
		return away_text(row, column, text);
	case COL_MEANING:
		meaning = row->is_total ? NULL : exit_meaning(counts->isa, record->code);
		if (meaning)
			snprintf(text, CELL_SIZE, "%s", meaning);
		return meaning;
	default:
		return false;
	}
}
