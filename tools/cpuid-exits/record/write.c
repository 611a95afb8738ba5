// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes recordings.  What belongs together is written at once, and if that fails
 * is taken back, so that a file always ends with a whole sample.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "counters/reasons.h"
#include "record/quote.h"
#include "record/recording.h"
#include "xalloc.h"

static int flush(struct recording_writer *writer)
{
	ssize_t len;
	int error;

	/* The text begins anew where the stream is rewound. */
	if (fflush(writer->stream))
		err(EXIT_FAILURE, "cannot allocate memory");
	len = write(writer->file.fd, writer->text, writer->len);
	error = errno;

	if (len != (ssize_t)writer->len) {
		/* Standard output may be a file with more in it than ours. */
		if (len > 0 && writer->file.fd != STDOUT_FILENO &&
		    ftruncate(writer->file.fd, writer->written))
			error = errno;
		errno = len < 0 ? error : ENOSPC;
		warn("%s", writer->file.name);
		return -1;
	}
	writer->written += len;
	rewind(writer->stream);
	return 0;
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
	fprintf(writer->stream, "# start: %s.%06lluZ\n", text, ns % NS_PER_S / NS_PER_US);
}

static void add_part(struct recording_writer *writer, const struct sample *sample)
{
	const struct counters *counters = &sample->all[0];

	fprintf(writer->stream, "# epoch: 0x%016llx\n", counters->epoch);
	fprintf(writer->stream, "# isa: %s\n", isa_name(counters->isa));
	fprintf(writer->stream, "# tsc-khz: %u\n", counters->tsc_khz);
	fprintf(writer->stream, "# features: 0x%x\n", counters->features);
	fprintf(writer->stream, "# max-code: %u\n", counters->max_code);
	fprintf(writer->stream, "# vcpus: %u\n", counters->nr_vcpus);
	fprintf(writer->stream, "# cpus: %u\n", sample->cpus);
}

/**
 * recording_print_away - write the fields of time away, empty where it isn't known
 * @stream: where to
 * @features: EXIT_STATS_F_*
 * @count: the reason
 */
void recording_print_away(FILE *stream, __u32 features, const struct exit_count *count)
{
	const char *blank = "";
	unsigned int i;

	if (features & EXIT_STATS_F_AWAY)
		fprintf(stream, ",%llu,%llu,", count->away, count->longest);
	else
		fputs(",,,", stream);
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (!count->buckets[i])
			continue;
		fprintf(stream, "%s%u:%llu", blank, i, count->buckets[i]);
		blank = " ";
	}
	putc('\n', stream);
}

static bool has_changed(const struct exit_count *record, const struct exit_count *old)
{
	return !old || old->exits != record->exits || old->handled != record->handled ||
	       old->away != record->away || old->longest != record->longest ||
	       memcmp(old->buckets, record->buckets, sizeof(old->buckets));
}

static void add_snapshot(struct recording_writer *writer, const struct counters *counters,
			 const struct counters *before)
{
	size_t i;

	for (i = 0; i < counters->nr; i++) {
		const struct exit_count *record = &counters->counts[i];
		const struct exit_count *old = before ? counters_find(before, record->code) : NULL;
		char reason[REASON_SIZE], vcpu[16] = RECORDING_VM;

		if (!has_changed(record, old))
			continue;
		reason_name(counters->isa, record->code, reason);
		if (counters->this_vcpu)
			snprintf(vcpu, sizeof(vcpu), "%u", counters->vcpu);
		fprintf(writer->stream, "%llu.%06llu,%s,%u,%s,%llu,%llu,%llu",
			writer->last_us / 1000000, writer->last_us % 1000000, vcpu, record->code,
		    reason, record->exits, record->handled,
		    reason_is_own(counters->isa, record->code) ? counters->own : 0);
		recording_print_away(writer->stream, counters->features, record);
	}
}

static void add_sample(struct recording_writer *writer, const struct sample *sample,
		       const struct sample *before)
{
	size_t i;

	for (i = 0; i < sample->nr; i++) {
		const struct counters *counters = &sample->all[i];

		add_snapshot(writer, counters, before ? sample_find(before, counters) : NULL);
	}
}

/**
 * recording_begin - write what is known beforehand, and the first sample
 * @writer: all zero but for its file, opened
 * @sample: the first sample
 * @command: command and arguments that run meanwhile, or NULL
 * @interval_ns: nanoseconds from one sample to the next
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_begin(struct recording_writer *writer, const struct sample *sample,
		    char **command, __u64 interval_ns)
{
	struct utsname name;

	/* Only now: until here the old file might still have been kept. */
	if (output_truncate(&writer->file))
		return -1;

	writer->stream = open_memstream(&writer->text, &writer->len);
	if (!writer->stream)
		err(EXIT_FAILURE, "cannot allocate memory");
	writer->started_ns = sample->time_ns;
	uname(&name);
	fprintf(writer->stream, RECORDING_TITLE "%u\n", RECORDING_FORMAT);
	fprintf(writer->stream, "# tool: cpuid-exits %s\n", CPUID_EXITS_VERSION);
	fprintf(writer->stream, "# abi: %u\n", EXIT_STATS_REVISION);
	fprintf(writer->stream, "# kernel: %s %s %s\n", name.sysname, name.release, name.machine);
	fprintf(writer->stream, "# host: %s\n", name.nodename);
	if (command) {
		char *text = quote_command(command);

		fprintf(writer->stream, "# command: %s\n", text);
		free(text);
	}
	add_start(writer);
	fprintf(writer->stream, "# interval: %llu.%06llu\n", interval_ns / NS_PER_S,
		interval_ns % NS_PER_S / NS_PER_US);
	add_part(writer, sample);
	fprintf(writer->stream, RECORDING_COLUMNS "\n");
	add_sample(writer, sample, NULL);
	return flush(writer);
}

/**
 * recording_add - write a sample
 * @writer: begun
 * @sample: the sample
 * @before: the sample before, NULL if that was of other counters
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_add(struct recording_writer *writer, const struct sample *sample,
		  const struct sample *before)
{
	__u64 us = (sample->time_ns - writer->started_ns) / NS_PER_US;

	/* Time is what keeps samples apart. */
	writer->last_us = us > writer->last_us ? us : writer->last_us + 1;
	if (!before)
		add_part(writer, sample);
	add_sample(writer, sample, before);
	return flush(writer);
}

/**
 * recording_end - write how a recording ended, and close it
 * @writer: begun
 * @how: what the line of the end says
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int recording_end(struct recording_writer *writer, const char *how)
{
	int ret;

	fprintf(writer->stream, "# end: %s\n", how);
	ret = flush(writer);
	fclose(writer->stream);
	free(writer->text);
	return output_close(&writer->file) ? -1 : ret;
}

/**
 * recording_discard - give a recording up
 * @writer: its file opened, or later
 *
 * Removes the file if nothing was written to it.
 */
void recording_discard(struct recording_writer *writer)
{
	if (writer->stream)
		fclose(writer->stream);
	free(writer->text);
	output_discard(&writer->file, writer->written);
}
