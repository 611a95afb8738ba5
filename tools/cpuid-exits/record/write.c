// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes recordings.  What belongs together is written at once, and if that fails
 * is taken back, so that a file always ends with a whole sample.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "counters/lines.h"
#include "counters/reasons.h"
#include "fail.h"
#include "record/recording.h"

static void quote(FILE *stream, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_^";
	/* $'...' can hold all, a new line too. */
	const bool is_dollar = has_control(text, strlen(text), "");

	if (*text && !text[strspn(text, plain)]) {
		fputs(text, stream);
		return;
	}
	fputs(is_dollar ? "$'" : "'", stream);
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			fprintf(stream, "\\x%02x", *text);
		else if (is_dollar && strchr("'\\", *text))
			fprintf(stream, "\\%c", *text);
		else if (*text == '\'')
			fputs("'\\''", stream);
		else
			putc(*text, stream);
	}
	putc('\'', stream);
}

char *quote_command(char **argv)
{
	char *line = NULL;
	size_t size;
	FILE *stream = open_memstream(&line, &size);

	if (!stream)
		err(EXIT_FAILURE, "cannot allocate memory");
	while (*argv) {
		quote(stream, *argv);
		if (*++argv)
			putc(' ', stream);
	}
	if (fclose(stream))
		err(EXIT_FAILURE, "cannot allocate memory");
	return line;
}

static int flush(struct recording_writer *writer)
{
	ssize_t len;
	int error;

	/* The text begins anew where the stream is rewound. */
	if (fflush(writer->stream))
		err(EXIT_FAILURE, "cannot allocate memory");
	len = write(writer->file.fd, writer->text, writer->len);
	error = errno;
	if (len == (ssize_t)writer->len) {
		writer->written += len;
		rewind(writer->stream);
		return 0;
	}
	/* Standard output may be a file with more in it than ours. */
	if (len > 0 && writer->file.fd != STDOUT_FILENO &&
	    ftruncate(writer->file.fd, writer->written))
		error = errno;
	errno = len < 0 ? error : ENOSPC;
	return fail_errno("%s", writer->file.name);
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

static void add_part(struct recording_writer *writer, const struct counters *counters)
{
	const __u32 features = counters->features & ~(writer->has_keys ? 0 : EXIT_STATS_F_KEYS);

	fprintf(writer->stream,
		"# epoch: 0x%016llx\n# isa: %s\n# tsc-khz: %u\n# features: 0x%x\n"
		"# max-code: %u\n# vcpus: %u\n# cpus: %u\n",
		counters->epoch, isa_name(counters->isa), counters->tsc_khz, features,
		counters->max_code, counters->nr_vcpus, counters->cpus);
}

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
}

static bool has_changed(const struct exit_count *count, const struct exit_count *old)
{
	return !old || old->longest != count->longest ||
	       memcmp(old->sums, count->sums, sizeof(old->sums));
}

static void add_counters(struct recording_writer *writer, const struct counters *counters,
			 const struct counters *before)
{
	char reason[REASON_SIZE], vcpu[16] = RECORDING_VM;
	size_t i;

	if (counters->this_vcpu)
		snprintf(vcpu, sizeof(vcpu), "%u", counters->vcpu);
	for (i = 0; i < counters->nr; i++) {
		const struct exit_count *count = &counters->counts[i];

		if (!has_changed(count, before ? counters_find(before, count) : NULL) ||
		    (count->has_key && !writer->has_keys))
			continue;
		reason_name(counters->isa, count->code, reason);
		fprintf(writer->stream, "%llu.%06llu,%s,%u,%s,%llu,%llu,%llu",
			writer->last_us / 1000000, writer->last_us % 1000000, vcpu, count->code,
			reason, count->exits, count->handled, count->own);
		recording_print_away(writer->stream, counters->features, count);
		if (count->has_key)
			fprintf(writer->stream, ",0x%llx,\"%s\"\n", count->key, count->name);
		else
			fputs(writer->has_keys ? ",,\n" : "\n", writer->stream);
	}
}

static int write_sample(struct recording_writer *writer, const struct sample *sample,
			const struct sample *before)
{
	size_t i;

	for (i = 0; i < sample->nr; i++)
		add_counters(writer, &sample->all[i],
			     before ? sample_find(before, &sample->all[i]) : NULL);
	return flush(writer);
}

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
	writer->has_keys = sample->all[0].features & EXIT_STATS_F_KEYS;
	writer->started_ns = sample->time_ns;
	uname(&name);
	fprintf(writer->stream,
		RECORDING_TITLE "%u\n# tool: cpuid-exits %s\n# abi: %u\n# kernel: %s %s %s\n"
		"# host: %s\n",
		RECORDING_FORMAT, CPUID_EXITS_VERSION, EXIT_STATS_REVISION, name.sysname,
		name.release, name.machine, name.nodename);
	if (command) {
		char *text = quote_command(command);

		fprintf(writer->stream, "# command: %s\n", text);
		free(text);
	}
	add_start(writer);
	fprintf(writer->stream, "# interval: %llu.%06llu\n", interval_ns / NS_PER_S,
		interval_ns % NS_PER_S / NS_PER_US);
	add_part(writer, sample->all);
	fprintf(writer->stream, RECORDING_COLUMNS "%s\n", writer->has_keys ? RECORDING_KEYS : "");
	return write_sample(writer, sample, NULL);
}

int recording_add(struct recording_writer *writer, const struct sample *sample,
		  const struct sample *before)
{
	const __u64 us = (sample->time_ns - writer->started_ns) / NS_PER_US;

	/* Time is what keeps samples apart. */
	writer->last_us = us > writer->last_us ? us : writer->last_us + 1;
	if (!before)
		add_part(writer, sample->all);
	return write_sample(writer, sample, before);
}

int recording_end(struct recording_writer *writer, const char *how)
{
	int ret;

	fprintf(writer->stream, "# end: %s\n", how);
	ret = flush(writer);
	fclose(writer->stream);
	free(writer->text);
	return output_close(&writer->file) ? -1 : ret;
}

void recording_discard(struct recording_writer *writer)
{
	if (writer->stream)
		fclose(writer->stream);
	free(writer->text);
	output_discard(&writer->file, writer->written);
}
