// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command while exits are counted, and waits for its end, for signals and
 * for times.
 *
 * All signals that are waited for are blocked all the time, so that none is lost
 * between a look and a sleep.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/child.h"
#include "clock.h"

/* What a shell says if it can't execute a command. */
#define STATUS_NOT_EXECUTABLE	126
#define STATUS_NOT_FOUND	127
#define STATUS_SIGNAL		128

static const int stop_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, 0 };

static sigset_t waited_for, original;
static bool interrupted;

/**
 * child_signals - begin to hold signals back for child_wait()
 *
 * A hangup that was ignored before, as by nohup(1), still is.
 */
void child_signals(void)
{
	struct sigaction action;
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
}

static void execute(char **argv, int go, int failure)
{
	ssize_t len;
	char byte;
	int error;

	sigprocmask(SIG_SETMASK, &original, NULL);
	do {
		len = read(go, &byte, sizeof(byte));
	} while (len < 0 && errno == EINTR);
	/* Nothing: the parent cancelled it, or died. */
	if (len <= 0)
		_exit(EXIT_FAILURE);
	execvp(argv[0], argv);
	error = errno;
	if (write(failure, &error, sizeof(error)) < 0)
		error = 0;
	_exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE);
}

/**
 * child_prepare - make the process of a command, without executing it yet
 * @child: is overwritten; child_start() or child_cancel() have to follow
 * @argv: the command and its arguments
 *
 * Context: after child_signals().
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int child_prepare(struct child *child, char **argv)
{
	int go[2], failure[2];

	memset(child, 0, sizeof(*child));
	if (pipe2(go, O_CLOEXEC)) {
		warn("cannot make a pipe");
		return -1;
	}
	if (pipe2(failure, O_CLOEXEC)) {
		warn("cannot make a pipe");
		goto close_go;
	}
	child->pid = fork();
	if (child->pid < 0) {
		warn("cannot fork");
		goto close_failure;
	}
	if (!child->pid) {
		close(go[1]);
		execute(argv, go[0], failure[1]);
	}

	close(go[0]);
	close(failure[1]);
	child->go = go[1];
	child->failure = failure[0];
	return 0;

close_failure:
	close(failure[0]);
	close(failure[1]);
close_go:
	close(go[0]);
	close(go[1]);
	child->pid = 0;
	return -1;
}

static bool reap(struct child *child, int flags)
{
	child->has_ended = waitpid(child->pid, &child->status, flags) == child->pid;
	return child->has_ended;
}

/**
 * child_cancel - end the process of a command that is not to be executed
 * @child: prepared, not started
 */
void child_cancel(struct child *child)
{
	close(child->go);
	close(child->failure);
	reap(child, 0);
}

/**
 * child_start - have the command executed
 * @child: prepared
 * @name: the command, for the message
 *
 * Return: 0, or -1 after saying on stderr that it can't be executed; then it has
 * ended, and child_exit_status() tells what a shell would.
 */
int child_start(struct child *child, const char *name)
{
	int error = 0;
	ssize_t len;

	if (write(child->go, "", 1) < 0) {
		warn("cannot start %s", name);
		child_cancel(child);
		return -1;
	}
	close(child->go);
	do {
		len = read(child->failure, &error, sizeof(error));
	} while (len < 0 && errno == EINTR);
	close(child->failure);
	if (len <= 0)
		return 0;

	reap(child, 0);
	errno = error;
	warn("%s", name);
	return -1;
}

/* Waits for a signal until @deadline_ns, if there is one; 0 when it has passed. */
static int next_signal(siginfo_t *info, const __u64 *deadline_ns)
{
	struct timespec rest = {};
	int sig;

	do {
		if (deadline_ns) {
			__u64 now = clock_now();
			__u64 ns = *deadline_ns > now ? *deadline_ns - now : 0;

			rest.tv_sec = ns / NS_PER_S;
			rest.tv_nsec = ns % NS_PER_S;
		}
		sig = sigtimedwait(&waited_for, info, deadline_ns ? &rest : NULL);
	} while (sig < 0 && errno == EINTR);
	return sig < 0 ? 0 : sig;
}

/**
 * child_wait - wait
 * @child: the command, started; or none, all zero
 * @deadline_ns: until when at most, as clock_now() tells it; NULL is no limit
 *
 * Signals that ask a program to end are for the command to follow, as if this
 * program were not there.  Those from a terminal it gets anyway.
 *
 * Return: what has happened.
 */
enum event child_wait(struct child *child, const __u64 *deadline_ns)
{
	siginfo_t info;
	int sig;

	while ((sig = next_signal(&info, deadline_ns))) {
		if (sig == SIGCHLD) {
			if (child->pid && reap(child, WNOHANG))
				return EVENT_END;
			continue;
		}
		interrupted = true;
		if (!child->pid)
			return EVENT_STOP;
		if (info.si_code != SI_KERNEL)
			kill(child->pid, sig);
	}
	return EVENT_TIME;
}

/**
 * child_was_interrupted - tell whether a signal asked this program to end
 *
 * Return: whether child_wait() has seen one.
 */
bool child_was_interrupted(void)
{
	return interrupted;
}

/**
 * child_exit_status - tell a command's status as a shell does
 * @child: the command, ended
 *
 * Return: its own, or 128 and the number of the signal that killed it.
 */
int child_exit_status(const struct child *child)
{
	if (WIFSIGNALED(child->status))
		return STATUS_SIGNAL + WTERMSIG(child->status);
	return WEXITSTATUS(child->status);
}
