// SPDX-License-Identifier: GPL-2.0
/*
 * cpuids COMMAND [ARG...]: runs in a guest and prints how many CPUIDs the
 * guest executed while COMMAND ran, with one for the query that began it.
 * COMMAND's output is dropped.
 */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asm/svm.h>
#include <asm/vmx.h>

#include "leaf.h"

int main(int argc, char *argv[])
{
	__u32 index = EXIT_STATS_REASON;
	__u64 before;
	int status;
	pid_t child;

	if (argc < 2)
		return 1;

	if (leaf(EXIT_STATS_GEOMETRY).ebx == EXIT_STATS_ISA_VMX)
		index += EXIT_REASON_CPUID;
	else
		index += SVM_EXIT_CPUID;

	before = record(index).exits;
	child = fork();
	if (!child) {
		if (freopen("/dev/null", "w", stdout))
			execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status) {
		fprintf(stderr, "%s failed\n", argv[1]);
		return 1;
	}
	printf("%llu\n", record(index).exits - before);
	return 0;
}
