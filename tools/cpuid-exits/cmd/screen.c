// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows lines on the whole terminal, for which ncurses does the work.
 */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* <term.h> makes macros of common words, so it comes last. */
#include "cmd/screen.h"

#include <curses.h>
#include <term.h>
#undef lines

static struct screen *screen;

/**
 * screen_check - look whether there is a terminal
 *
 * newterm() would say so too, but leaves memory behind when it fails.
 *
 * Return: 0, or -1 after saying on stderr that there is none.
 */
int screen_check(void)
{
	const bool has_output = isatty(STDOUT_FILENO);
	const char *type = getenv("TERM");
	int known;

	if (!has_output || !isatty(STDIN_FILENO)) {
		warnx("top: standard %s is not a terminal; --batch needs none",
		      has_output ? "input" : "output");
		return -1;
	}
	if (setupterm(NULL, STDOUT_FILENO, &known) != OK) {
		warnx("top: the terminal's type, '%s', is not known", type ?: "");
		return -1;
	}
	del_curterm(cur_term);
	return 0;
}

/**
 * screen_begin - take the terminal over
 *
 * Context: after screen_check().
 * Return: 0, or -1 after saying on stderr why not.
 */
int screen_begin(void)
{
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		warnx("top: cannot use the terminal");
		return -1;
	}
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	/* Not all terminals can hide it. */
	curs_set(0);
	return 0;
}

/**
 * screen_end - leave the terminal as it was
 */
void screen_end(void)
{
	endwin();
	delscreen(screen);
}

/**
 * screen_width - tell how wide the terminal is
 *
 * Return: characters.
 */
size_t screen_width(void)
{
	return COLS;
}

/**
 * screen_key - get the next key that was pressed
 *
 * Return: the key, or one of KEY_OF_*.
 */
int screen_key(void)
{
	int key = getch();

	switch (key) {
	case ERR:
		return KEY_OF_NONE;
	case KEY_UP:
		return KEY_OF_UP;
	case KEY_DOWN:
		return KEY_OF_DOWN;
	case KEY_PPAGE:
		return KEY_OF_PAGE_UP;
	case KEY_NPAGE:
		return KEY_OF_PAGE_DOWN;
	default:
		return key;
	}
}

/* Draws one line, as far as it fits. */
static void draw(int y, const char *text)
{
	size_t bytes = 0, characters = 0;

	/* Of UTF-8: the first byte of one too many is where it ends. */
	for (; text[bytes] && text[bytes] != '\n'; bytes++) {
		if ((text[bytes] & 0xc0) != 0x80 && characters++ == (size_t)COLS)
			break;
	}
	mvaddnstr(y, 0, text, bytes);
}

/**
 * screen_draw - show a table
 * @head: two lines above it
 * @note: one line of news, or NULL
 * @lines: the headings, and a line for each row, of which the last is always shown
 * @keys: line at the bottom
 * @offset: how many rows to leave out; one that is too high is made to fit
 *
 * Return: @offset, as it was made to fit.
 */
size_t screen_draw(const char *head, const char *note, char *lines, const char *keys,
		   size_t offset)
{
	const char *second = strchr(head, '\n');
	const int room = LINES > 6 ? LINES - 6 : 1;
	int rows = -2, y;
	char *line;

	for (line = lines; *line; line++)
		rows += *line == '\n';
	/* The last one may have no end. */
	if (line != lines && line[-1] != '\n')
		rows++;
	if ((int)offset > rows - room)
		offset = rows > room ? rows - room : 0;

	erase();
	draw(0, head);
	if (second)
		draw(1, second + 1);
	if (note)
		draw(2, note);
	line = lines;
	for (y = -1; line && *line; y++) {
		char *next = strchr(line, '\n');
		const int place = y < 0 ? 0 : y - (int)offset;

		if (y < 0)
			attron(A_REVERSE);
		if (y < 0)
			draw(3, line);
		else if (y == rows)
			draw(4 + (rows < room ? rows : room), line);
		else if (place >= 0 && place < room)
			draw(4 + place, line);
		attroff(A_REVERSE);
		line = next ? next + 1 : NULL;
	}
	draw(LINES - 1, keys);
	refresh();
	return offset;
}

/**
 * screen_page - show a text instead
 * @text: its lines
 */
void screen_page(const char *text)
{
	int y = 0;

	erase();
	for (; text && *text; y++) {
		draw(y, text);
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	refresh();
}
