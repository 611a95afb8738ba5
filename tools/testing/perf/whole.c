// SPDX-License-Identifier: GPL-2.0
/*
 * whole COMMAND [ARG...]: counts all exits on all CPUs with the PMU while COMMAND
 * runs, and compares with the leaf's own totals, read right before and after the
 * events begin, and again where they end.
 *
 * Fails if the events' count isn't between these.
 */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "leaf.h"
#include "open-event.h"

#define MAX_CPUS	64
#define QUERIES		2	/* for one look at one event */

static __u64 exits(void)
{
	return record(EXIT_STATS_TOTALS).exits;
}

static void run(char *argv[])
{
	pid_t child = fork();
	int status;

	if (!child) {
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status)
		errx(1, "%s failed", argv[0]);
}

int main(int argc, char *argv[])
{
	struct perf_event_attr attr = { .type = pmu_type(), .config = CODE_TOTAL, .disabled = 1 };
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u64 before, first, last, after, count, sum = 0;
	int event[MAX_CPUS];
	long cpu;

	if (argc < 2 || cpus > MAX_CPUS)
		errx(1, "usage: whole COMMAND [ARG...]");
	for (cpu = 0; cpu < cpus; cpu++) {
		event[cpu] = open_event(&attr, -1, cpu, -1);
		if (event[cpu] < 0)
			err(1, "CPU %ld", cpu);
	}

	before = exits();
	for (cpu = 0; cpu < cpus; cpu++)
		ioctl(event[cpu], PERF_EVENT_IOC_ENABLE, 0);
	first = exits();
	run(argv + 1);
	last = exits();
	for (cpu = 0; cpu < cpus; cpu++) {
		if (read(event[cpu], &count, sizeof(count)) != sizeof(count))
			err(1, "read");
		sum += count;
	}
	after = exits();

	/* The events' own queries, at both ends, are in the outer difference. */
	printf("the leaf: %llu to %llu, the events: %llu\n", last - first,
	       after - before - 2 * QUERIES * cpus, sum);
	return !(last - first <= sum && sum <= after - before - 2 * QUERIES * cpus);
}
