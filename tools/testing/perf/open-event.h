/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPEN_EVENT_H
#define OPEN_EVENT_H

/* Opens an event of the PMU kvm_exits. */

#include <err.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#define TYPE_FILE "/sys/bus/event_source/devices/kvm_exits/type"

/* format/code, past the leaf's own */
#define CODE_TOTAL 0x10000

static inline __u32 pmu_type(void)
{
	FILE *file = fopen(TYPE_FILE, "r");
	__u32 type;

	if (!file || fscanf(file, "%u", &type) != 1)
		err(1, "%s", TYPE_FILE);
	fclose(file);
	return type;
}

static inline int open_event(struct perf_event_attr *attr, pid_t pid, int cpu, int leader)
{
	attr->size = sizeof(*attr);
	return syscall(SYS_perf_event_open, attr, pid, cpu, leader, PERF_FLAG_FD_CLOEXEC);
}

#endif /* OPEN_EVENT_H */
