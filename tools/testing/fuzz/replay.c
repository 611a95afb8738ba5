// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands in for the fuzzer: tries each file of its arguments once.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

static void replay(const char *path)
{
	FILE *stream = fopen(path, "r");
	uint8_t *data;
	long size;

	if (!stream || fseek(stream, 0, SEEK_END))
		err(EXIT_FAILURE, "%s", path);
	size = ftell(stream);
	rewind(stream);
	/* Not a byte more, so that reading past the end is seen. */
	data = malloc(size);
	if (size < 0 || fread(data, 1, size, stream) != (size_t)size)
		err(EXIT_FAILURE, "%s", path);
	fclose(stream);
	fuzz_one(data, size);
	free(data);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		fprintf(stderr, "%s\n", argv[i]);
		replay(argv[i]);
	}
	return 0;
}
