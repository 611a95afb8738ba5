// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits hist: how long one reason kept this VM away from the guest, a line for each
 * bucket, from the first that has any to the last.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "counters/reasons.h"
#include "fail.h"
#include "xalloc.h"

#define MIN_BAR		10

static void begin(struct table *table, const struct table_options *options, const char *names)
{
	struct table_options how = *options;

	columns_add(&how.columns, names, IN_HIST);
	table_begin(table, &how, 1);
}

static unsigned int first_bucket(const struct exit_count *count)
{
	unsigned int bucket = 0;

	while (bucket < EXIT_STATS_NR_BUCKETS - 1 && !count->buckets[bucket])
		bucket++;
	return bucket;
}

static void add_lines(struct table *table, struct row row)
{
	const int last = latency_last_bucket(&row.count);
	int bucket;

	for (bucket = first_bucket(&row.count); bucket <= last; bucket++) {
		row.bucket = bucket;
		table_add(table, &row);
	}
}

/* Bars as wide as the numbers leave room for. */
static void add_bars(struct table *table)
{
	size_t room = table_room(table), i;
	__u64 most = 1;

	if (room < MIN_BAR || room >= CELL_SIZE)
		room = room < MIN_BAR ? MIN_BAR : CELL_SIZE - 1;
	for (i = 0; i < table->nr_lines; i++) {
		const struct row *row = &table->rows[i];

		if (row->count.buckets[row->bucket] > most)
			most = row->count.buckets[row->bucket];
	}
	for (i = 0; i < table->nr_lines; i++) {
		struct row *row = &table->rows[i];
		const __u64 count = row->count.buckets[row->bucket];

		row->bar = (long double)count / most * room + 0.5L;
		if (count && !row->bar)
			row->bar = 1;
	}
}

static bool text_of(const struct row *row, const char *name, enum form form, char *text)
{
	const struct column *column = column_find(name);
	struct value value;

	if (!column_value(column, row, &value))
		return false;
	value_text(&value, column->unit, form, text);
	return true;
}

static void print_heading(const struct row *row, bool is_chosen)
{
	static const char *const formats[][2] = {
		{ "AWAY-MEAN", ", %s on average" },
		{ "AWAY-P50", ", half %s" },
		{ "AWAY-P99", ", 99 %% %s" },
		{ "AWAY-MAX", ", longest %s" },
	};
	const __u64 nr = latency_count(&row->count);
	char text[CELL_SIZE];
	size_t i;

	if (text_of(row, "PART", FORM_PLAIN, text))
		printf(" Part %s", text);
	if (text_of(row, "VCPU", FORM_PLAIN, text))
		printf(" vCPU %s", text);
	text_of(row, "REASON", FORM_PLAIN, text);
	printf(" %s%s\n", text, is_chosen ? ", which took most time" : "");
	number_text(nr, UNIT_COUNT, text);
	printf(" %s time%s away", text, nr == 1 ? "" : "s");
	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (text_of(row, formats[i][0], FORM_PLAIN, text))
			printf(formats[i][1], text);
	}
	putchar('\n');
}

static void draw(const struct row *row, bool is_chosen, const struct table_options *options)
{
	struct table table;

	print_heading(row, is_chosen);
	if (!latency_count(&row->count))
		return;
	putchar('\n');
	/* The last column, without a name, is the bar. */
	begin(&table, options, row->delta->counters.tsc_khz ?
	      "FROM,TO,COUNT,SHARE%," : "FROM-CYCLES,TO-CYCLES,COUNT,SHARE%,");
	add_lines(&table, *row);
	add_bars(&table);
	table_print(&table, stdout);
	table_free(&table);
}

static void json_member(struct json *json, const struct row *row, const char *name)
{
	char text[CELL_SIZE];

	json_number(json, name, "%s", text_of(row, name, FORM_JSON, text) ? text : "null");
}

static void print_json(const struct row *rows, size_t nr, const struct table_options *options)
{
	struct json json = { .stream = stdout };
	size_t i;

	json_open(&json, NULL, '{');
	json_open(&json, "histograms", '[');
	for (i = 0; i < nr; i++) {
		char reason[CELL_SIZE];
		struct table table;

		text_of(&rows[i], "REASON", FORM_JSON, reason);
		json_open(&json, NULL, '{');
		json_member(&json, &rows[i], "PART");
		json_member(&json, &rows[i], "VCPU");
		json_member(&json, &rows[i], "CODE");
		json_string(&json, "reason", reason);
		json_number(&json, "count", "%llu", latency_count(&rows[i].count));
		json_member(&json, &rows[i], "AWAY-MEAN");
		json_member(&json, &rows[i], "AWAY-P50");
		json_member(&json, &rows[i], "AWAY-P99");
		json_member(&json, &rows[i], "AWAY-MAX");
		begin(&table, options, "BUCKET,FROM-CYCLES,TO-CYCLES,FROM,TO,COUNT,SHARE%");
		add_lines(&table, rows[i]);
		table_json(&table, "buckets", false, &json);
		table_free(&table);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

static void print_flat(const struct row *rows, size_t nr, const struct table_options *options)
{
	struct table table;
	char names[128] = "";
	size_t i;

	if (rows[0].delta->part)
		strcat(names, "PART,");
	if (rows[0].delta->counters.this_vcpu)
		strcat(names, "VCPU,");
	strcat(names, "CODE,REASON,BUCKET,FROM-CYCLES,TO-CYCLES,FROM,TO,COUNT,SHARE%");
	begin(&table, options, names);
	for (i = 0; i < nr; i++)
		add_lines(&table, rows[i]);
	table_print(&table, stdout);
	table_free(&table);
}

static void print(const struct row *rows, size_t nr, const struct options *options)
{
	const enum form form = options->table.form;
	size_t i;

	if (form == FORM_JSON)
		print_json(rows, nr, &options->table);
	else if (form != FORM_PLAIN)
		print_flat(rows, nr, &options->table);
	for (i = 0; form == FORM_PLAIN && i < nr; i++) {
		if (i)
			putchar('\n');
		draw(&rows[i], !options->reason, &options->table);
	}
}

/* Without a --reason, the one that took most time, but for HLT. */
static int choose_code(const struct options *options, const struct row *rows, size_t nr,
		       __u32 *code)
{
	const __u32 isa = rows[0].delta->counters.isa;
	struct delta sum = {};
	__u64 most = 0;
	size_t i;
	int ret = 0;

	if (options->reason)
		return reason_find(isa, options->reason, code);
	for (i = 0; !ret && i < nr; i++)
		ret = delta_add(&sum, rows[i].delta);
	for (i = 0; !ret && i < sum.counters.nr; i++) {
		const struct exit_count *count = &sum.counters.counts[i];

		if (reason_is_idle(isa, count->code) || count->away <= most)
			continue;
		most = count->away;
		*code = count->code;
	}
	counters_free(&sum.counters);
	return ret || most ? ret : fail("no reason took any time away");
}

/* Takes the deltas in which time away was measured.  Of one part only, it needs no word. */
static int take_rows(const struct input *input, struct row *rows, size_t *nr)
{
	const bool is_one_part = input->deltas[0].part == input->deltas[input->nr - 1].part;
	size_t i;

	for (i = 0; i < input->nr; i++) {
		struct delta *delta = &input->deltas[i];

		if (!(delta->counters.features & EXIT_STATS_F_BUCKETS))
			continue;
		if (is_one_part)
			delta->part = 0;
		rows[(*nr)++].delta = delta;
		if (delta->counters.isa != rows[0].delta->counters.isa)
			return fail("%s: its parts are not of the same instruction set",
				    input->name);
	}
	return *nr ? 0 : fail("%s%sthe hypervisor %s not measure time away (%s has it)",
			      input->name ?: "", input->name ? ": " : "",
			      input->deltas[0].elapsed_ns ? "did" : "does",
			      "kvm's parameter exit_stats=2");
}

static int show(const struct options *options, const struct input *input)
{
	struct row *rows = xreallocarray(NULL, input->nr, sizeof(*rows));
	size_t nr = 0, i;
	__u32 code;
	int ret = take_rows(input, rows, &nr);

	if (!ret)
		ret = choose_code(options, rows, nr, &code);
	for (i = 0; !ret && i < nr; i++)
		rows[i] = row_of(rows[i].delta, &(struct exit_count) { .code = code });
	if (!ret)
		print(rows, nr, options);
	free(rows);
	return ret;
}

int cmd_hist(struct options *options)
{
	const struct input_options how = {
		.features = EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS,
		.to_ns = ~0ULL,
		.vcpus = options->vcpus,
		.own_queries = options->own_queries,
	};
	struct input input;
	int ret = input_load(&input, options->operands[0], &how);

	if (!ret)
		ret = show(options, &input);
	input_free(&input);
	return ret;
}
