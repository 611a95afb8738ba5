/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_CHILD_H
#define CPUID_EXITS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include <linux/types.h>

/* A command that runs meanwhile; all zero if there is none. */
struct child {
	pid_t pid;
	int link;	/* it waits for a byte from here, and sends the errno of a failed exec */
	bool has_ended;
	int status;	/* then, as of waitpid() */
};

/* What was waited for. */
enum event {
	EVENT_TIME,
	EVENT_END,	/* of the command */
	EVENT_STOP,	/* without a command: a signal told this program to end */
	EVENT_INPUT,	/* or a signal that isn't waited for */
};

int child_signals(void);
int child_prepare(struct child *child, char **argv);
int child_start(struct child *child, const char *name);
enum event child_wait(struct child *child, const __u64 *deadline_ns, int input);
void child_cancel(struct child *child);
bool child_was_interrupted(void);
int child_exit_status(const struct child *child);

#endif /* CPUID_EXITS_CHILD_H */
