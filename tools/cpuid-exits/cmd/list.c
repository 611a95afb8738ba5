// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits list: the reasons there are, and what they mean.
 */
#include <err.h>
#include <stdlib.h>

#include <asm/kvm_exit_stats.h>

#include "cmd/commands.h"
#include "counters/reasons.h"
#include "record/recording.h"

/* Of this VM, or of that in a file. */
static int find_isa(__u32 *isa, const char *path)
{
	const struct input_options how = { .to_ns = ~0ULL };
	struct input input;
	int ret = input_load(&input, path, &how);

	if (!ret)
		*isa = input.deltas[0].counters.isa;
	else if (!path)
		warnx("list: --isa vmx and --isa svm need no hypervisor");
	input_free(&input);
	return ret;
}

static void fill(struct table *table, const struct table_options *options, __u32 isa)
{
	const struct delta delta = { .counters.isa = isa };
	struct row row = { .delta = &delta };
	__u32 *code = &row.count.code;
	size_t i;

	table_begin(table, options->form, options->no_headings);
	for (i = 0; i < options->columns.nr; i++)
		table_add_column(table, options->columns.columns[i]->name,
				 options->columns.columns[i]->unit);
	for (*code = 0; *code <= EXIT_STATS_CODE_OTHER; ++*code) {
		if (reason_meaning(isa, *code))
			table_add_row(table, &row, options);
	}
}

/**
 * cmd_list - the reasons there are
 * @options: what the command line says
 *
 * Return: the program's status.
 */
int cmd_list(struct options *options)
{
	struct json json = { .stream = stdout };
	struct table table;
	int ret = 0;

	options_columns(options, "CODE,REASON,MEANING", 0, NULL);
	if (options->nr_operands || !options->isa)
		ret = find_isa(&options->isa, options->operands[0]);
	if (ret)
		return EXIT_FAILURE;

	fill(&table, &options->table, options->isa);
	if (options->table.form == FORM_JSON) {
		json_open(&json, NULL);
		json_string(&json, "isa", isa_name(options->isa));
		table_json(&table, "reasons", &json);
		json_close(&json);
	} else {
		ret = table_print(&table, stdout);
	}
	table_free(&table);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
