// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reader of dumps, and what show makes of them.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "harness.h"
#include "sums.h"

static struct run show(const char *path, const char *vcpus, const char *form)
{
	struct run run;

	/* Last, for it may be NULL. */
	run = harness_run(commands_run, "show", path, "-o+CPU", form, vcpus, NULL);
	if (run.status && strchr(run.err, '\n')[1])
		harness_fail(&run, "more than one line on what is wrong");
	return run;
}

/* The answers that a table was made of make the same table. */
static void check_registers(const char *path, const char *vcpus, const struct run *json)
{
	struct run registers = show(path, vcpus, "--registers");
	struct run again;

	if (registers.status != json->status)
		harness_fail(&registers, "not the status of --json");
	if (!registers.status) {
		again = show(harness_file(1, registers.out, registers.len), vcpus, "--json");
		harness_same(json, &again, "showing the registers");
		harness_free(&again);
	}
	harness_free(&registers);
}

static void check(const char *path, const char *vcpus)
{
	static const char *const forms[] = { "--csv", "--openmetrics", "--all" };
	struct run json = show(path, vcpus, "--json");
	size_t i;

	check_sums(&json);
	check_registers(path, vcpus, &json);
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct run run = show(path, vcpus, forms[i]);

		if (run.status != json.status)
			harness_fail(&run, "not the status of --json");
		harness_free(&run);
		/* All forms fail alike. */
		if (json.status)
			break;
	}
	harness_free(&json);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	const char *path = harness_file(0, data, size);

	check(path, NULL);
	check(path, "--vcpus");
	return 0;
}
