// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns there are.  What a cell says, how it is sorted, and its form in JSON and
 * CSV, all derive from a column's record.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "counters/reasons.h"
#include "output/columns.h"

#define NEEDS_KEYS	EXIT_STATS_F_KEYS
#define NEEDS_CYCLES	EXIT_STATS_F_CYCLES
#define NEEDS_AWAY	EXIT_STATS_F_AWAY
#define NEEDS_BUCKETS	(EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS)

#define IN_TABLES	(IN_SHOW | IN_STAT | IN_REPORT | IN_COMPARE | IN_TOP | IN_WHY)
#define IN_DELTAS	(IN_WHY | IN_STAT | IN_REPORT | IN_COMPARE | IN_TOP)

static const struct counters *counters_of(const struct row *row)
{
	return &row->delta->counters;
}

static bool number(struct value *value, long double number)
{
	value->number = number;
	return true;
}

static bool text(struct value *value, const char *text)
{
	if (text)
		snprintf(value->text, sizeof(value->text), "%s", text);
	return text;
}

static bool ratio(struct value *value, long double part, __u64 whole)
{
	return whole && number(value, part / whole);
}

static bool part(const struct row *row, struct value *value)
{
	return row->delta->part && number(value, row->delta->part);
}

static bool cpu(const struct row *row, struct value *value)
{
	return counters_of(row)->this_vcpu && counters_of(row)->cpu != DUMP_ANY_CPU &&
	       number(value, counters_of(row)->cpu);
}

static bool vcpu(const struct row *row, struct value *value)
{
	return counters_of(row)->this_vcpu && number(value, counters_of(row)->vcpu);
}

static bool isa(const struct row *row, struct value *value)
{
	return !row->is_total && text(value, isa_name(counters_of(row)->isa));
}

static bool code(const struct row *row, struct value *value)
{
	value->is_hexadecimal = counters_of(row)->isa != EXIT_STATS_ISA_VMX;
	return !row->is_total && !row->nr_more && number(value, row->count.code);
}

static bool reason(const struct row *row, struct value *value)
{
	if (row->is_total)
		return text(value, "total");
	if (row->nr_more) {
		snprintf(value->text, sizeof(value->text), "%zu more", row->nr_more);
		return true;
	}
	reason_name(counters_of(row)->isa, row->count.code, value->text);
	return true;
}

static bool key(const struct row *row, struct value *value)
{
	if (row->count.has_key)
		snprintf(value->text, sizeof(value->text), "0x%llx", row->count.key);
	return row->count.has_key;
}

static bool key_called(const struct row *row, struct value *value)
{
	return row->count.has_key && text(value, row->count.name);
}

static bool meaning(const struct row *row, struct value *value)
{
	return !row->is_total &&
	       text(value, reason_meaning(counters_of(row)->isa, row->count.code));
}

static bool total(const struct row *row, struct value *value)
{
	return number(value, row->count.cumulative);
}

static bool exits(const struct row *row, struct value *value)
{
	return number(value, row->count.exits);
}

static bool exits_share(const struct row *row, struct value *value)
{
	return ratio(value, 100.0L * row->count.exits, counters_of(row)->total.exits);
}

static bool exits_rate(const struct row *row, struct value *value)
{
	return ratio(value, (long double)row->count.exits * NS_PER_S, row->delta->elapsed_ns);
}

static bool spread(const struct row *row, struct value *value)
{
	const unsigned int runs = row->delta->runs;

	const long double mean = (long double)row->count.exits / runs;
	const long double squares = row->count.squares - row->count.exits * mean;

	return runs > 1 && mean &&
	       number(value, 100 * sqrtl(fmaxl(squares, 0) / (runs - 1)) / mean);
}

static bool handled(const struct row *row, struct value *value)
{
	return number(value, row->count.handled);
}

static bool handled_share(const struct row *row, struct value *value)
{
	return ratio(value, 100.0L * row->count.handled, counters_of(row)->total.handled);
}

static bool handled_mean(const struct row *row, struct value *value)
{
	return ratio(value, row->count.handled, row->count.exits);
}

static bool handled_cpu(const struct row *row, struct value *value)
{
	return !delta_cpu_share(row->delta, row->count.handled, &value->number);
}

static bool away(const struct row *row, struct value *value)
{
	return number(value, row->count.away);
}

static bool away_share(const struct row *row, struct value *value)
{
	return !row_is_idle(row) &&
	       ratio(value, 100.0L * row->count.away, counters_of(row)->total.away);
}

static bool away_cpu(const struct row *row, struct value *value)
{
	return !row_is_idle(row) &&
	       !delta_cpu_share(row->delta, row->count.away, &value->number);
}

/*
 * Some exits may have been counted before time away was; and the buckets of CPUID hold
 * some that came in while they were read.  The total has the exits of HLT, but not their
 * time.
 */
static bool away_mean(const struct row *row, struct value *value)
{
	__u64 nr = latency_count(&row->count);

	if (row->count.has_key || !(counters_of(row)->features & EXIT_STATS_F_BUCKETS))
		nr = row->is_total ? 0 : row->count.exits;
	else if (nr > row->count.exits)
		nr = row->count.exits;
	return ratio(value, row->count.away, nr);
}

static bool percentile(const struct row *row, struct value *value, unsigned int percent)
{
	__u64 cycles;

	value->is_bound = true;
	return latency_percentile(&row->count, percent, &cycles) && number(value, cycles);
}

static bool away_p50(const struct row *row, struct value *value)
{
	return percentile(row, value, 50);
}

static bool away_p99(const struct row *row, struct value *value)
{
	return percentile(row, value, 99);
}

static bool away_max(const struct row *row, struct value *value)
{
	value->is_bound = row->count.is_bound;
	return row->count.longest && number(value, row->count.longest);
}

static bool bucket(const struct row *row, struct value *value)
{
	return number(value, row->bucket);
}

static bool from(const struct row *row, struct value *value)
{
	return number(value, row->bucket ? 1ULL << row->bucket : 0);
}

static bool to(const struct row *row, struct value *value)
{
	return number(value, latency_bound(&row->count, row->bucket));
}

static bool bucket_count(const struct row *row, struct value *value)
{
	return number(value, row->count.buckets[row->bucket]);
}

static bool bucket_share(const struct row *row, struct value *value)
{
	return ratio(value, 100.0L * row->count.buckets[row->bucket],
		     latency_count(&row->count));
}

static bool bar(const struct row *row, struct value *value)
{
	memset(value->text, '#', row->bar);
	return true;
}

static const struct column columns[] = {
	{ "PART", "part of the recording, if the VM was moved",
	  UNIT_ID, false, IN_REPORT | IN_HIST, 0, part },
	{ "CPU", "the guest's number of the CPU (with --vcpus)",
	  UNIT_ID, false, IN_TABLES & ~IN_COMPARE, 0, cpu },
	{ "VCPU", "the hypervisor's number of the vCPU (with --vcpus)",
	  UNIT_ID, false, (IN_TABLES & ~IN_COMPARE) | IN_HIST, 0, vcpu },
	{ "ISA", "instruction set, which tells what codes mean",
	  UNIT_TEXT, false, IN_COMPARE, 0, isa },
	{ "CODE", "exit code, written as in the processor's manual",
	  UNIT_CODE, false, IN_TABLES | IN_LIST | IN_HIST, 0, code },
	{ "REASON", "its name",
	  UNIT_TEXT, false, IN_TABLES | IN_LIST | IN_HIST, 0, reason },
	{ "KEY", "register, port, page, leaf or vector, as the host tells it",
	  UNIT_TEXT, false, IN_TABLES & ~IN_TOP, NEEDS_KEYS, key },
	{ "NAME", "what that is to this guest",
	  UNIT_TEXT, false, IN_TABLES & ~IN_TOP, NEEDS_KEYS, key_called },
	{ "TOTAL", "exits since the counters began",
	  UNIT_COUNT, false, IN_TOP | IN_REPORT, 0, total },
	{ "EXITS", "number of exits",
	  UNIT_COUNT, true, IN_TABLES, 0, exits },
	{ "SPREAD%", "standard deviation of the exits over the runs, in % of their mean",
	  UNIT_PERCENT, false, IN_STAT, 0, spread },
	{ "EXITS%", "share of all exits",
	  UNIT_PERCENT, false, IN_TABLES, 0, exits_share },
	{ "EXITS/S", "exits per second",
	  UNIT_RATE, false, IN_DELTAS, 0, exits_rate },
	{ "HANDLED", "time that KVM took to handle them",
	  UNIT_TIME, true, IN_TABLES, NEEDS_CYCLES, handled },
	{ "HANDLED%", "share of all time handled",
	  UNIT_PERCENT, false, IN_TABLES, NEEDS_CYCLES, handled_share },
	{ "HANDLED-MEAN", "time handled on average of an exit",
	  UNIT_TIME, false, IN_TABLES, NEEDS_CYCLES, handled_mean },
	{ "HANDLED-CPU%", "time handled, as share of the online CPUs' time",
	  UNIT_PERCENT, false, IN_DELTAS, NEEDS_CYCLES, handled_cpu },
	{ "CYCLES", "time handled, in cycles of the host's TSC",
	  UNIT_CYCLES, true, IN_TABLES, NEEDS_CYCLES, handled },
	{ "AWAY", "time away from the guest, until the next VM entry; total without HLT",
	  UNIT_TIME, true, IN_TABLES, NEEDS_AWAY, away },
	{ "AWAY%", "share of all time away but that of HLT",
	  UNIT_PERCENT, false, IN_TABLES, NEEDS_AWAY, away_share },
	{ "AWAY-MEAN", "time away on average of an exit",
	  UNIT_TIME, false, IN_TABLES, NEEDS_BUCKETS, away_mean },
	{ "AWAY-P50", "half of the times away were no longer (at most twice the true value)",
	  UNIT_TIME, false, IN_TABLES, NEEDS_BUCKETS, away_p50 },
	{ "AWAY-P99", "99 % of the times away were no longer (at most twice the true value)",
	  UNIT_TIME, false, IN_TABLES, NEEDS_BUCKETS, away_p99 },
	{ "AWAY-MAX", "the longest time away (an upper bound if a longer one was before)",
	  UNIT_TIME, false, IN_TABLES, NEEDS_BUCKETS, away_max },
	{ "AWAY-CPU%", "time away, as share of the online CPUs' time",
	  UNIT_PERCENT, false, IN_DELTAS, NEEDS_AWAY, away_cpu },
	{ "AWAY-CYCLES", "time away, in cycles of the host's TSC",
	  UNIT_CYCLES, true, IN_TABLES, NEEDS_AWAY, away },
	{ "MEANING", "what the reason means",
	  UNIT_TEXT, false, IN_TABLES | IN_LIST, 0, meaning },
	{ "BUCKET", "class of times away that the host counts them in",
	  UNIT_ID, false, IN_HIST, 0, bucket },
	{ "FROM-CYCLES", "the shortest in it, in cycles of the host's TSC",
	  UNIT_CYCLES, false, IN_HIST, 0, from },
	{ "TO-CYCLES", "the longest in it, likewise",
	  UNIT_CYCLES, false, IN_HIST, 0, to },
	{ "FROM", "the shortest in it",
	  UNIT_TIME, false, IN_HIST, 0, from },
	{ "TO", "the longest in it",
	  UNIT_TIME, false, IN_HIST, 0, to },
	{ "COUNT", "how many there were",
	  UNIT_COUNT, false, IN_HIST, 0, bucket_count },
	{ "SHARE%", "share of all of the reason",
	  UNIT_PERCENT, false, IN_HIST, 0, bucket_share },
	{ "", "the same as a bar",
	  UNIT_TEXT, false, IN_HIST, 0, bar },
	{}
};

const struct column *column_find(const char *name)
{
	const struct column *column;

	for (column = columns; column->name; column++) {
		if (!strcasecmp(column->name, name))
			return column;
	}
	return NULL;
}

/* Likewise, with a -DIFF or -RATIO behind it. */
static const struct column *find_aspect(const char *name, enum aspect *aspect)
{
	const char *suffix = strrchr(name, '-') ?: "";
	const struct column *column;
	char base[CELL_SIZE];

	*aspect = !strcasecmp(suffix, "-DIFF") ? ASPECT_DIFF :
		  !strcasecmp(suffix, "-RATIO") ? ASPECT_RATIO : ASPECT_VALUE;
	if (*aspect == ASPECT_VALUE)
		return column_find(name);
	snprintf(base, sizeof(base), "%.*s", (int)(suffix - name), name);
	column = column_find(base);
	return column && column->unit >= UNIT_COUNT ? column : NULL;
}

static void unknown_column(const char *name, unsigned int command)
{
	const struct column *column;
	char names[1024] = "";

	for (column = columns; column->name; column++) {
		if (column->commands & command)
			strcat(strcat(names, " "), column->name);
	}
	errx(EXIT_FAILURE, "unknown column '%s'; there are%s%s", name, names,
	     command == IN_COMPARE ? ", with -DIFF and -RATIO" : "");
}

static void add(struct column_list *list, const struct shown *shown)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (list->shown[i].column == shown->column &&
		    list->shown[i].aspect == shown->aspect)
			return;
	}
	list->shown[list->nr++] = *shown;
}

/* Adds those named, separated by commas in any case; @command has to have them. */
void columns_add(struct column_list *list, const char *names, unsigned int command)
{
	for (;; names++) {
		const size_t len = strcspn(names, ",");
		struct shown shown = {};
		char name[CELL_SIZE];

		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		shown.column = find_aspect(name, &shown.aspect);
		if (!shown.column || !(shown.column->commands & command) ||
		    (shown.aspect != ASPECT_VALUE && command != IN_COMPARE))
			unknown_column(name, command);
		add(list, &shown);
		names += len;
		if (!*names)
			break;
	}
}

/* EXIT_STATS_F_* of what has to be measured. */
__u32 columns_need(const struct column_list *list)
{
	__u32 needs = 0;
	size_t i;

	for (i = 0; i < list->nr; i++)
		needs |= list->shown[i].column->needs;
	return needs;
}

/* Ends the program if what one needs isn't measured in file @name, or NULL: this VM. */
void columns_check(const struct column_list *list, __u32 features, const char *name)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct column *column = list->shown[i].column;
		/* Without buckets, some of it is known. */
		const __u32 missing = column->needs & ~features & ~EXIT_STATS_F_BUCKETS;

		if (missing)
			errx(EXIT_FAILURE, "%s%s%s: the hypervisor %s not measure %s", name ?: "",
			     name ? ": " : "", column->name, name ? "did" : "does",
			     missing & NEEDS_KEYS ?
			     "keys (kvm's parameter exit_stats=3 has them)" :
			     missing & ~NEEDS_CYCLES ?
			     "time away (kvm's parameter exit_stats=2 has it)" :
			     "cycles (its TSC is not stable)");
	}
}

void columns_help(unsigned int command)
{
	const struct column *column;

	printf("\nColumns:\n");
	for (column = columns; column->name; column++) {
		if (column->commands & command)
			printf("  %-12s  %s\n", column->name, column->help);
	}
	if (command == IN_COMPARE)
		printf("\n"
		       "Behind the name of one that counts or measures, -DIFF is the difference from\n"
		       "the first recording, and -RATIO the ratio to it.\n");
}

/* What a cell is to say; false if there is nothing to say. */
bool column_value(const struct column *column, const struct row *row, struct value *value)
{
	*value = (struct value) {};
	/* What isn't measured is not 0. */
	if (!row->delta || column->needs & ~counters_of(row)->features & ~EXIT_STATS_F_BUCKETS ||
	    !column->value(row, value))
		return false;
	if (column->is_sum)
		value->number /= row->divisor;
	return column->unit != UNIT_TIME ||
	       ratio(value, value->number * 1000000, counters_of(row)->tsc_khz);
}

struct row row_of(const struct delta *delta, const struct exit_count *like)
{
	const struct counters *counters = &delta->counters;
	const struct exit_count *found = like ? counters_find(counters, like) : &counters->total;

	/* Another device may have the same page, in another VM. */
	if (like && found && strcmp(found->name, like->name))
		found = NULL;
	return (struct row) {
		.delta = delta,
		.count = found ? *found : count_like(like),
		.is_total = !like,
		.divisor = delta->runs,
	};
}

bool row_occurred(const struct row *row)
{
	return row->count.exits || row->count.handled || row->count.away;
}

/* Whether its time away is idle time. */
bool row_is_idle(const struct row *row)
{
	return !row->is_total && reason_is_idle(counters_of(row)->isa, row->count.code);
}
