/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_COMMANDS_H
#define CPUID_EXITS_COMMANDS_H

/*
 * The commands.  Each gets its arguments as main() does, the name of the program
 * first, and returns the program's status.
 */
int cmd_compare(int argc, char **argv);
int cmd_hist(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_stat(int argc, char **argv);
int cmd_top(int argc, char **argv);

#endif /* CPUID_EXITS_COMMANDS_H */
