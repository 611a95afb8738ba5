// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits - this VM's exits by reason, as its hypervisor counts them
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "output/units.h"

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
	atexit(close_stdout);
	units_init();
	/* So that getopt_long()'s messages begin as all others do. */
	argv[0] = program_invocation_short_name;
	return commands_run(argc, argv);
}
