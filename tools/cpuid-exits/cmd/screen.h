/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SCREEN_H
#define CPUID_EXITS_SCREEN_H

#include <stddef.h>

/* What screen_key() returns, but for other keys, which are themselves. */
enum {
	KEY_OF_NONE = -1,
	KEY_OF_UP = -2,
	KEY_OF_DOWN = -3,
	KEY_OF_PAGE_UP = -4,
	KEY_OF_PAGE_DOWN = -5,
};

int screen_check(void);
int screen_begin(void);
size_t screen_width(void);
size_t screen_draw(const char *head, const char *note, char *lines, const char *keys,
		   size_t offset);
void screen_page(const char *text);
int screen_key(void);
void screen_end(void);

#endif /* CPUID_EXITS_SCREEN_H */
