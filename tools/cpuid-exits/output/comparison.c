// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the table that compares recordings.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "output/comparison.h"
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
	struct row example;

	long double change;
	long double most;
};

/* What there is of a reason in a recording; false if it can't have it. */
static bool row_in(const struct side *side, const struct reason *reason, struct row *row)
{
	if (reason->is_total) {
		*row = row_total(&side->sum);
		return true;
	}
	*row = row_of(&side->sum, reason->code);
	return side->sum.counters.isa == reason->isa;
}

static bool value_in(const struct side *side, const struct reason *reason,
		     const struct column *column, struct value *value)
{
	struct row row;

	memset(value, 0, sizeof(*value));
	if (!row_in(side, reason, &row) ||
	    column->needs & ~side->sum.counters.features & ~EXIT_STATS_F_BUCKETS)
		return false;
	if (!column->value(&row, value))
		return false;
	if (column->is_sum)
		value->number /= side->divisor;
	return true;
}

static void set_change(struct table *table, size_t i, const struct column *column,
		       enum aspect aspect, long double base, long double number, enum form form)
{
	struct value ratio = {};
	const char *color = NULL;
	char text[CELL_SIZE];

	if (base > 0 ? number > MUCH_MORE * base : number > 0)
		color = "red";
	else if (number < MUCH_LESS * base)
		color = "green";
	if (aspect == ASPECT_DIFF) {
		difference_text(number - base, column->unit, form, text);
	} else if (base > 0) {
		ratio.number = number / base;
		value_text(&ratio, UNIT_RATIO, form, text);
	} else if (form == FORM_PLAIN && number > 0) {
		/* No number, so nothing for what reads numbers. */
		stpcpy(text, "new");
	} else {
		table_set(table, i, NULL, color);
		return;
	}
	table_set(table, i, text, color);
}

static void set_cell(struct table *table, size_t i, const struct side *first,
		     const struct side *side, const struct reason *reason,
		     const struct column *column, enum aspect aspect, enum form form)
{
	struct value value, base;
	char text[CELL_SIZE];

	if (!value_in(side, reason, column, &value) ||
	    (aspect != ASPECT_VALUE && !value_in(first, reason, column, &base))) {
		table_set(table, i, NULL, NULL);
	} else if (aspect == ASPECT_VALUE) {
		value_text(&value, column->unit, form, text);
		table_set(table, i, text, NULL);
	} else {
		set_change(table, i, column, aspect, base.number, value.number, form);
	}
}

/* What names a reason is the same in all recordings. */
static bool is_of_reason(const struct column *column)
{
	return column->unit < UNIT_COUNT;
}

static void add_heading(struct table *table, const struct column *column, enum aspect aspect,
			size_t side, const char *per)
{
	static const char *const aspects[] = { "", "-DIFF", "-RATIO" };
	const char letter = 'A' + side;
	char name[CELL_SIZE];

	/* People have less room, and are told beside the table what it is per. */
	if (table->form != FORM_PLAIN)
		snprintf(name, sizeof(name), "%s%s%s-%c", column->name,
			 column->is_sum && aspect != ASPECT_RATIO ? per : "", aspects[aspect],
			 letter);
	else
		snprintf(name, sizeof(name), aspect == ASPECT_DIFF ? "%s-%c-A" :
			 aspect == ASPECT_RATIO ? "%s-%c/A" : "%s-%c", column->name, letter);
	table_add_column(table, name, aspect == ASPECT_RATIO ? UNIT_RATIO : column->unit);
}

static void begin(struct table *table, size_t nr, const char *per,
		  const struct table_options *options)
{
	size_t i, side;

	table_begin(table, options->form, options->no_headings);
	for (i = 0; i < options->columns.nr; i++) {
		const struct column *column = options->columns.columns[i];
		const enum aspect aspect = options->columns.aspects[i];

		if (is_of_reason(column)) {
			table_add_column(table, column->name, column->unit);
			continue;
		}
		/* The first recording differs from itself by nothing worth a column. */
		for (side = aspect != ASPECT_VALUE; side < nr; side++)
			add_heading(table, column, aspect, side, per);
	}
}

static void add_row(struct table *table, const struct side *sides, size_t nr,
		    const struct reason *reason, const struct table_options *options)
{
	size_t i, side, cell = 0;

	table_add_line(table);
	for (i = 0; i < options->columns.nr; i++) {
		const struct column *column = options->columns.columns[i];
		const enum aspect aspect = options->columns.aspects[i];

		if (is_of_reason(column)) {
			struct value value = {};
			char text[CELL_SIZE];
			bool known = column->value(&reason->example, &value);

			if (known)
				value_text(&value, column->unit, options->form, text);
			table_set(table, cell++, known ? text : NULL, NULL);
			continue;
		}
		for (side = aspect != ASPECT_VALUE; side < nr; side++)
			set_cell(table, cell++, &sides[0], &sides[side], reason, column, aspect,
				 options->form);
	}
}

/* The biggest difference from the first, and how much there is at most. */
static void find_change(const struct side *sides, size_t nr, const struct column *sort,
			struct reason *reason)
{
	struct value value, base;
	const bool has_base = value_in(&sides[0], reason, sort, &base);
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!value_in(&sides[i], reason, sort, &value))
			continue;
		reason->most = fmaxl(reason->most, value.number);
		if (!has_base)
			continue;
		reason->change = fmaxl(reason->change, fabsl(value.number - base.number));
		if (i)
			reason->is_comparable = true;
	}
}

static int compare_reasons(const void *one, const void *two, void *arg)
{
	const struct reason *a = one, *b = two;
	const struct column *sort = arg;
	const bool idle_a = row_is_idle(&a->example), idle_b = row_is_idle(&b->example);

	if (sort->unit < UNIT_COUNT)
		return rows_compare(&a->example, &b->example, sort);
	if (sort->needs & EXIT_STATS_F_AWAY && idle_a != idle_b)
		return idle_a ? 1 : -1;
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

/* Whether a recording before @side has the reason too. */
static bool is_listed(const struct side *sides, size_t side, __u32 code)
{
	const __u32 isa = sides[side].sum.counters.isa;

	while (side--) {
		const struct row row = row_of(&sides[side].sum, code);

		if (sides[side].sum.counters.isa == isa && row_occurred(&row))
			return true;
	}
	return false;
}

static struct reason *list_reasons(const struct side *sides, size_t nr_sides,
				   const struct column *sort, size_t *nr)
{
	struct reason *reasons = NULL;
	size_t side, i;

	*nr = 0;
	for (side = 0; side < nr_sides; side++) {
		const struct counters *counters = &sides[side].sum.counters;

		for (i = 0; i < counters->nr; i++) {
			const __u32 code = counters->counts[i].code;
			const struct row row = row_of(&sides[side].sum, code);

			if (!row_occurred(&row) || is_listed(sides, side, code))
				continue;
			reasons = xreallocarray(reasons, *nr + 1, sizeof(*reasons));
			reasons[*nr] = (struct reason) {
				.isa = counters->isa,
				.code = code,
				.example = row,
			};
			find_change(sides, nr_sides, sort, &reasons[(*nr)++]);
		}
	}
	if (reasons)
		qsort_r(reasons, *nr, sizeof(*reasons), compare_reasons, (void *)sort);
	return reasons;
}

/**
 * comparison_fill - make the table that compares recordings
 * @rows: is overwritten with the reasons, biggest change first; for table_free()
 * @totals: is overwritten with the line of the total; likewise
 * @sides: the recordings, at least two
 * @nr: number of @sides
 * @per: what is behind the name of a sum that is divided
 * @options: how to; in plain form @rows has the total, too
 */
void comparison_fill(struct table *rows, struct table *totals, const struct side *sides,
		     size_t nr, const char *per, const struct table_options *options)
{
	const struct reason total = { .is_total = true, .example = row_total(&sides[0].sum) };
	struct reason *reasons;
	size_t nr_reasons, i;

	begin(rows, nr, per, options);
	begin(totals, nr, per, options);
	reasons = list_reasons(sides, nr, options->sort, &nr_reasons);
	for (i = 0; i < nr_reasons; i++)
		add_row(rows, sides, nr, &reasons[i], options);
	free(reasons);
	add_row(options->form == FORM_PLAIN ? rows : totals, sides, nr, &total, options);
}
