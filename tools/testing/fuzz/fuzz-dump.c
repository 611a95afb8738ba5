// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reader of dumps, and what show makes of them.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "harness.h"
#include "json-check.h"
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

/* Keys are there or not; if they are, the answers make the same table of them, too. */
static void check_keys(const char *path, const char *vcpus, const struct run *registers)
{
	struct run json, again;

	json = harness_run(commands_run, "show", path, "--keys", "--json", vcpus, NULL);
	if (!json.status) {
		if (!json_check(json.out, NULL, NULL))
			harness_fail(&json, "not JSON");
		again = harness_run(commands_run, "show",
				    harness_file(1, registers->out, registers->len), "--keys",
				    "--json", vcpus, NULL);
		harness_same(&json, &again, "showing the registers");
		harness_free(&again);
	}
	harness_free(&json);
}

/* The answers that a table was made of make the same table. */
static void check_registers(const char *path, const char *vcpus, const struct run *json)
{
	struct run registers = show(path, vcpus, "--registers");
	struct run again;

	/* They have keys, too, which may be bad. */
	if (registers.status < json->status)
		harness_fail(&registers, "not the status of --json");
	if (!registers.status) {
		again = show(harness_file(1, registers.out, registers.len), vcpus, "--json");
		harness_same(json, &again, "showing the registers");
		harness_free(&again);
		check_keys(path, vcpus, &registers);
	}
	harness_free(&registers);
}

static void check(const char *path, const char *vcpus)
{
	static const char *const forms[] = { "--csv", "--all", "--openmetrics" };
	const size_t nr_forms = sizeof(forms) / sizeof(*forms);
	struct run json = show(path, vcpus, "--json");
	size_t i;

	check_sums(&json);
	check_registers(path, vcpus, &json);
	for (i = 0; i < nr_forms; i++) {
		struct run run = show(path, vcpus, forms[i]);

		/* The last one has keys, too. */
		if (run.status < json.status || (run.status != json.status && i + 1 < nr_forms))
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
