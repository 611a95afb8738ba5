// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the table that compares recordings.
 */
#include <math.h>
#include <stdlib.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "comparison.h"
#include "names.h"
#include "rows.h"
#include "xalloc.h"

/* From here on a change is worth a colour. */
#define MUCH_MORE	1.05L
#define MUCH_LESS	0.95L

/* A line of the table.  Codes of two ISAs are two reasons, even if they are equal. */
struct reason {
	__u32 isa;
	__u32 code;
	bool is_total;
	bool is_comparable;
	double change;
	double most;
};

/* What there is of a reason in a recording; false if it can't have it. */
static bool find(const struct side *side, const struct reason *reason,
		 struct exit_record *record)
{
	const struct exit_record *found;

	if (reason->is_total) {
		*record = side->sum.counts.total;
		return true;
	}
	if (side->sum.counts.isa != reason->isa)
		return false;
	found = snapshot_find(&side->sum.counts, reason->code);
	*record = found ? *found : (struct exit_record) { .code = reason->code };
	return true;
}

/* The column of the numbers that a column is of, or compares. */
static enum column measure_of(enum column column)
{
	switch (column) {
	case COL_CYCLES:
	case COL_CYCLES_DIFF:
	case COL_CYCLES_RATIO:
		return COL_CYCLES;
	case COL_AWAY:
	case COL_AWAY_DIFF:
	case COL_AWAY_RATIO:
		return COL_AWAY;
	default:
		return COL_EXITS;
	}
}

/* The exits, cycles or cycles away of a reason, as they are compared. */
static bool value_of(const struct side *side, const struct reason *reason, enum column measure,
		     long double *value)
{
	const __u32 features = side->sum.counts.features;
	struct exit_record record;

	if (!find(side, reason, &record))
		return false;
	switch (measure) {
	case COL_CYCLES:
		*value = record.cycles / side->divisor;
		return features & KVM_EXIT_STATS_F_CYCLES;
	case COL_AWAY:
		*value = record.away / side->divisor;
		return features & KVM_EXIT_STATS_F_AWAY;
	default:
		*value = record.exits / side->divisor;
		return true;
	}
}

static void value_text(const struct comparison *comp, long double value, enum column measure,
		       bool sign, char *text)
{
	/* Few exits may be worth a fraction, cycles are never few. */
	const int digits = measure == COL_EXITS && (comp->normalize == NORMALIZE_TIME ||
						    comp->normalize == NORMALIZE_EXITS) ? 2 : 0;

	snprintf(text, CELL_SIZE, sign ? "%+.*Lf" : "%.*Lf", digits, value);
}

static bool change_cell(const struct comparison *comp, const struct side *side,
			const struct reason *reason, enum column column, enum form form,
			struct grid_cell *cell)
{
	long double value, base;
	const enum column measure = measure_of(column);
	const bool is_for_eyes = form == FORM_PLAIN || form == FORM_RAW;
	char text[CELL_SIZE];

	if (!value_of(side, reason, measure, &value) ||
	    !value_of(&comp->sides[0], reason, measure, &base))
		return false;

	if (base > 0 ? value > MUCH_MORE * base : value > 0)
		cell->color = "red";
	else if (value < MUCH_LESS * base)
		cell->color = "green";

	if (column == COL_DIFF || column == COL_CYCLES_DIFF || column == COL_AWAY_DIFF) {
		value_text(comp, value - base, measure, is_for_eyes, text);
	} else if (base > 0) {
		snprintf(text, sizeof(text), "%.2Lf", value / base);
	} else {
		/* No number, so nothing for what reads numbers. */
		if (form != FORM_PLAIN || !(value > 0))
			return false;
		snprintf(text, sizeof(text), "new");
	}
	grid_set(cell, text);
	return true;
}

/* How long its absences were is the same however exits are compared. */
static bool length_text(const struct side *side, const struct reason *reason,
			enum column column, char *text)
{
	struct row row = { .span = &side->sum, .is_total = reason->is_total };

	return find(side, reason, &row.record) && row_cell(&row, column, true, text);
}

static void side_cell(const struct comparison *comp, const struct side *side,
		      const struct reason *reason, enum column column, enum form form,
		      struct grid_cell *cell)
{
	long double value;
	struct exit_record record;
	char text[CELL_SIZE];

	switch (column) {
	case COL_EXITS:
	case COL_CYCLES:
	case COL_AWAY:
		if (!value_of(side, reason, column, &value))
			return;
		value_text(comp, value, column, false, text);
		break;
	case COL_MEAN_NS:
	case COL_P50_NS:
	case COL_P99_NS:
	case COL_MAX_NS:
		if (!length_text(side, reason, column, text))
			return;
		break;
	case COL_RATE:
		if (!find(side, reason, &record))
			return;
		snprintf(text, sizeof(text), "%.1Lf",
			 (long double)record.exits * NS_PER_S / side->sum.elapsed_ns);
		break;
	default:
		change_cell(comp, side, reason, column, form, cell);
		return;
	}
	grid_set(cell, text);
}

static void reason_cell(const struct reason *reason, enum column column, enum form form,
			struct grid_cell *cell)
{
	const bool decimal = form == FORM_JSON || form == FORM_CSV;
	char text[CELL_SIZE];

	if (reason->is_total) {
		if (column == COL_REASON)
			grid_set(cell, "total");
		return;
	}
	switch (column) {
	case COL_ISA:
		grid_set(cell, isa_name(reason->isa));
		break;
	case COL_CODE:
		snprintf(text, sizeof(text),
			 decimal || reason->isa == KVM_EXIT_STATS_ISA_VMX ? "%u" : "0x%x",
			 reason->code);
		grid_set(cell, text);
		break;
	default:
		reason_name(reason->isa, reason->code, text);
		grid_set(cell, text);
	}
}

static bool is_of_reason(enum column column)
{
	return column == COL_ISA || column == COL_CODE || column == COL_REASON;
}

/* The first recording differs from itself by nothing worth a column. */
static bool is_change(enum column column)
{
	return column == COL_DIFF || column == COL_RATIO ||
	       column == COL_CYCLES_DIFF || column == COL_CYCLES_RATIO ||
	       column == COL_AWAY_DIFF || column == COL_AWAY_RATIO;
}

static void add_columns(const struct comparison *comp, const struct column_list *columns,
			struct grid *grid)
{
	static const char *const per[] = {
		[NORMALIZE_NOT] = "",
		[NORMALIZE_TIME] = "/S",
		[NORMALIZE_COMMAND] = "/RUN",
		[NORMALIZE_EXITS] = "/1000",
	};
	size_t i, side;

	for (i = 0; i < columns->nr; i++) {
		enum column column = columns->columns[i];
		const struct column_info *info = &column_info[column];
		bool is_divided = column == COL_EXITS || column == COL_CYCLES ||
				  column == COL_AWAY;

		if (is_of_reason(column)) {
			grid_add_column(grid, info->name, info->is_text);
			continue;
		}
		for (side = is_change(column); side < comp->nr; side++) {
			char name[CELL_SIZE];

			snprintf(name, sizeof(name), "%s%s-%c", info->name,
				 is_divided ? per[comp->normalize] : "", 'A' + (int)side);
			grid_add_column(grid, name, false);
		}
	}
}

static void add_row(const struct comparison *comp, const struct column_list *columns,
		    enum form form, const struct reason *reason, struct grid *grid)
{
	struct grid_cell *cell = grid_add_row(grid);
	size_t i, side;

	for (i = 0; i < columns->nr; i++) {
		enum column column = columns->columns[i];

		if (is_of_reason(column)) {
			reason_cell(reason, column, form, cell++);
			continue;
		}
		for (side = is_change(column); side < comp->nr; side++)
			side_cell(comp, &comp->sides[side], reason, column, form, cell++);
	}
}

/* The biggest difference from the first, and how much there is at most. */
static void set_change(const struct comparison *comp, struct reason *reason)
{
	long double value, base = 0;
	bool has_base = value_of(&comp->sides[0], reason, COL_EXITS, &base);
	size_t i;

	for (i = 0; i < comp->nr; i++) {
		if (!value_of(&comp->sides[i], reason, COL_EXITS, &value))
			continue;
		reason->most = fmax(reason->most, value);
		if (!has_base)
			continue;
		reason->change = fmax(reason->change, fabsl(value - base));
		if (i)
			reason->is_comparable = true;
	}
}

static int compare_reasons(const void *one, const void *two)
{
	const struct reason *a = one, *b = two;

	if (a->is_comparable != b->is_comparable)
		return a->is_comparable ? -1 : 1;
	if (a->change != b->change)
		return a->change > b->change ? -1 : 1;
	if (a->most != b->most)
		return a->most > b->most ? -1 : 1;
	if (a->isa != b->isa)
		return a->isa < b->isa ? -1 : 1;
	return a->code < b->code ? -1 : a->code > b->code;
}

static bool has_occurred(const struct exit_record *record)
{
	return record->exits || record->cycles || record->away;
}

/* Whether a recording before @side has the reason too. */
static bool is_listed(const struct comparison *comp, size_t side, __u32 code)
{
	const __u32 isa = comp->sides[side].sum.counts.isa;
	const struct exit_record *record;

	while (side--) {
		const struct snapshot *counts = &comp->sides[side].sum.counts;

		record = counts->isa == isa ? snapshot_find(counts, code) : NULL;
		if (record && has_occurred(record))
			return true;
	}
	return false;
}

static struct reason *list_reasons(const struct comparison *comp, size_t *nr)
{
	struct reason *reasons = NULL;
	size_t side, i;

	*nr = 0;
	for (side = 0; side < comp->nr; side++) {
		const struct snapshot *counts = &comp->sides[side].sum.counts;

		for (i = 0; i < counts->nr; i++) {
			const struct exit_record *record = &counts->records[i];

			if (!has_occurred(record) || is_listed(comp, side, record->code))
				continue;
			reasons = xreallocarray(reasons, *nr + 1, sizeof(*reasons));
			reasons[*nr] = (struct reason) {
				.isa = counts->isa,
				.code = record->code,
			};
			set_change(comp, &reasons[(*nr)++]);
		}
	}
	if (reasons)
		qsort(reasons, *nr, sizeof(*reasons), compare_reasons);
	return reasons;
}

/**
 * comparison_table - make the table that compares recordings
 * @comp: the recordings, at least two
 * @columns: which columns; each that isn't of the reason is there for each recording
 * @form: how it will be printed
 * @rows: the reasons, biggest change first; at first all zero; for grid_free()
 * @totals: the total line; likewise, or the same as @rows
 */
void comparison_table(const struct comparison *comp, const struct column_list *columns,
		      enum form form, struct grid *rows, struct grid *totals)
{
	const struct reason total = { .is_total = true };
	struct reason *reasons;
	size_t nr, i;

	add_columns(comp, columns, rows);
	if (totals != rows)
		add_columns(comp, columns, totals);

	reasons = list_reasons(comp, &nr);
	for (i = 0; i < nr; i++)
		add_row(comp, columns, form, &reasons[i], rows);
	free(reasons);
	add_row(comp, columns, form, &total, totals);
}
