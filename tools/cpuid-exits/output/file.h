/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_FILE_H
#define CPUID_EXITS_FILE_H

#include <stdbool.h>
#include <sys/types.h>

struct output_file {
	int fd;
	const char *name;	/* for messages */
	bool is_new;		/* it was made for this */
};

int output_open(struct output_file *file, const char *path, bool force);
int output_truncate(const struct output_file *file);
int output_close(const struct output_file *file);
void output_discard(const struct output_file *file, off_t written);

#endif /* CPUID_EXITS_FILE_H */
