// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command while exits are counted, and waits for its end, for signals and
 * for times.
 *
 * All signals that are waited for are blocked all the time, so that none is lost
 * between a look and a sleep.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "cmd/child.h"
#include "fail.h"

/* What a shell says if it can't execute a command. */
#define STATUS_NOT_EXECUTABLE	126
#define STATUS_NOT_FOUND	127
#define STATUS_SIGNAL		128

static const int stop_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, 0 };

static sigset_t original;
static int signals;
static bool interrupted;

/* Begins to hold signals back for child_wait(); but a hangup that nohup(1) had ignored. */
int child_signals(void)
{
	struct sigaction action;
	sigset_t waited_for;
	size_t i;

	sigemptyset(&waited_for);
	sigaddset(&waited_for, SIGCHLD);
	for (i = 0; stop_signals[i]; i++) {
		sigaction(stop_signals[i], NULL, &action);
		if (stop_signals[i] != SIGHUP || action.sa_handler != SIG_IGN)
			sigaddset(&waited_for, stop_signals[i]);
	}
	/* Ignored, it would keep waitpid() from telling the status. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &waited_for, &original);
	signals = signalfd(-1, &waited_for, SFD_CLOEXEC);
	return signals < 0 ? fail_errno("cannot catch signals") : 0;
}

static void execute(char **argv, int link)
{
	char byte;
	int error;

	sigprocmask(SIG_SETMASK, &original, NULL);
	/* Nothing: the parent cancelled it, or died. */
	if (read(link, &byte, sizeof(byte)) <= 0)
		_exit(EXIT_FAILURE);
	execvp(argv[0], argv);
	error = errno;
	send(link, &error, sizeof(error), MSG_NOSIGNAL);
	_exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE);
}

/*
 * Makes the process of a command, without executing it yet; after child_signals().  -1 after
 * saying what is wrong, else child_start() or child_cancel() have to follow.
 */
int child_prepare(struct child *child, char **argv)
{
	int links[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, links))
		return fail_errno("cannot make a pipe");
	*child = (struct child) { .pid = fork(), .link = links[0] };
	if (!child->pid) {
		close(links[0]);
		execute(argv, links[1]);
	}
	close(links[1]);
	if (child->pid > 0)
		return 0;
	warn("cannot fork");
	close(links[0]);
	return -1;
}

static bool reap(struct child *child, int flags)
{
	child->has_ended = waitpid(child->pid, &child->status, flags) == child->pid;
	return child->has_ended;
}

/* Ends the process of a command that was prepared, but is not to be executed. */
void child_cancel(struct child *child)
{
	close(child->link);
	reap(child, 0);
}

/*
 * -1 after saying that it can't be executed: it has ended, and child_exit_status() tells what
 * a shell would.
 */
int child_start(struct child *child, const char *name)
{
	int error = 0;

	if (send(child->link, "", 1, MSG_NOSIGNAL) < 0) {
		warn("cannot start %s", name);
		child_cancel(child);
		return -1;
	}
	/* It ends when the command is executed. */
	if (read(child->link, &error, sizeof(error)) <= 0) {
		close(child->link);
		return 0;
	}
	child_cancel(child);
	errno = error;
	return fail_errno("%s", name);
}

/*
 * Waits for the command if there is one, for something from @input unless that is -1, and no
 * longer than until @deadline_ns by clock_now() unless that is NULL.
 *
 * Signals that ask a program to end are for the command to follow, as if this
 * program were not there.  Those from a terminal it gets anyway.
 */
enum event child_wait(struct child *child, const __u64 *deadline_ns, int input)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = input, .events = POLLIN },
	};

	for (;;) {
		const struct timespec rest = clock_until(deadline_ns ? *deadline_ns : 0);
		const int ready = ppoll(fds, 2, deadline_ns ? &rest : NULL, NULL);
		struct signalfd_siginfo info;

		if (!ready)
			return EVENT_TIME;
		/* A window's new size comes in as a signal that isn't waited for. */
		if (ready < 0 && input < 0)
			continue;
		if (ready < 0)
			return EVENT_INPUT;
		if (fds[1].revents & ~POLLIN)
			return EVENT_STOP;
		if (!fds[0].revents)
			return EVENT_INPUT;
		if (read(signals, &info, sizeof(info)) < 0)
			continue;
		if (info.ssi_signo == SIGCHLD) {
			if (child->pid && reap(child, WNOHANG))
				return EVENT_END;
			continue;
		}
		interrupted = true;
		if (!child->pid)
			return EVENT_STOP;
		if (info.ssi_code != SI_KERNEL)
			kill(child->pid, info.ssi_signo);
	}
}

/* Whether child_wait() has seen a signal that asked this program to end. */
bool child_was_interrupted(void)
{
	return interrupted;
}

/* Of a command that has ended: its own status, or what a shell makes of a signal. */
int child_exit_status(const struct child *child)
{
	if (WIFSIGNALED(child->status))
		return STATUS_SIGNAL + WTERMSIG(child->status);
	return WEXITSTATUS(child->status);
}
