// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options there are, which commands have them, and what they say.  What is wrong with
 * them ends the program, after saying so on stderr.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "counters/reasons.h"
#include "options.h"

#define IN_READERS	(IN_SHOW | IN_REPORT | IN_COMPARE | IN_HIST)
#define IN_FORMS	(IN_READERS | IN_STAT | IN_LIST | IN_WHY)
#define IN_COLUMNS	(IN_FORMS & ~IN_HIST)
#define IN_ALL		(~0u)

/* What getopt_long() returns for long options is this and their place in the table. */
#define LONG		256

/* What becomes of an option's argument, or of the option. */
enum kind {
	FLAG,
	FORM,
	TEXT,
	COUNT,
	SECONDS,
	ISA,
	NORMALIZE,
	VERSION,
};

#define FIELD(name)	.field = offsetof(struct options, name)

static const struct {
	char letter;
	const char *name, *argument;
	unsigned int commands;
	const char *help;
	enum kind kind;
	size_t field;		/* of struct options */
	const char *what;	/* it is, in messages */
	__u64 value;		/* of a form; of seconds, the least, in ns */
} table[] = {
	{ 0, "all", NULL, IN_SHOW | IN_STAT | IN_REPORT | IN_WHY,
	  "show also reasons that did not occur", FLAG, FIELD(table.all) },
	{ 'b', "batch", NULL, IN_TOP, "print one table after another, for a pipe or a file",
	  FLAG, FIELD(batch) },
	{ 0, "csv", NULL, IN_FORMS, "print CSV, without totals", FORM, .value = FORM_CSV },
	{ 'd', "delay", "<s>", IN_TOP, "seconds from one sample to the next (default 2)",
	  SECONDS, FIELD(interval_ns), .what = "delay", .value = NS_PER_S / 10 },
	{ 'e', "reason", "<reason>", IN_HIST, "name, begin of the name, or code of the reason",
	  TEXT, FIELD(reason) },
	{ 'f', "file", "<file>", IN_STAT | IN_RECORD | IN_WHY, "write to this file; - is stdout",
	  TEXT, FIELD(file) },
	{ 0, "force", NULL, IN_STAT | IN_RECORD | IN_WHY, "overwrite the file if it is there",
	  FLAG, FIELD(force) },
	{ 0, "from", "<s>", IN_REPORT, "leave out what was before, in s since the start",
	  SECONDS, FIELD(from_ns), .what = "--from" },
	{ 'H', "noheadings", NULL, IN_FORMS, "do not print headings",
	  FLAG, FIELD(table.no_headings) },
	{ 'i', "interval", "<s>", IN_RECORD, "seconds from one sample to the next (default 1)",
	  SECONDS, FIELD(interval_ns), .what = "interval", .value = NS_PER_S / 1000 },
	{ 0, "isa", "<vmx|svm>", IN_LIST, "list those of this instruction set", .kind = ISA },
	{ 'J', "json", NULL, IN_FORMS, "print JSON", FORM, .value = FORM_JSON },
	{ 'k', "keys", NULL, (IN_READERS & ~IN_HIST) | IN_STAT,
	  "by register, port, device or leaf, as why does", FLAG, FIELD(table.keys) },
	{ 'n', "iterations", "<n>", IN_TOP, "end after so many tables",
	  COUNT, FIELD(iterations), .what = "number of tables" },
	{ 0, "normalize", "<by>", IN_COMPARE,
	  "by time (per second), command (per run) or exits (per 1000)", .kind = NORMALIZE },
	{ 'o', "output", "<list>", IN_COLUMNS | IN_TOP,
	  "columns to show; with a + before, show them too",
	  TEXT, FIELD(columns) },
	{ 0, "openmetrics", NULL, IN_SHOW | IN_WHY,
	  "print a page of metrics for Prometheus's node_exporter",
	  FLAG, FIELD(openmetrics) },
	{ 0, "own-queries", NULL, IN_READERS | IN_STAT | IN_TOP | IN_WHY,
	  "do not leave out the exits of its own queries",
	  FLAG, FIELD(own_queries) },
	{ 'r', "raw", NULL, IN_FORMS, "print fields separated by blanks, without totals",
	  FORM, .value = FORM_RAW },
	{ 0, "registers", NULL, IN_SHOW | IN_WHY, "print the registers as 'cpuid -r' does",
	  FLAG, FIELD(registers) },
	{ 'R', "repeat", "<n>", IN_STAT | IN_WHY, "run the command n times and show the mean",
	  COUNT, FIELD(repeat), .what = "number of runs" },
	{ 's', "sort", "<column>", (IN_COLUMNS & ~IN_LIST) | IN_TOP,
	  "column to sort by (default what cost most)", TEXT, FIELD(sort) },
	{ 0, "samples", NULL, IN_REPORT, "with --csv, print each sample",
	  FLAG, FIELD(samples) },
	{ 0, "to", "<s>", IN_REPORT, "leave out what was after",
	  SECONDS, FIELD(to_ns), .what = "--to" },
	{ 0, "vcpus", NULL, IN_SHOW | IN_STAT | IN_RECORD | IN_TOP | IN_HIST | IN_WHY,
	  "each vCPU on its own", FLAG, FIELD(vcpus) },
	{ 'h', "help", NULL, IN_ALL, "display this help", FLAG, FIELD(help) },
	{ 'V', "version", NULL, IN_ALL, "display the version", .kind = VERSION },
	{}
};

const char *const normalize_names[NR_NORMALIZE] = { NULL, "time", "command", "exits" };

void options_help(unsigned int command)
{
	size_t i;

	printf("\nOptions:\n");
	for (i = 0; table[i].name; i++) {
		char name[64];

		if (!(table[i].commands & command))
			continue;
		snprintf(name, sizeof(name), "--%s %s", table[i].name, table[i].argument ?: "");
		if (table[i].letter)
			printf(" -%c, %-21s %s\n", table[i].letter, name, table[i].help);
		else
			printf("     %-21s %s\n", name, table[i].help);
	}
}

/* Seconds, maybe with a fraction, as nanoseconds. */
static __u64 parse_seconds(const char *text, const char *what, __u64 min_ns)
{
	const double limit = 1e9;
	char *end = NULL;
	double value = 0;

	/* No blanks, signs, "inf", "nan" or hexadecimal. */
	if (!text[strspn(text, "0123456789.")])
		value = strtod(text, &end);
	if (!end || *end || end == text)
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
	if (text[strspn(text, "0123456789")] || errno || !value || value > INT_MAX)
		errx(EXIT_FAILURE, "%s '%s' is not a number from 1 to %d", what, text, INT_MAX);
	return value;
}

static enum normalize parse_normalize(const char *text)
{
	enum normalize i;

	for (i = NORMALIZE_TIME; i < NR_NORMALIZE; i++) {
		if (!strcmp(text, normalize_names[i]))
			return i;
	}
	errx(EXIT_FAILURE, "--normalize '%s' is not time, command or exits", text);
}

/* Takes the option at place @i of the table. */
static void take(struct options *options, size_t i)
{
	void *field = (char *)options + table[i].field;

	switch (table[i].kind) {
	case FLAG:
		*(bool *)field = true;
		break;
	case FORM:
		if (options->table.form && options->table.form != table[i].value)
			errx(EXIT_FAILURE, "--json, --csv and --raw exclude each other");
		options->table.form = table[i].value;
		break;
	case TEXT:
		*(const char **)field = optarg;
		break;
	case COUNT:
		*(unsigned int *)field = parse_count(optarg, table[i].what);
		break;
	case SECONDS:
		*(__u64 *)field = parse_seconds(optarg, table[i].what, table[i].value);
		break;
	case ISA:
		options->isa = isa_find(optarg);
		if (!options->isa)
			errx(EXIT_FAILURE, "unknown instruction set '%s', there are vmx and svm",
			     optarg);
		break;
	case NORMALIZE:
		options->normalize = parse_normalize(optarg);
		break;
	case VERSION:
		printf("cpuid-exits %s\n", CPUID_EXITS_VERSION);
		exit(EXIT_SUCCESS);
	}
}

static void check(const struct options *options)
{
	const bool has_form = options->table.form != FORM_PLAIN;

	if (has_form + options->registers + options->openmetrics > 1)
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
 * @options: is overwritten; if help is asked for, with what is before that
 * @command: IN_* of the command
 * @argc: of main()
 * @argv: likewise, must outlive @options
 */
void options_parse(struct options *options, unsigned int command, int argc, char **argv)
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
			.val = LONG + i,
		};
		if (table[i].letter)
			next += sprintf(next, "%c%s", table[i].letter,
					table[i].argument ? ":" : "");
	}

	*options = (struct options) {
		.command = command,
		.interval_ns = command == IN_TOP ? 2 * NS_PER_S : NS_PER_S,
		.to_ns = ~0ULL,
		.repeat = 1,
	};
	for (i = 1; command == IN_WHY && i < (size_t)argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		options->child = &argv[i + 1];
		options->nr_child = argc - i - 1;
		argv[i] = NULL;
		argc = i;
	}
	while (!options->help && (opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		/* getopt_long() has said why. */
		if (opt == '?')
			exit(EXIT_FAILURE);
		for (i = 0; opt < LONG && table[i].letter != opt;)
			i++;
		take(options, opt < LONG ? i : (size_t)opt - LONG);
	}
	options->operands = argv + optind;
	options->nr_operands = argc - optind;
	if (!options->help)
		check(options);
}
