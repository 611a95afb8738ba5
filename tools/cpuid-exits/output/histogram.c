// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how long one reason kept vCPUs away: a line for each bucket, from the first that
 * has any to the last.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output/histogram.h"
#include "xalloc.h"

/* Where there is no terminal, and the least that a bar needs on one. */
#define DEFAULT_WIDTH	80
#define MIN_BAR		10

static unsigned int first_bucket(const struct exit_count *count)
{
	unsigned int bucket = 0;

	while (bucket < EXIT_STATS_NR_BUCKETS && !count->buckets[bucket])
		bucket++;
	return bucket;
}

static void begin(struct table *table, const struct table_options *options, const char *names,
		  struct table_options *how)
{
	size_t i;

	*how = (struct table_options) { .form = options->form };
	columns_add(&how->columns, names, IN_HIST);
	table_begin(table, options->form, options->no_headings);
	for (i = 0; i < how->columns.nr; i++)
		table_add_column(table, how->columns.columns[i]->name,
				 how->columns.columns[i]->unit);
}

static __u64 most(const struct exit_count *count)
{
	__u64 most = 1;
	unsigned int i;

	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (count->buckets[i] > most)
			most = count->buckets[i];
	}
	return most;
}

/* Adds the lines of a row, with bars up to @room characters as another column. */
static void add_lines(struct table *table, struct row row, const struct table_options *how,
		      size_t room)
{
	const int last = latency_last_bucket(&row.count);
	char *bar = xreallocarray(NULL, room + 1, 1);
	int bucket;

	for (bucket = first_bucket(&row.count); bucket <= last; bucket++) {
		const __u64 count = row.count.buckets[bucket];
		size_t length = (long double)count / most(&row.count) * room + 0.5L;

		row.bucket = bucket;
		table_add_row(table, &row, how);
		if (!room)
			continue;
		if (count && !length)
			length = 1;
		memset(bar, '#', length);
		bar[length] = '\0';
		table_set(table, how->columns.nr, bar, NULL);
	}
	free(bar);
}

static size_t line_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return DEFAULT_WIDTH;
}

/* How much of a line the numbers leave for the bars. */
static size_t bar_room(const struct row *row, const struct table_options *options,
		       const char *names)
{
	const size_t line = line_width();
	struct table_options how;
	struct table table;
	size_t used = 0;
	char *lines, *c;

	begin(&table, options, names, &how);
	add_lines(&table, *row, &how, 0);
	lines = table_lines(&table, 0);
	/* Characters of UTF-8, and a blank behind the last column. */
	for (c = lines; *c && *c != '\n'; c++)
		used += (*c & 0xc0) != 0x80;
	free(lines);
	table_free(&table);
	return line > used + 1 + MIN_BAR ? line - used - 1 : MIN_BAR;
}

static int draw_bars(const struct row *row, const struct table_options *options)
{
	const char *names = row->delta->counters.tsc_khz ? "FROM,TO,COUNT,SHARE%" :
			    "FROM-CYCLES,TO-CYCLES,COUNT,SHARE%";
	const size_t room = bar_room(row, options, names);
	struct table_options how;
	struct table table;
	int ret;

	begin(&table, options, names, &how);
	table_add_column(&table, "", UNIT_TEXT);
	add_lines(&table, *row, &how, room);
	ret = table_print(&table, stdout);
	table_free(&table);
	return ret;
}

static bool text_of(const struct row *row, const char *name, enum form form, char *text)
{
	const struct column *column = column_find(name);
	struct value value = {};

	if (!column->value(row, &value))
		return false;
	value_text(&value, column->unit, form, text);
	return true;
}

static void print_heading(const struct row *row, bool is_chosen)
{
	static const struct {
		const char *format, *column;
	} facts[] = {
		{ ", %s on average", "AWAY-MEAN" },
		{ ", half %s", "AWAY-P50" },
		{ ", 99 %% %s", "AWAY-P99" },
		{ ", longest %s", "AWAY-MAX" },
		{}
	};
	const struct value nr = { .number = latency_count(&row->count) };
	char text[CELL_SIZE];
	size_t i;

	if (text_of(row, "PART", FORM_PLAIN, text))
		printf(" Part %s", text);
	if (text_of(row, "VCPU", FORM_PLAIN, text))
		printf(" vCPU %s", text);
	text_of(row, "REASON", FORM_PLAIN, text);
	printf(" %s%s\n", text, is_chosen ? ", which took most time" : "");
	value_text(&nr, UNIT_COUNT, FORM_PLAIN, text);
	printf(" %s time%s away", text, nr.number == 1 ? "" : "s");
	for (i = 0; facts[i].format; i++) {
		if (text_of(row, facts[i].column, FORM_PLAIN, text))
			printf(facts[i].format, text);
	}
	printf(nr.number ? "\n\n" : "\n");
}

static int draw(const struct row *row, bool is_chosen, const struct table_options *options)
{
	print_heading(row, is_chosen);
	return latency_count(&row->count) ? draw_bars(row, options) : 0;
}

static void json_member(struct json *json, const char *name, const struct row *row)
{
	char text[CELL_SIZE];

	json_number(json, name, "%s", text_of(row, name, FORM_JSON, text) ? text : "null");
}

static void print_json(const struct row *rows, size_t nr, const struct table_options *options)
{
	static const char *const members[] = { "AWAY-MEAN", "AWAY-P50", "AWAY-P99", "AWAY-MAX" };
	struct json json = { .stream = stdout };
	size_t i, j;

	json_open(&json, NULL);
	json_array_open(&json, "histograms");
	for (i = 0; i < nr; i++) {
		struct table_options how;
		char text[CELL_SIZE];
		struct table table;

		json_open(&json, NULL);
		json_member(&json, "PART", &rows[i]);
		json_member(&json, "VCPU", &rows[i]);
		json_member(&json, "CODE", &rows[i]);
		text_of(&rows[i], "REASON", FORM_JSON, text);
		json_string(&json, "reason", text);
		json_number(&json, "count", "%llu", latency_count(&rows[i].count));
		for (j = 0; j < sizeof(members) / sizeof(*members); j++)
			json_member(&json, members[j], &rows[i]);
		begin(&table, options, "BUCKET,FROM-CYCLES,TO-CYCLES,FROM,TO,COUNT,SHARE%", &how);
		add_lines(&table, rows[i], &how, 0);
		table_json(&table, "buckets", &json);
		table_free(&table);
		json_close(&json);
	}
	json_array_close(&json);
	json_close(&json);
}

static int print_flat(const struct row *rows, size_t nr, const struct table_options *options)
{
	struct table_options how;
	struct table table;
	char names[128] = "";
	size_t i;
	int ret;

	if (rows[0].delta->part)
		strcat(names, "PART,");
	if (rows[0].delta->counters.this_vcpu)
		strcat(names, "VCPU,");
	strcat(names, "CODE,REASON,BUCKET,FROM-CYCLES,TO-CYCLES,FROM,TO,COUNT,SHARE%");
	begin(&table, options, names, &how);
	for (i = 0; i < nr; i++)
		add_lines(&table, rows[i], &how, 0);
	ret = table_print(&table, stdout);
	table_free(&table);
	return ret;
}

/**
 * histogram_print - print how long one reason took
 * @deltas: of the VM or each vCPU, and that in each part
 * @nr: number of @deltas, at least 1
 * @code: the reason
 * @is_chosen: nobody asked for this reason
 * @options: how to
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.
 */
int histogram_print(const struct delta *deltas, size_t nr, __u32 code, bool is_chosen,
		    const struct table_options *options)
{
	struct row *rows = xreallocarray(NULL, nr, sizeof(*rows));
	int ret = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		rows[i] = row_of(&deltas[i], code);
	if (options->form == FORM_JSON)
		print_json(rows, nr, options);
	else if (options->form != FORM_PLAIN)
		ret = print_flat(rows, nr, options);
	for (i = 0; options->form == FORM_PLAIN && !ret && i < nr; i++) {
		if (i)
			putchar('\n');
		ret = draw(&rows[i], is_chosen, options);
	}
	free(rows);
	return ret;
}
