// SPDX-License-Identifier: GPL-2.0
/*
 * hostile SECONDS [SEED]: what an unprivileged user may try with the PMU.  1,000
 * events are open at once, of valid and of random kinds, alone and in groups, of
 * itself and its children; they are switched, read, and closed in any order, while
 * children fork and change CPUs.  All of that at least once, however long it takes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "open-event.h"

#define EVENTS		1000
#define CHILDREN	3

static int event[EVENTS];
static pid_t child[CHILDREN];
static __u32 type;

/* How often what was done. */
static unsigned long opened, refused, closed, switched, done_reads;

static bool chance(int percent)
{
	return rand() % 100 < percent;
}

/* Changes CPUs, forks, and executes CPUIDs, for ever. */
static void be_a_child(void)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;
	pid_t pid;

	for (;;) {
		CPU_ZERO(&set);
		CPU_SET(rand() % cpus, &set);
		sched_setaffinity(0, sizeof(set), &set);
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
		sched_yield();
	}
}

static __u64 any_config(void)
{
	if (chance(10))
		return (__u64)rand() << 32 | rand();
	if (chance(20))
		return CODE_TOTAL + rand() % 4;
	/* A reason, mostly one that there is, and what of it. */
	return rand() % (chance(80) ? 0x80 : 0x20000) | (__u64)(rand() % 4) << 24;
}

/* No key, mostly; one that there is, or any. */
static __u64 any_key(void)
{
	if (chance(80))
		return 0;
	return chance(50) ? 1ull << 48 | rand() % 8 : (__u64)rand() << 32 | rand();
}

static void open_any(int *slot)
{
	struct perf_event_attr attr = {
		.type = type,
		.config = any_config(),
		/* A context switch costs 4 exits for each of the others: few, on an emulator. */
		.disabled = chance(98),
		.inherit = chance(50),
		.inherit_stat = chance(20),
		.exclude_kernel = chance(5),
		.exclude_user = chance(5),
		.exclude_idle = chance(2),
		.sample_period = chance(5) ? rand() % 1000 : 0,
		.read_format = chance(30) ? PERF_FORMAT_GROUP : 0,
		.config1 = any_key(),
	};
	pid_t pid = chance(50) ? 0 : child[rand() % CHILDREN];
	int leader = chance(30) ? event[rand() % EVENTS] : -1;

	if (attr.read_format)
		attr.inherit = 0;
	*slot = open_event(&attr, pid, chance(80) ? -1 : rand() % 3, leader);
	if (*slot < 0 && errno == EMFILE)
		err(1, "no room for %d files", EVENTS);
	if (*slot < 0)
		refused++;
	else
		opened++;
}

static void use(int fd)
{
	static const unsigned long request[] = {
		PERF_EVENT_IOC_ENABLE, PERF_EVENT_IOC_DISABLE, PERF_EVENT_IOC_DISABLE,
		PERF_EVENT_IOC_DISABLE, PERF_EVENT_IOC_RESET,
	};
	__u64 buffer[EVENTS + 1];

	if (chance(50)) {
		ioctl(fd, request[rand() % 5], chance(30) ? PERF_IOC_FLAG_GROUP : 0);
		switched++;
	} else if (read(fd, buffer, sizeof(buffer)) > 0) {
		done_reads++;
	}
}

int main(int argc, char *argv[])
{
	const struct rlimit limit = { 4096, 4096 };
	const time_t end = time(NULL) + (argc > 1 ? atol(argv[1]) : 10);
	int i;

	srand(argc > 2 ? atol(argv[2]) : 1);
	type = pmu_type();
	/* Enough if root ran it; else the limit is what it is. */
	setrlimit(RLIMIT_NOFILE, &limit);
	for (i = 0; i < EVENTS; i++)
		event[i] = -1;
	for (i = 0; i < CHILDREN; i++) {
		child[i] = fork();
		if (!child[i]) {
			srand(i);
			be_a_child();
		}
	}

	do {
		/* All open, then any of them, then most closed. */
		for (i = 0; i < EVENTS; i++) {
			while (event[i] < 0)
				open_any(&event[i]);
		}
		for (i = 0; i < EVENTS; i++) {
			int *slot = &event[rand() % EVENTS];

			if (*slot < 0) {
				open_any(slot);
			} else if (chance(70)) {
				use(*slot);
			} else {
				close(*slot);
				*slot = -1;
				closed++;
			}
		}
		for (i = 0; i < EVENTS; i++) {
			if (event[i] >= 0 && chance(90)) {
				close(event[i]);
				event[i] = -1;
				closed++;
			}
		}
	} while (time(NULL) < end);

	for (i = 0; i < CHILDREN; i++) {
		kill(child[i], SIGKILL);
		waitpid(child[i], NULL, 0);
	}
	printf("# %lu events opened, %lu refused, %lu closed, %lu switched, %lu read\n",
	       opened, refused, closed, switched, done_reads);
	return !(opened >= EVENTS && refused && closed && switched && done_reads);
}
