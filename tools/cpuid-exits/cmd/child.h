/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_CHILD_H
#define CPUID_EXITS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include <linux/types.h>

/**
 * struct child - a command that runs meanwhile, or none
 * @pid: of its process, 0 if there is no command
 * @go: the process waits until a byte is sent here
 * @failure: the process sends the errno of a failed exec here
 * @has_ended: the process has ended
 * @status: as waitpid() gave it then
 */
struct child {
	pid_t pid;
	int go;
	int failure;
	bool has_ended;
	int status;
};

/**
 * enum event - what was waited for
 * @EVENT_TIME: the time has come
 * @EVENT_END: the command has ended
 * @EVENT_STOP: without a command: a signal told this program to end
 */
enum event {
	EVENT_TIME,
	EVENT_END,
	EVENT_STOP,
};

void child_signals(void);
int child_prepare(struct child *child, char **argv);
int child_start(struct child *child, const char *name);
enum event child_wait(struct child *child, const __u64 *deadline_ns);
void child_cancel(struct child *child);
bool child_was_interrupted(void);
int child_exit_status(const struct child *child);

#endif /* CPUID_EXITS_CHILD_H */
