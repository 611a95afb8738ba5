/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COMMANDS_H
#define CPUID_EXITS_COMMANDS_H

#include "options.h"

/* The commands.  Each returns the program's status. */
int cmd_compare(struct options *options);
int cmd_hist(struct options *options);
int cmd_list(struct options *options);
int cmd_record(struct options *options);
int cmd_report(struct options *options);
int cmd_stat(struct options *options);
int cmd_top(struct options *options);

/* What show does with a sample, be it of this VM or of a dump. */
int show_sample(struct options *options, struct delta *deltas, size_t nr, const char *name,
		const struct dump *log);

int commands_run(int argc, char **argv);

#endif /* CPUID_EXITS_COMMANDS_H */
