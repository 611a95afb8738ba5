/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_SCREEN_H
#define CPUID_EXITS_SCREEN_H

#include "columns.h"
#include "span.h"

/* What screen_key() returns if no more keys were pressed. */
#define KEY_NONE	(-1)

/**
 * struct view - what is on the screen
 * @spans: the exits since the last time, of the VM or of each vCPU
 * @nr: number of @spans
 * @columns: which columns
 * @sort: column to sort by
 * @interval_ns: nanoseconds from one time to the next
 * @note: one line of news, or NULL
 */
struct view {
	const struct span *spans;
	size_t nr;
	const struct column_list *columns;
	enum column sort;
	__u64 interval_ns;
	const char *note;
};

int screen_begin(void);
void screen_draw(const struct view *view);
int screen_key(void);
void screen_end(void);

#endif /* CPUID_EXITS_SCREEN_H */
