// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts the exits of one process and its children with the PMU kvm_exits, where this
 * guest has it and this user may (docs/perf.md).
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "counters/pmu.h"

/* Tests have another. */
#ifndef PMU_DIR
#define PMU_DIR "/sys/bus/event_source/devices/kvm_exits"
#endif

/* One number of a file of the PMU's. */
static bool read_number(const char *name, const char *format, unsigned int *number)
{
	FILE *file = fopen(name, "re");
	bool ok = file && fscanf(file, format, number) == 1;

	if (file)
		fclose(file);
	return ok;
}

/**
 * pmu_open - begin to count the exits of a process, and of its children
 * @pid: the process; its exits count from when it executes a program on
 *
 * Return: what pmu_close() takes; it is negative where exits can't be counted so.
 */
int pmu_open(pid_t pid)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.disabled = 1,
		.enable_on_exec = 1,
		.inherit = 1,
	};
	unsigned int code;

	if (!read_number(PMU_DIR "/type", "%u", &attr.type) ||
	    !read_number(PMU_DIR "/events/total", "code=%x", &code))
		return -1;
	attr.config = code;
	return syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/**
 * pmu_close - tell how many exits there were, and count no more
 * @fd: as pmu_open() returned it
 * @exits: gets their number
 *
 * Return: whether they were counted.
 */
bool pmu_close(int fd, __u64 *exits)
{
	bool ok;

	if (fd < 0)
		return false;
	ok = read(fd, exits, sizeof(*exits)) == sizeof(*exits);
	close(fd);
	return ok;
}
