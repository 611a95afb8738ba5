/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct run - what a command of the program did
 * @status: its status
 * @out: what it wrote to stdout
 * @len: length of @out
 * @err: what it wrote to stderr
 */
struct run {
	int status;
	char *out;
	size_t len;
	char *err;
};

/* What the fuzzer, or replay.c, calls with each input; Makefile has libFuzzer's names. */
int fuzz_one(const uint8_t *data, size_t size);
/* What the fuzzer calls to change an input, and its own way to do that. */
size_t fuzz_mutate(uint8_t *data, size_t size, size_t max, unsigned int seed);
size_t fuzz_mutate_bytes(uint8_t *data, size_t size, size_t max);

const char *harness_file(unsigned int n, const void *data, size_t size);
struct run harness_run(int (*command)(int argc, char **argv), ...);
void harness_free(struct run *run);

[[gnu::noreturn, gnu::format(printf, 2, 3)]]
void harness_fail(const struct run *run, const char *format, ...);
void harness_same(const struct run *a, const struct run *b, const char *what);

#endif /* FUZZ_HARNESS_H */
