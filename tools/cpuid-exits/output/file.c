// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are written to.  A regular one that is there is only overwritten if that was
 * asked for, and not before there is something to write.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "output/file.h"

/* "-" is standard output; @path must outlive @file.  -1 after saying what is wrong, as all. */
int output_open(struct output_file *file, const char *path, bool force)
{
	struct stat info;

	*file = (struct output_file) { .fd = STDOUT_FILENO, .name = "standard output" };
	/* The latter may be a regular file that is there, as it should be. */
	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdout"))
		return 0;

	file->name = path;
	file->is_new = true;
	file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file->fd < 0 && errno == EEXIST &&
	    (force || (!stat(path, &info) && !S_ISREG(info.st_mode)))) {
		file->is_new = false;
		file->fd = open(path, O_WRONLY | O_CLOEXEC);
		if (file->fd < 0)
			return fail_errno("%s", path);
	}
	if (file->fd >= 0)
		return 0;
	return errno == EEXIST ? fail("%s exists; --force overwrites it", path) :
				 fail_errno("%s", path);
}

/* Does away with what was in a file, now that there is something to write. */
int output_truncate(const struct output_file *file)
{
	/* What is no regular file has nothing to be overwritten. */
	if (file->is_new || file->fd == STDOUT_FILENO || !ftruncate(file->fd, 0) ||
	    errno == EINVAL)
		return 0;
	return fail_errno("%s", file->name);
}

int output_close(const struct output_file *file)
{
	if (file->fd == STDOUT_FILENO || !close(file->fd))
		return 0;
	return fail_errno("%s", file->name);
}

/* Gives a file up, of which @written bytes were written; a new one without any is removed. */
void output_discard(const struct output_file *file, off_t written)
{
	if (file->is_new && !written)
		unlink(file->name);
	if (file->fd != STDOUT_FILENO)
		close(file->fd);
}
