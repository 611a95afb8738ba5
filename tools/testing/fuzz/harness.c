// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the program's commands inside this process, on files in memory, and looks at
 * what must hold for each of them: the status, and what they say on stderr.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#define NR_FILES	2
#define NR_ARGUMENTS	16

static const char program[] = "cpuid-exits";

/* The streams that the commands find, and what is behind them. */
struct capture {
	FILE *old_out, *old_err;
	char *out, *err;
	size_t out_len, err_len;
};

/**
 * harness_file - make a file
 * @n: which one; the last one of that number is gone
 * @data: what is in it
 * @size: bytes of @data
 *
 * Return: its path.
 */
const char *harness_file(unsigned int n, const void *data, size_t size)
{
	static char paths[NR_FILES][sizeof("/proc/self/fd/2147483647")];
	static int fds[NR_FILES];

	if (!*paths[n]) {
		fds[n] = memfd_create("input", 0);
		if (fds[n] < 0)
			err(EXIT_FAILURE, "cannot make a file");
		snprintf(paths[n], sizeof(paths[n]), "/proc/self/fd/%d", fds[n]);
	}
	if (ftruncate(fds[n], 0) || pwrite(fds[n], data, size, 0) != (ssize_t)size)
		err(EXIT_FAILURE, "cannot write a file");
	return paths[n];
}

static void begin_capture(struct capture *capture)
{
	capture->old_out = stdout;
	capture->old_err = stderr;
	stdout = open_memstream(&capture->out, &capture->out_len);
	stderr = open_memstream(&capture->err, &capture->err_len);
	if (!stdout || !stderr)
		abort();
}

static void end_capture(const struct capture *capture)
{
	fclose(stdout);
	fclose(stderr);
	stdout = capture->old_out;
	stderr = capture->old_err;
}

/* Lines of "cpuid-exits: TEXT" that do nothing else to a terminal. */
static void check_messages(const struct run *run)
{
	const char *line = run->err, *c;
	size_t lines = 0;

	for (; *line; line = c + 1) {
		if (strncmp(line, program, strlen(program)) ||
		    strncmp(line + strlen(program), ": ", 2))
			harness_fail(run, "a message without the program's name");
		for (c = line; *c && *c != '\n'; c++) {
			if (iscntrl((unsigned char)*c) && *c != '\t')
				harness_fail(run, "a control character in a message");
		}
		if (!*c)
			harness_fail(run, "a message without an end");
		lines++;
	}
	if (run->status && !lines)
		harness_fail(run, "failed without a word");
}

/**
 * harness_run - run a command of the program
 * @command: commands_run()
 * @...: its arguments, ending with NULL
 *
 * Return: what it did, for harness_free().
 */
struct run harness_run(int (*command)(int argc, char **argv), ...)
{
	char *argv[NR_ARGUMENTS + 1] = { (char *)program };
	struct capture capture;
	struct run run;
	va_list args;
	int argc = 1;

	va_start(args, command);
	while ((argv[argc] = va_arg(args, char *)))
		argc++;
	va_end(args);

	program_invocation_short_name = argv[0];
	/* So that the C library begins anew. */
	optind = 0;
	begin_capture(&capture);
	run.status = command(argc, argv);
	end_capture(&capture);
	run.out = capture.out;
	run.len = capture.out_len;
	run.err = capture.err;

	if (run.status != EXIT_SUCCESS && run.status != EXIT_FAILURE)
		harness_fail(&run, "status %d", run.status);
	if (run.status && run.len)
		harness_fail(&run, "failed in the middle of its output");
	if (memchr(run.out, '\0', run.len))
		harness_fail(&run, "a NUL byte in the output");
	check_messages(&run);
	return run;
}

/**
 * harness_free - free what a command did
 * @run: from harness_run()
 */
void harness_free(struct run *run)
{
	free(run->out);
	free(run->err);
	memset(run, 0, sizeof(*run));
}

/**
 * harness_fail - end this process, for the fuzzer to keep the input
 * @run: the evidence
 * @format: of printf(), without a newline: what is wrong
 */
void harness_fail(const struct run *run, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "fuzz: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nstatus %d, stderr:\n%sstdout:\n%s", run->status, run->err, run->out);
	fflush(stderr);
	abort();
}

/**
 * harness_same - hold that two commands did the same
 * @a: the one
 * @b: the other
 * @what: what they have in common
 */
void harness_same(const struct run *a, const struct run *b, const char *what)
{
	if (a->status == b->status && !strcmp(a->out, b->out))
		return;
	fprintf(stderr, "fuzz: status %d, stderr:\n%sstdout:\n%s\nbut:\n", a->status, a->err,
		a->out);
	harness_fail(b, "%s makes a difference", what);
}
