/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_OPTIONS_H
#define CPUID_EXITS_OPTIONS_H

#include "output/table.h"

/**
 * enum normalize - what makes counts of recordings comparable
 */
enum normalize {
	NORMALIZE_NOT,
	NORMALIZE_TIME,
	NORMALIZE_COMMAND,
	NORMALIZE_EXITS,
};

/**
 * struct options - what the command line says
 * @command: IN_* of the command
 * @table: form, columns and order of tables
 * @columns: argument of --output, or NULL
 * @sort: argument of --sort, or NULL
 * @file: file to write to, or NULL
 * @reason: of --reason, or NULL
 * @isa: EXIT_STATS_ISA_*, 0 if none was given
 * @normalize: of --normalize
 * @interval_ns: from one sample to the next
 * @from_ns: begin of the slice
 * @to_ns: its end, the highest number if there is none
 * @iterations: tables to show, 0 if there is no end
 * @repeat: runs of the command
 * @operands: what follows the options, ends with NULL
 * @nr_operands: number of them
 */
struct options {
	unsigned int command;
	struct table_options table;
	const char *columns, *sort;
	const char *file;
	const char *reason;
	__u32 isa;
	enum normalize normalize;
	__u64 interval_ns;
	__u64 from_ns, to_ns;
	unsigned int iterations;
	unsigned int repeat;
	bool batch, force, openmetrics, own_queries, registers, samples, vcpus;
	char **operands;
	size_t nr_operands;
};

void options_parse(struct options *options, unsigned int command, int argc, char **argv,
		   void (*help)(unsigned int command));
void options_help(unsigned int command);
__u32 options_features(const struct options *options);
void options_columns(struct options *options, const char *defaults, __u32 features,
		     const char *name);
void options_exits(struct options *options, const struct delta *deltas, size_t nr,
		   const char *name);

#endif /* CPUID_EXITS_OPTIONS_H */
