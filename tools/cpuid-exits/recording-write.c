// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes recordings.  What belongs together is written at once, and if that fails
 * is taken back, so that a file always ends with a whole sample.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "names.h"
#include "quote.h"
#include "recording.h"
#include "xalloc.h"

[[gnu::format(printf, 2, 3)]]
static void add(struct recording_writer *writer, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		err(EXIT_FAILURE, "cannot allocate memory");
	writer->text = xreallocarray(writer->text, writer->len + len + 1, 1);
	memcpy(writer->text + writer->len, text, len + 1);
	writer->len += len;
	free(text);
}

static int flush(struct recording_writer *writer)
{
	ssize_t len = write(writer->fd, writer->text, writer->len);
	int error = errno;

	if (len != (ssize_t)writer->len) {
		/* Standard output may be a file with more in it than ours. */
		if (len > 0 && writer->fd != STDOUT_FILENO &&
		    ftruncate(writer->fd, writer->written))
			error = errno;
		errno = len < 0 ? error : ENOSPC;
		warn("%s", writer->path);
		return -1;
	}
	writer->written += len;
	writer->len = 0;
	return 0;
}

/**
 * recording_create - make the file of a recording
 * @writer: is overwritten; for recording_end() or recording_discard()
 * @path: of the file, "-" is standard output; must outlive @writer
 * @force: overwrite a file that is there, once there is something to write
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_create(struct recording_writer *writer, const char *path, bool force)
{
	memset(writer, 0, sizeof(*writer));
	if (!strcmp(path, "-")) {
		writer->path = "standard output";
		writer->fd = STDOUT_FILENO;
		return 0;
	}

	writer->path = path;
	writer->is_new = true;
	writer->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (writer->fd < 0 && errno == EEXIST && force) {
		writer->is_new = false;
		writer->fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (writer->fd >= 0)
		return 0;
	if (errno == EEXIST)
		warnx("%s exists; --force overwrites it", path);
	else
		warn("%s", path);
	return -1;
}

static void add_start(struct recording_writer *writer)
{
	struct timespec now;
	char text[32];
	time_t seconds;
	__u64 ns;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = now.tv_sec * NS_PER_S + now.tv_nsec - (clock_now() - writer->started_ns);
	seconds = ns / NS_PER_S;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime(&seconds));
	add(writer, "# start: %s.%06lluZ\n", text, ns % NS_PER_S / NS_PER_US);
}

static void add_part(struct recording_writer *writer, const struct reading *reading)
{
	const struct snapshot *snap = &reading->snaps[0];

	add(writer, "# epoch: 0x%016llx\n", snap->epoch);
	add(writer, "# isa: %s\n", isa_name(snap->isa));
	add(writer, "# tsc-khz: %u\n", snap->tsc_khz);
	add(writer, "# features: 0x%x\n", snap->features);
	add(writer, "# max-code: %u\n", snap->max_code);
	add(writer, "# vcpus: %u\n", snap->nr_vcpus);
	add(writer, "# cpus: %u\n", reading->cpus);
}

/* The fields of time away, empty where it isn't known. */
static void add_absences(struct recording_writer *writer, const struct snapshot *snap,
			 const struct exit_record *record)
{
	const char *blank = "";
	unsigned int i;

	if (snap->features & KVM_EXIT_STATS_F_AWAY)
		add(writer, ",%llu,%llu,", record->away, record->longest);
	else
		add(writer, ",,,");
	for (i = 0; i < KVM_EXIT_STATS_NR_BUCKETS; i++) {
		if (!record->buckets[i])
			continue;
		add(writer, "%s%u:%llu", blank, i, record->buckets[i]);
		blank = " ";
	}
	add(writer, "\n");
}

static bool has_changed(const struct exit_record *record, const struct exit_record *old)
{
	return !old || old->exits != record->exits || old->cycles != record->cycles ||
	       old->away != record->away || old->longest != record->longest ||
	       memcmp(old->buckets, record->buckets, sizeof(old->buckets));
}

static void add_snapshot(struct recording_writer *writer, const struct snapshot *snap,
			 const struct snapshot *before)
{
	size_t i;

	for (i = 0; i < snap->nr; i++) {
		const struct exit_record *record = &snap->records[i];
		const struct exit_record *old = before ? snapshot_find(before, record->code) : NULL;
		char reason[REASON_SIZE], vcpu[16] = RECORDING_VM;

		if (!has_changed(record, old))
			continue;
		reason_name(snap->isa, record->code, reason);
		if (snap->this_vcpu)
			snprintf(vcpu, sizeof(vcpu), "%u", snap->vcpu);
		add(writer, "%llu.%06llu,%s,%u,%s,%llu,%llu,%llu",
		    writer->last_us / 1000000, writer->last_us % 1000000, vcpu, record->code,
		    reason, record->exits, record->cycles,
		    record->code == snapshot_cpuid_code(snap) ? snap->own : 0);
		add_absences(writer, snap, record);
	}
}

static void add_sample(struct recording_writer *writer, const struct reading *reading,
		       const struct reading *before)
{
	size_t i;

	for (i = 0; i < reading->nr; i++) {
		const struct snapshot *snap = &reading->snaps[i];

		add_snapshot(writer, snap, before ? reading_find(before, snap) : NULL);
	}
}

/**
 * recording_begin - write what is known beforehand, and the first sample
 * @writer: as recording_create() left it
 * @reading: the first reading
 * @command: command and arguments that run meanwhile, or NULL
 * @interval_ns: nanoseconds from one sample to the next
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_begin(struct recording_writer *writer, const struct reading *reading,
		    char **command, __u64 interval_ns)
{
	struct utsname name;

	/* Only now: until here the old file might still have been kept. */
	if (writer->path && !writer->is_new && writer->fd != STDOUT_FILENO &&
	    ftruncate(writer->fd, 0) && errno != EINVAL) {
		warn("%s", writer->path);
		return -1;
	}

	writer->started_ns = reading->time_ns;
	uname(&name);
	add(writer, RECORDING_TITLE "%u\n", RECORDING_FORMAT);
	add(writer, "# tool: cpuid-exits %s\n", CPUID_EXITS_VERSION);
	add(writer, "# abi: %u\n", KVM_EXIT_STATS_REVISION);
	add(writer, "# kernel: %s %s %s\n", name.sysname, name.release, name.machine);
	if (command) {
		char *text = quote_command(command);

		add(writer, "# command: %s\n", text);
		free(text);
	}
	add_start(writer);
	add(writer, "# interval: %llu.%06llu\n", interval_ns / NS_PER_S,
	    interval_ns % NS_PER_S / NS_PER_US);
	add_part(writer, reading);
	add(writer, RECORDING_COLUMNS "\n");
	add_sample(writer, reading, NULL);
	return flush(writer);
}

/**
 * recording_add - write a sample
 * @writer: begun
 * @reading: the sample
 * @before: the sample before, NULL if that was of other counters
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_add(struct recording_writer *writer, const struct reading *reading,
		  const struct reading *before)
{
	__u64 us = (reading->time_ns - writer->started_ns) / NS_PER_US;

	/* Time is what keeps samples apart. */
	writer->last_us = us > writer->last_us ? us : writer->last_us + 1;
	if (!before)
		add_part(writer, reading);
	add_sample(writer, reading, before);
	return flush(writer);
}

/**
 * recording_end - write how a recording ended, and close it
 * @writer: begun
 * @child: the command, all zero if there was none
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_end(struct recording_writer *writer, const struct child *child)
{
	int ret;

	if (!child->pid)
		add(writer, "# end: interrupted\n");
	else if (WIFSIGNALED(child->status))
		add(writer, "# end: signal %d\n", WTERMSIG(child->status));
	else
		add(writer, "# end: exit %d\n", WEXITSTATUS(child->status));
	ret = flush(writer);
	free(writer->text);
	if (writer->fd != STDOUT_FILENO && close(writer->fd) && !ret) {
		warn("%s", writer->path);
		ret = -1;
	}
	return ret;
}

/**
 * recording_discard - give a recording up
 * @writer: as recording_create() left it, or later
 *
 * Removes the file if nothing was written to it.
 */
void recording_discard(struct recording_writer *writer)
{
	if (writer->is_new && !writer->written)
		unlink(writer->path);
	if (writer->fd != STDOUT_FILENO)
		close(writer->fd);
	free(writer->text);
}
