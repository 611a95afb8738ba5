// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options there are, which commands have them, and what they say.  What is wrong with
 * them ends the program, after saying so on stderr.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "counters/reasons.h"
#include "options.h"

#define IN_READERS	(IN_SHOW | IN_REPORT | IN_COMPARE | IN_HIST)
#define IN_FORMS	(IN_READERS | IN_STAT | IN_LIST)
#define IN_COLUMNS	(IN_FORMS & ~IN_HIST)
#define IN_ALL		(~0u)

#define MIN_DELAY_NS	(NS_PER_S / 10)
#define MIN_INTERVAL_NS	(NS_PER_S / 1000)

/* Options without a letter. */
enum {
	OPT_ALL = 256,
	OPT_CSV,
	OPT_FORCE,
	OPT_FROM,
	OPT_ISA,
	OPT_NORMALIZE,
	OPT_OPENMETRICS,
	OPT_OWN_QUERIES,
	OPT_REGISTERS,
	OPT_SAMPLES,
	OPT_TO,
	OPT_VCPUS,
};

static const struct {
	int opt;
	const char *name, *argument;
	unsigned int commands;
	const char *help;
} table[] = {
	{ OPT_ALL, "all", NULL, IN_SHOW | IN_STAT | IN_REPORT,
	  "show also reasons that did not occur" },
	{ 'b', "batch", NULL, IN_TOP, "print one table after another, for a pipe or a file" },
	{ OPT_CSV, "csv", NULL, IN_FORMS, "print CSV, without totals" },
	{ 'd', "delay", "<s>", IN_TOP, "seconds from one sample to the next (default 2)" },
	{ 'e', "reason", "<reason>", IN_HIST, "name, begin of the name, or code of the reason" },
	{ 'f', "file", "<file>", IN_STAT | IN_RECORD, "write to this file; - is stdout" },
	{ OPT_FORCE, "force", NULL, IN_STAT | IN_RECORD, "overwrite the file if it is there" },
	{ OPT_FROM, "from", "<s>", IN_REPORT, "leave out what was before, in s since the start" },
	{ 'H', "noheadings", NULL, IN_FORMS, "do not print headings" },
	{ 'i', "interval", "<s>", IN_RECORD, "seconds from one sample to the next (default 1)" },
	{ OPT_ISA, "isa", "<vmx|svm>", IN_LIST, "list those of this instruction set" },
	{ 'J', "json", NULL, IN_FORMS, "print JSON" },
	{ 'n', "iterations", "<n>", IN_TOP, "end after so many tables" },
	{ OPT_NORMALIZE, "normalize", "<by>", IN_COMPARE,
	  "by time (per second), command (per run) or exits (per 1000)" },
	{ 'o', "output", "<list>", IN_COLUMNS | IN_TOP,
	  "columns to show; with a + before, show them too" },
	{ OPT_OPENMETRICS, "openmetrics", NULL, IN_SHOW,
	  "print a page of metrics for Prometheus's node_exporter" },
	{ OPT_OWN_QUERIES, "own-queries", NULL, IN_READERS | IN_STAT | IN_TOP,
	  "do not leave out the exits of its own queries" },
	{ 'r', "raw", NULL, IN_FORMS, "print fields separated by blanks, without totals" },
	{ OPT_REGISTERS, "registers", NULL, IN_SHOW, "print the registers as 'cpuid -r' does" },
	{ 'R', "repeat", "<n>", IN_STAT, "run the command n times and show the mean" },
	{ 's', "sort", "<column>", (IN_COLUMNS & ~IN_LIST) | IN_TOP,
	  "column to sort by (default what cost most)" },
	{ OPT_SAMPLES, "samples", NULL, IN_REPORT, "with --csv, print each sample" },
	{ OPT_TO, "to", "<s>", IN_REPORT, "leave out what was after" },
	{ OPT_VCPUS, "vcpus", NULL, IN_SHOW | IN_STAT | IN_RECORD | IN_TOP | IN_HIST,
	  "each vCPU on its own" },
	{ 'h', "help", NULL, IN_ALL, "display this help" },
	{ 'V', "version", NULL, IN_ALL, "display the version" },
	{}
};

static const char *const normalize_names[] = {
	[NORMALIZE_TIME] = "time",
	[NORMALIZE_COMMAND] = "command",
	[NORMALIZE_EXITS] = "exits",
};

/**
 * options_help - print the options of a command
 * @command: IN_* of it
 */
void options_help(unsigned int command)
{
	size_t i;

	printf("\nOptions:\n");
	for (i = 0; table[i].name; i++) {
		char name[64];

		if (!(table[i].commands & command))
			continue;
		snprintf(name, sizeof(name), "--%s %s", table[i].name, table[i].argument ?: "");
		if (table[i].opt < OPT_ALL)
			printf(" -%c, %-21s %s\n", table[i].opt, name, table[i].help);
		else
			printf("     %-21s %s\n", name, table[i].help);
	}
}

/* Seconds, maybe with a fraction, as nanoseconds. */
static __u64 parse_seconds(const char *text, const char *what, __u64 min_ns)
{
	const double limit = 1e9;
	double value;
	char *end;

	/* No blanks, signs, "inf", "nan" or hexadecimal. */
	if (!*text || strspn(text, "0123456789.") != strlen(text))
		errx(EXIT_FAILURE, "%s '%s' is not a number of seconds", what, text);
	value = strtod(text, &end);
	if (*end || end == text)
		errx(EXIT_FAILURE, "%s '%s' is not a number of seconds", what, text);
	if (value * NS_PER_S < min_ns)
		errx(EXIT_FAILURE, "%s '%s' is less than %g s", what, text,
		     (double)min_ns / NS_PER_S);
	if (value > limit)
		errx(EXIT_FAILURE, "%s '%s' is more than %.0f s", what, text, limit);
	return value * NS_PER_S + 0.5;
}

static unsigned int parse_count(const char *text, const char *what)
{
	unsigned long value;

	errno = 0;
	value = strtoul(text, NULL, 10);
	if (!*text || strspn(text, "0123456789") != strlen(text) ||
	    errno || !value || value > INT_MAX)
		errx(EXIT_FAILURE, "%s '%s' is not a number from 1 to %d", what, text, INT_MAX);
	return value;
}

static enum normalize parse_normalize(const char *text)
{
	enum normalize i;

	for (i = NORMALIZE_TIME; i <= NORMALIZE_EXITS; i++) {
		if (!strcmp(text, normalize_names[i]))
			return i;
	}
	errx(EXIT_FAILURE, "--normalize '%s' is not time, command or exits", text);
}

static void set_form(struct options *options, enum form form)
{
	if (options->table.form != FORM_PLAIN && options->table.form != form)
		errx(EXIT_FAILURE, "--json, --csv and --raw exclude each other");
	options->table.form = form;
}

static void take(struct options *options, int opt)
{
	switch (opt) {
	case OPT_ALL:
		options->table.all = true;
		break;
	case 'b':
		options->batch = true;
		break;
	case OPT_CSV:
		set_form(options, FORM_CSV);
		break;
	case 'd':
		options->interval_ns = parse_seconds(optarg, "delay", MIN_DELAY_NS);
		break;
	case 'e':
		options->reason = optarg;
		break;
	case 'f':
		options->file = optarg;
		break;
	case OPT_FORCE:
		options->force = true;
		break;
	case OPT_FROM:
		options->from_ns = parse_seconds(optarg, "--from", 0);
		break;
	case 'H':
		options->table.no_headings = true;
		break;
	case 'i':
		options->interval_ns = parse_seconds(optarg, "interval", MIN_INTERVAL_NS);
		break;
	case OPT_ISA:
		options->isa = isa_find(optarg);
		if (!options->isa)
			errx(EXIT_FAILURE, "unknown instruction set '%s', there are vmx and svm",
			     optarg);
		break;
	case 'J':
		set_form(options, FORM_JSON);
		break;
	case 'n':
		options->iterations = parse_count(optarg, "number of tables");
		break;
	case OPT_NORMALIZE:
		options->normalize = parse_normalize(optarg);
		break;
	case 'o':
		options->columns = optarg;
		break;
	case OPT_OPENMETRICS:
		options->openmetrics = true;
		break;
	case OPT_OWN_QUERIES:
		options->own_queries = true;
		break;
	case 'r':
		set_form(options, FORM_RAW);
		break;
	case OPT_REGISTERS:
		options->registers = true;
		break;
	case 'R':
		options->repeat = parse_count(optarg, "number of runs");
		break;
	case 's':
		options->sort = optarg;
		break;
	case OPT_SAMPLES:
		options->samples = true;
		break;
	case OPT_TO:
		options->to_ns = parse_seconds(optarg, "--to", 0);
		break;
	case OPT_VCPUS:
		options->vcpus = true;
		break;
	}
}

static void check(const struct options *options)
{
	int forms = options->table.form != FORM_PLAIN;

	forms += options->registers + options->openmetrics;
	if (forms > 1)
		errx(EXIT_FAILURE,
		     "--registers, --openmetrics, --json, --csv and --raw exclude each other");
	if (options->from_ns >= options->to_ns)
		errx(EXIT_FAILURE, "--from is not before --to");
	if (options->samples && (options->table.form != FORM_CSV || options->from_ns ||
				 options->to_ns != ~0ULL))
		errx(EXIT_FAILURE, "--samples is for --csv, without --from and --to");
	if (options->isa && options->nr_operands)
		errx(EXIT_FAILURE, "--isa is not for a file, which tells it");
}

/**
 * options_parse - take a command line
 * @options: is overwritten
 * @command: IN_* of the command
 * @argc: of main()
 * @argv: likewise, must outlive @options
 * @help: prints the command's help
 */
void options_parse(struct options *options, unsigned int command, int argc, char **argv,
		   void (*help)(unsigned int command))
{
	struct option longs[sizeof(table) / sizeof(*table)] = {};
	/* What follows a command is for that. */
	char shorts[2 * sizeof(table) / sizeof(*table) + 2];
	char *next = stpcpy(shorts, command & (IN_STAT | IN_RECORD) ? "+" : "");
	size_t nr = 0, i;
	int opt;

	for (i = 0; table[i].name; i++) {
		if (!(table[i].commands & command))
			continue;
		longs[nr++] = (struct option) {
			.name = table[i].name,
			.has_arg = table[i].argument ? required_argument : no_argument,
			.val = table[i].opt,
		};
		if (table[i].opt >= OPT_ALL)
			continue;
		*next++ = table[i].opt;
		if (table[i].argument)
			*next++ = ':';
	}
	*next = '\0';

	*options = (struct options) {
		.command = command,
		.interval_ns = command == IN_TOP ? 2 * NS_PER_S : NS_PER_S,
		.to_ns = ~0ULL,
		.repeat = 1,
	};
	while ((opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		switch (opt) {
		case 'h':
			help(command);
			exit(EXIT_SUCCESS);
		case 'V':
			printf("cpuid-exits %s\n", CPUID_EXITS_VERSION);
			exit(EXIT_SUCCESS);
		case '?':
			/* getopt_long() has said why. */
			exit(EXIT_FAILURE);
		default:
			take(options, opt);
		}
	}
	options->operands = argv + optind;
	options->nr_operands = argc - optind;
	check(options);
}

/* Appends to a list of columns, which is long enough. */
static void append(char *names, const char *more)
{
	if (*names)
		strcat(names, ",");
	strcat(names, more);
}

/* What people see has to fit on a line; programs get all that is measured. */
static void add_measures(const struct options *options, __u32 features, bool has_time,
			 bool is_delta, char *names)
{
	const bool is_plain = options->table.form == FORM_PLAIN;
	const bool is_top = options->command == IN_TOP;

	if (features & EXIT_STATS_F_CYCLES && !(is_plain && features & EXIT_STATS_F_AWAY)) {
		if (has_time)
			append(names, is_top ? "HANDLED%,HANDLED-MEAN,HANDLED-CPU%" :
				      "HANDLED,HANDLED%,HANDLED-MEAN");
		if (!has_time || !is_plain)
			append(names, is_plain ? "CYCLES,HANDLED%" : "CYCLES");
		if (!is_plain && is_delta)
			append(names, "HANDLED-CPU%");
	}
	if (!(features & EXIT_STATS_F_AWAY))
		return;
	if (has_time)
		append(names, is_top ? "AWAY%,AWAY-MEAN,AWAY-CPU%" : "AWAY,AWAY%,AWAY-MEAN");
	if (has_time && !is_plain)
		append(names, "AWAY-P50");
	if (has_time && !is_top)
		append(names, "AWAY-P99");
	if (has_time && !is_plain)
		append(names, "AWAY-MAX");
	if (!has_time || !is_plain)
		append(names, is_plain ? "AWAY-CYCLES,AWAY%" : "AWAY-CYCLES");
	if (!is_plain && is_delta)
		append(names, "AWAY-CPU%");
}

static void default_columns(const struct options *options, const struct delta *deltas, size_t nr,
			    __u32 features, bool has_time, char *names)
{
	const bool is_delta = nr && (options->command == IN_TOP || deltas[0].elapsed_ns);

	*names = '\0';
	if (nr && deltas[0].part && deltas[nr - 1].part > 1)
		append(names, "PART");
	if (nr && deltas[0].counters.this_vcpu)
		append(names, "VCPU");
	append(names, options->command == IN_TOP ? "CODE,REASON,TOTAL" : "CODE,REASON,EXITS");
	if (options->repeat > 1)
		append(names, "SPREAD%");
	if (!is_delta || options->table.form != FORM_PLAIN ||
	    !(features & (EXIT_STATS_F_CYCLES | EXIT_STATS_F_AWAY)))
		append(names, "EXITS%");
	if (is_delta)
		append(names, "EXITS/S");
	add_measures(options, features, has_time, is_delta, names);
}

/* Of a list that has been checked, or is to be by the caller. */
static __u32 needs(const char *names, unsigned int command)
{
	struct column_list list = {};
	__u32 features = 0;
	size_t i;

	if (columns_add(&list, names, command))
		exit(EXIT_FAILURE);
	for (i = 0; i < list.nr; i++)
		features |= list.columns[i]->needs;
	return features;
}

/**
 * options_features - tell what has to be read for what is to be shown
 * @options: the options; columns that there are not end the program
 *
 * Return: EXIT_STATS_F_*.
 */
__u32 options_features(const struct options *options)
{
	const char *names = options->columns;
	__u32 features = 0;
	bool is_added = names && *names == '+';

	if (!names || is_added)
		features = EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS;
	if (names)
		features |= needs(names + is_added, options->command);
	if (options->sort)
		features |= needs(options->sort, options->command);
	/* The summary tells of it, whatever the columns are. */
	if ((options->command == IN_STAT &&
	     (options->table.form == FORM_PLAIN || options->table.form == FORM_JSON)) ||
	    options->command == IN_TOP)
		features |= EXIT_STATS_F_AWAY;
	return features;
}

/**
 * options_columns - choose the columns, and what to sort by
 * @options: change
 * @defaults: those shown unless others are asked for
 * @features: EXIT_STATS_F_* of what is measured; asking for what isn't ends the program
 * @name: of the file that it is about, NULL for this VM
 */
void options_columns(struct options *options, const char *defaults, __u32 features,
		     const char *name)
{
	struct column_list *list = &options->table.columns, asked = {};
	const char *names = options->columns;
	const char *sort = features & EXIT_STATS_F_AWAY ? "AWAY-CYCLES" :
			   features & EXIT_STATS_F_CYCLES ? "CYCLES" : "EXITS";
	size_t i;

	list->nr = 0;
	if ((!names || *names == '+') && columns_add(list, defaults, options->command))
		exit(EXIT_FAILURE);
	if (names) {
		names += *names == '+';
		if (columns_add(&asked, names, options->command) ||
		    columns_add(list, names, options->command))
			exit(EXIT_FAILURE);
	}
	if (options->sort && columns_add(&asked, options->sort, options->command))
		exit(EXIT_FAILURE);
	for (i = 0; i < asked.nr; i++) {
		if (columns_check(asked.columns[i], features, name))
			exit(EXIT_FAILURE);
	}
	options->table.sort = column_find(options->sort ?: sort);
	/* It was found before, so it is a difference or ratio. */
	if (!options->table.sort)
		options->table.sort = asked.columns[asked.nr - 1];
}

/**
 * options_exits - likewise, for a table of deltas
 * @options: change
 * @deltas: what is to be shown
 * @nr: number of @deltas
 * @name: of the file that it is about, NULL for this VM
 */
void options_exits(struct options *options, const struct delta *deltas, size_t nr,
		   const char *name)
{
	bool has_time = true;
	char defaults[512];
	__u32 features = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		features |= deltas[i].counters.features;
		if (!deltas[i].counters.tsc_khz)
			has_time = false;
	}
	default_columns(options, deltas, nr, features, has_time, defaults);
	options_columns(options, defaults, features, name);
}
