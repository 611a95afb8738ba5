// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks whether there is a terminal that a screen can be drawn on.
 */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* <term.h> makes macros of common words, so all that needs it is here. */
#include <curses.h>
#include <term.h>

#include "terminal.h"

/**
 * terminal_check - look whether there is a terminal
 *
 * newterm() would say so too, but leaves memory behind when it fails.
 *
 * Return: 0, or -1 after saying on stderr that there is none.
 */
int terminal_check(void)
{
	bool has_output = isatty(STDOUT_FILENO);
	const char *type = getenv("TERM");
	int known;

	if (!has_output || !isatty(STDIN_FILENO)) {
		warnx("top: standard %s is not a terminal", has_output ? "input" : "output");
		return -1;
	}
	if (setupterm(NULL, STDOUT_FILENO, &known) != OK) {
		warnx("top: the terminal's type, '%s', is not known", type ? type : "");
		return -1;
	}
	del_curterm(cur_term);
	return 0;
}
