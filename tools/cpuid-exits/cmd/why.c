// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits why: which register, port, device or leaf made this VM exit; what show and
 * stat print, by key.
 */
#include <err.h>
#include <stdlib.h>

#include "cmd/commands.h"

int cmd_why(struct options *options)
{
	options->table.keys = true;
	options->reason = options->nr_operands ? options->operands[0] : NULL;
	options->operands = options->child ?: options->operands + options->nr_operands;
	options->nr_operands = options->nr_child;
	if (!options->nr_operands && (options->file || options->repeat > 1))
		errx(EXIT_FAILURE, "why: --file and --repeat are for a command");
	if (options->nr_operands && (options->registers || options->openmetrics))
		errx(EXIT_FAILURE, "why: --registers and --openmetrics are not for a command");
	return options->nr_operands ? cmd_stat(options) : cmd_show(options);
}
