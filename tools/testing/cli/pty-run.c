// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty-run KEYS PAUSE COMMAND [ARG...]: runs COMMAND on a pseudo-terminal of 24 lines
 * and 80 columns, prints what it prints and returns its status.
 *
 * KEYS are typed one after another, PAUSE milliseconds before each.  Some are
 * none: '+' makes the terminal 100 columns wide, '-' 40 columns and 10 lines, '.'
 * only pauses, '^' is Ctrl-C, '!' has a shell run $PTY_EVENT.  When COMMAND has
 * ended, stderr is told whether the terminal is as it was.
 */
#include <err.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

/* However long COMMAND takes after the last key, in milliseconds. */
#define LAST_PAUSE	20000

static void press(int fd, char key)
{
	struct winsize wide = { .ws_row = 24, .ws_col = 100 };
	struct winsize small = { .ws_row = 10, .ws_col = 40 };
	const char ctrl_c = 3;
	int ret = 0;

	switch (key) {
	case '+':
		ret = ioctl(fd, TIOCSWINSZ, &wide);
		break;
	case '-':
		ret = ioctl(fd, TIOCSWINSZ, &small);
		break;
	case '.':
		break;
	case '!':
		ret = system(getenv("PTY_EVENT")) ? -1 : 0;
		break;
	case '^':
		ret = write(fd, &ctrl_c, 1);
		break;
	default:
		ret = write(fd, &key, 1);
	}
	if (ret < 0)
		warn("cannot type '%c'", key);
}

static bool is_same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
	       a->c_lflag == b->c_lflag && a->c_cflag == b->c_cflag &&
	       !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

/* Copies the output for some time.  Returns 0 when it has ended. */
static int copy(int fd, int pause)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	struct timespec begin, now;
	char text[4096];
	ssize_t len;
	int rest;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		rest = pause - (now.tv_sec - begin.tv_sec) * 1000 -
		       (now.tv_nsec - begin.tv_nsec) / 1000000;
		if (rest <= 0 || poll(&pollfd, 1, rest) <= 0)
			return 1;
		len = read(fd, text, sizeof(text));
		if (len <= 0)
			return 0;
		fwrite(text, 1, len, stdout);
	}
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct termios before, after;
	int master, slave, status, i;
	pid_t pid;

	if (argc < 4)
		errx(1, "usage: pty-run KEYS PAUSE COMMAND [ARG...]");
	if (openpty(&master, &slave, NULL, NULL, &size) || tcgetattr(slave, &before))
		err(1, "cannot make a pseudo-terminal");
	pid = fork();
	if (!pid) {
		close(master);
		if (login_tty(slave))
			err(1, "login_tty");
		execvp(argv[3], argv + 3);
		err(127, "%s", argv[3]);
	}

	/* The slave stays open: its state is looked at in the end. */
	for (i = 0; argv[1][i]; i++) {
		copy(master, atoi(argv[2]));
		press(master, argv[1][i]);
	}
	for (i = 0; i < LAST_PAUSE && !waitpid(pid, &status, WNOHANG); i += 100)
		copy(master, 100);
	if (i >= LAST_PAUSE) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		warnx("killed");
	}
	copy(master, 100);

	if (tcgetattr(slave, &after))
		err(1, "cannot look at the pseudo-terminal");
	fprintf(stderr, "the terminal is %s\n",
		is_same(&before, &after) ? "as it was" : "not as it was");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
