// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits list: the reasons there are, and what they mean.
 */
#include "cmd/commands.h"
#include "counters/reasons.h"
#include "fail.h"

/* Of a file, or of this VM. */
static int find_isa(const char *path, __u32 *isa)
{
	const struct input_options how = { .to_ns = ~0ULL };
	struct input input;
	int ret = input_load(&input, path, &how);

	if (!ret)
		*isa = input.deltas[0].counters.isa;
	input_free(&input);
	if (ret && !path)
		return fail("list: --isa vmx and --isa svm need no hypervisor");
	return ret;
}

int cmd_list(struct options *options)
{
	struct delta delta = { .counters.isa = options->isa };
	struct json json = { .stream = stdout };
	struct row row = { .delta = &delta };
	__u32 *code = &row.count.code;
	struct table table;

	choose_columns(options, "CODE,REASON,MEANING", 0, NULL);
	if (!options->isa && find_isa(options->operands[0], &delta.counters.isa))
		return -1;

	table_begin(&table, &options->table, 1);
	for (; *code <= EXIT_STATS_CODE_OTHER; ++*code) {
		if (reason_meaning(delta.counters.isa, *code))
			table_add(&table, &row);
	}
	if (options->table.form == FORM_JSON) {
		json_open(&json, NULL, '{');
		json_string(&json, "isa", isa_name(delta.counters.isa));
		table_json(&table, "reasons", false, &json);
		json_close(&json, '}');
	} else {
		table_print(&table, stdout);
	}
	table_free(&table);
	return 0;
}
