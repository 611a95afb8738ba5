// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits show: all exits since the counters began.
 */
#include <stdlib.h>

#include "cmd/commands.h"
#include "output/openmetrics.h"
#include "output/summary.h"

/**
 * show_sample - print what was read at one time
 * @options: what the command line says
 * @deltas: of the VM or of each vCPU, since the counters began
 * @nr: number of @deltas
 * @name: of the dump that it is from, NULL for this VM
 * @log: the answers of CPUID, for --registers
 *
 * Return: 0, or -1 after saying on stderr that it can't be printed.
 */
int show_sample(struct options *options, struct delta *deltas, size_t nr, const char *name,
		const struct dump *log)
{
	const struct table_options *table = &options->table;
	struct json json = { .stream = stdout };

	if (options->registers) {
		dump_write(log, stdout);
		return 0;
	}
	if (options->openmetrics) {
		openmetrics_print(deltas, nr, stdout);
		return 0;
	}
	options_exits(options, deltas, nr, name);
	if (table->form == FORM_JSON) {
		json_open(&json, NULL);
		summary_json_vm(deltas, nr, &json);
		exits_json(deltas, nr, table, &json);
		json_close(&json);
		return 0;
	}
	if (exits_print(deltas, nr, table, stdout))
		return -1;
	if (table->form == FORM_PLAIN)
		footer_print(deltas, nr, &table->columns, stdout);
	return 0;
}
