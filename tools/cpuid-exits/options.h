/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_OPTIONS_H
#define CPUID_EXITS_OPTIONS_H

#include <getopt.h>

#include <linux/types.h>

#include "table.h"

/* Options without a letter, of all commands. */
enum {
	OPT_ALL = 256,
	OPT_CSV,
	OPT_FILE,
	OPT_FORCE,
	OPT_FROM,
	OPT_INPUT,
	OPT_ISA,
	OPT_NORMALIZE,
	OPT_OPENMETRICS,
	OPT_RAW,
	OPT_REGISTERS,
	OPT_TO,
	OPT_VCPUS,
};

#define HELP_OF_HELP							\
	"\n"								\
	" -h, --help             display this help\n"			\
	" -V, --version          display version\n"

#define HELP_OF_FORMS							\
	" -J, --json             use JSON output format\n"		\
	"     --csv              use CSV output format, without totals\n"

#define HELP_OF_RAW							\
	" -r, --raw              use raw output format, without totals\n"

#define HELP_OF_RAW_LONG						\
	"     --raw              use raw output format, without totals\n"

#define HELP_OF_COLUMNS							\
	" -n, --noheadings       don't print headings\n"		\
	" -o, --output <list>    columns to show; with a + before, show them too\n"

#define HELP_OF_SORT							\
	" -s, --sort <column>    column to sort by (default EXITS)\n"

/**
 * struct output - what the options say about how to print
 * @table: form, columns and order
 * @set: the columns there are
 * @defaults: those shown unless others are asked for, where time away isn't measured
 * @names: argument of --output, or NULL
 * @help: prints the help of the command
 */
struct output {
	struct table_options table;
	unsigned int set;
	unsigned int defaults;
	const char *names;
	void (*help)(void);
};

void output_option(struct output *output, int opt);
void output_finish(struct output *output, __u32 features);
__u32 output_features(struct output *output);
void no_arguments(int argc, char **argv);
__u64 parse_seconds(const char *text, const char *what, __u64 min_ns);
unsigned int parse_count(const char *text, const char *what);

#endif /* CPUID_EXITS_OPTIONS_H */
