/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_OPTIONS_H
#define CPUID_EXITS_OPTIONS_H

#include "output/table.h"

/* What makes counts of recordings comparable. */
enum normalize {
	NORMALIZE_NOT,
	NORMALIZE_TIME,
	NORMALIZE_COMMAND,
	NORMALIZE_EXITS,
	NR_NORMALIZE,
};

/* What the command line says; texts are NULL and numbers 0 unless given. */
struct options {
	unsigned int command;		/* IN_* */
	struct table_options table;
	const char *columns, *sort;	/* as given; chosen ones are in @table */
	const char *file, *reason;
	__u32 isa;
	enum normalize normalize;
	__u64 interval_ns;
	__u64 from_ns, to_ns;		/* the slice; unless told from 0 to the highest number */
	unsigned int iterations, repeat;
	bool batch, force, help, openmetrics, own_queries, registers, samples, vcpus;
	char **operands;		/* what follows the options, ends with NULL */
	size_t nr_operands;
	char **child;			/* in why, what follows --, likewise */
	size_t nr_child;
};

extern const char *const normalize_names[NR_NORMALIZE];

void options_parse(struct options *options, unsigned int command, int argc, char **argv);
void options_help(unsigned int command);

#endif /* CPUID_EXITS_OPTIONS_H */
