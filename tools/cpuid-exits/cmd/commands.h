/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COMMANDS_H
#define CPUID_EXITS_COMMANDS_H

#include "options.h"
#include "record/recording.h"

/* The commands.  Each returns the program's status, or -1 after saying what is wrong. */
int cmd_compare(struct options *options);
int cmd_hist(struct options *options);
int cmd_list(struct options *options);
int cmd_record(struct options *options);
int cmd_show(struct options *options);
int cmd_stat(struct options *options);
int cmd_top(struct options *options);
int cmd_why(struct options *options);

/* What they share: which columns there are, and how exits are shown in any form. */
__u32 choose_features(const struct options *options);
void choose_columns(struct options *options, const char *names, __u32 features,
		    const char *name);
int choose_exits(struct options *options, const struct delta *deltas, size_t nr,
		 const char *name);
int show_exits(struct options *options, const struct input *input, FILE *stream);

int commands_run(int argc, char **argv);

#endif /* CPUID_EXITS_COMMANDS_H */
