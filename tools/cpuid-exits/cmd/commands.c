// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands there are.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"

#define ANY	(~0UL)

static const struct command {
	const char *name;
	unsigned int bit;
	int (*run)(struct options *options);
	const char *summary;
	const char *operands;
	size_t min_operands, max_operands;
	const char *help;
} commands[] = {
	{ "show", IN_SHOW, cmd_show, "all exits so far", "[<file>]", 0, 1,
	  "Show this virtual machine's exits by reason, as its hypervisor counts them; or those\n"
	  "in a dump of CPUID or a recording.\n" },
	{ "stat", IN_STAT, cmd_stat, "the exits while a command runs",
	  "[--] <command> [<argument>...]", 1, ANY,
	  "Show this virtual machine's exits while a command runs, on stderr.\n" },
	{ "why", IN_WHY, cmd_why, "which register, port, device or leaf it was",
	  "[<reason>] [-- <command> [<argument>...]]", 0, 1,
	  "Show which registers, ports, devices and leaves this virtual machine exited for, so\n"
	  "far or, on stderr, while a command runs; only those of a reason if one is given.\n" },
	{ "record", IN_RECORD, cmd_record, "exits over time, into a file",
	  "[--] [<command> [<argument>...]]", 0, ANY,
	  "Record this virtual machine's exits, until the command ends or until Ctrl-C, into\n"
	  "cpuid-exits.csv unless told.\n" },
	{ "report", IN_REPORT, cmd_show, "the exits in such a recording", "<file>", 1, 1,
	  "Show the exits in a recording or a dump; - is stdin.\n" },
	{ "compare", IN_COMPARE, cmd_compare, "recordings side by side",
	  "<file> <file>...", 2, 26,
	  "Show the exits in recordings or dumps side by side; the biggest change from the\n"
	  "first to another comes first.\n" },
	{ "top", IN_TOP, cmd_top, "the exits as they happen", "", 0, 0,
	  "Show this virtual machine's exits as they happen; ? shows the keys.\n" },
	{ "hist", IN_HIST, cmd_hist, "how long one reason took, as a histogram",
	  "[<file>]", 0, 1,
	  "Draw how long this virtual machine was away for one reason, or the one in a dump or\n"
	  "recording.  Unless told it is the one that took most time, but for HLT.\n" },
	{ "list", IN_LIST, cmd_list, "what reasons there are", "[<file>]", 0, 1,
	  "List the reasons for an exit that the processor has, and what they mean; or that\n"
	  "the processor in a dump or recording has.\n" },
	{}
};

static void print_help(const struct command *command)
{
	const unsigned int bit = command->bit;
	const struct command *other;

	printf("Usage:\n");
	if (bit == IN_SHOW)
		printf(" cpuid-exits [show] [options] [<file>]\n"
		       " cpuid-exits <command> [options]\n");
	else
		printf(" cpuid-exits %s [options] %s\n", command->name, command->operands);
	printf("\n%s", command->help);
	if (bit == IN_SHOW) {
		printf("\nCommands, each with a --help of its own:\n");
		for (other = commands; other->name; other++)
			printf("  %-9s %s\n", other->name, other->summary);
	}
	options_help(bit);
	if (bit != IN_RECORD && bit != IN_HIST)
		columns_help(bit);
	if (bit == IN_SHOW)
		printf("\n"
		       "A dump may be many outputs of 'cpuid -r -l 0x4fffffff -s N' put together;\n"
		       "other leaves in it are ignored.  Answers under equal 'CPU' lines belong\n"
		       "together and must not contradict each other.  Without --vcpus the first\n"
		       "CPU's are shown.\n");
}

static const struct command *find(const char *name)
{
	const struct command *command;
	char names[128] = "";

	for (command = commands; command->name; command++) {
		if (!strcmp(name, command->name))
			return command;
		strcat(strcat(names, " "), command->name);
	}
	errx(EXIT_FAILURE, "unknown command '%s'; there are help%s", name, names);
}

static void check_operands(const struct command *command, const struct options *options)
{
	if (options->nr_operands < command->min_operands)
		errx(EXIT_FAILURE, "%s: no %s given", command->name,
		     command->bit == IN_STAT ? "command" :
		     command->bit == IN_COMPARE ? "two files" : "file");
	if (options->nr_operands > command->max_operands)
		errx(EXIT_FAILURE, "%s: unexpected argument '%s'", command->name,
		     options->operands[command->max_operands]);
}

/* Runs the command that a command line names, and returns the program's status. */
int commands_run(int argc, char **argv)
{
	const struct command *command = commands;
	struct options options;
	int status;

	if (argc > 1 && !strcmp(argv[1], "help")) {
		if (argc > 3)
			errx(EXIT_FAILURE, "help: unexpected argument '%s'", argv[3]);
		print_help(argc > 2 ? find(argv[2]) : command);
		return EXIT_SUCCESS;
	}
	if (argc > 1 && argv[1][0] != '-') {
		command = find(argv[1]);
		argv[1] = argv[0];
		argc--;
		argv++;
	}
	options_parse(&options, command->bit, argc, argv);
	if (options.help) {
		print_help(command);
		return EXIT_SUCCESS;
	}
	check_operands(command, &options);
	/* What a file has is shown by the same command, whichever was asked for. */
	if (command->bit == IN_SHOW && options.nr_operands)
		options.command = IN_REPORT;
	status = command->run(&options);
	return status < 0 ? EXIT_FAILURE : status;
}
