// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits - this VM's exits by reason, as its hypervisor counts them
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "compare",	cmd_compare },
	{ "hist",	cmd_hist },
	{ "list",	cmd_list },
	{ "record",	cmd_record },
	{ "report",	cmd_report },
	{ "show",	cmd_show },
	{ "stat",	cmd_stat },
	{ "top",	cmd_top },
	{}
};

/* At exit: a full disk shows only when the last of the output is written. */
static void close_stdout(void)
{
	int failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return;
	if (errno)
		warn("standard output");
	else
		warnx("standard output: write error");
	_exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	size_t i;

	atexit(close_stdout);
	/* So that getopt_long()'s messages begin as all others do. */
	argv[0] = program_invocation_short_name;
	if (argc < 2 || argv[1][0] == '-')
		return cmd_show(argc, argv);

	for (i = 0; commands[i].name; i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			argv[1] = argv[0];
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	errx(EXIT_FAILURE, "unknown command '%s'", argv[1]);
}
