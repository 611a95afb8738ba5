// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reader of recordings, and what report and compare make of them.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "harness.h"
#include "json-check.h"
#include "sums.h"

/* A recording whose last line is torn off has the exits of the lines before it. */
static void check_cut(const uint8_t *data, size_t size, const struct run *csv)
{
	const uint8_t *newline = memrchr(data, '\n', size);
	const size_t whole = newline ? newline + 1 - data : 0;
	char *torn = malloc(whole + 1);
	struct run run;

	run = harness_run(commands_run, "report", "--csv", harness_file(1, data, whole), NULL);
	harness_same(csv, &run, "a cut at the last whole line");
	harness_free(&run);

	memcpy(torn, data, whole);
	torn[whole] = '0';
	run = harness_run(commands_run, "report", "--csv", harness_file(1, torn, whole + 1), NULL);
	harness_same(csv, &run, "a torn line at the end");
	harness_free(&run);
	free(torn);
}

/* All that is left where a recording is compared with itself. */
static void check_no_change(const char *array, const char *name, const char *number, void *arg)
{
	if (*array && strstr(name, "diff-") && strspn(number, "-0.") != strlen(number))
		harness_fail(arg, "%s is %s", name, number);
	if (*array && strstr(name, "ratio-") && strtod(number, NULL) != 1)
		harness_fail(arg, "%s is %s", name, number);
}

static void check_compare(const char *path)
{
	static const char *const normalize[] = { "time", "command", "exits" };
	struct run run;
	size_t i;

	run = harness_run(commands_run, "compare", "--json", path, path, NULL);
	if (!run.status && !json_check(run.out, check_no_change, &run))
		harness_fail(&run, "not JSON");
	harness_free(&run);

	for (i = 0; i < sizeof(normalize) / sizeof(*normalize); i++) {
		run = harness_run(commands_run, "compare", "--normalize", normalize[i], path, path,
				  NULL);
		harness_free(&run);
	}
}

/* Half a recording is another one, but not with other reasons. */
static void check_compare_half(const uint8_t *data, size_t size, const char *path)
{
	const uint8_t *newline = memrchr(data, '\n', size / 2);
	const char *half = harness_file(1, data, newline ? newline + 1 - data : 0);
	struct run run = harness_run(commands_run, "compare", "--json", half, path, NULL);

	if (!run.status && !json_check(run.out, NULL, NULL))
		harness_fail(&run, "not JSON");
	harness_free(&run);
	run = harness_run(commands_run, "compare", half, path, NULL);
	harness_free(&run);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	const char *path = harness_file(0, data, size);
	struct run json = harness_run(commands_run, "report", "--json", path, NULL);
	struct run csv = harness_run(commands_run, "report", "--csv", path, NULL), plain;

	check_sums(&json);
	if (csv.status != json.status)
		harness_fail(&csv, "not the status of --json");
	if (!csv.status) {
		check_cut(data, size, &csv);
		check_compare(path);
		check_compare_half(data, size, path);
		plain = harness_run(commands_run, "report", "--all", path, NULL);
		harness_free(&plain);
		plain = harness_run(commands_run, "report", "--keys", "--json", path, NULL);
		if (!plain.status && !json_check(plain.out, NULL, NULL))
			harness_fail(&plain, "not JSON");
		harness_free(&plain);
		plain = harness_run(commands_run, "compare", "--keys", path, path, NULL);
		harness_free(&plain);
	}
	/* It may be fine where the whole is not: the sums are smaller. */
	plain = harness_run(commands_run, "report", "--from", "1", "--to", "4", path, NULL);
	harness_free(&plain);
	harness_free(&csv);
	harness_free(&json);
	return 0;
}
