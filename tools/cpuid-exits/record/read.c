// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the lines of recordings, and checks that they are as they were written.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "counters/reasons.h"
#include "record/parts.h"
#include "xalloc.h"

#define NR_FIELDS	10

static const char *const part_keys[NR_KEYS] = {
	"epoch", "isa", "tsc-khz", "features", "max-code", "vcpus", "cpus"
};

/* Reads a number, and nothing else; one in hexadecimal has 0x before it. */
static int number(const char *text, int base, __u64 max, __u64 *value)
{
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";

	if (base == 16) {
		if (strncmp(text, "0x", 2))
			return -1;
		text += 2;
	}
	if (!*text || text[strspn(text, digits)])
		return -1;
	errno = 0;
	*value = strtoull(text, NULL, base);
	return errno || *value > max ? -1 : 0;
}

static int part_line(struct reader *reader, unsigned int key, const char *text)
{
	const __u64 max = key == KEY_EPOCH ? ~0ULL : ~0U;
	struct counters *vm = &reader->vm;
	__u64 value = 0;

	if (key == KEY_EPOCH && parts_begin(reader))
		return -1;
	if (!reader->rec->nr)
		return reader_bad(reader, "'%s' before any epoch", part_keys[key]);
	if (reader->keys & 1u << key || reader->nr_tracks)
		return reader_bad(reader, "'%s' does not belong here", part_keys[key]);
	if (key == KEY_ISA)
		value = isa_find(text);
	if (key == KEY_ISA ? !value && strcmp(text, isa_name(0)) :
	    number(text, key == KEY_EPOCH || key == KEY_FEATURES ? 16 : 10, max, &value))
		return reader_bad(reader, "'%s' is no value for '%s'", text, part_keys[key]);

	reader->keys |= 1u << key;
	switch (key) {
	case KEY_EPOCH:
		vm->epoch = value;
		reader->rec->parts[reader->rec->nr - 1].epoch = value;
		break;
	case KEY_ISA:
		vm->isa = value;
		break;
	case KEY_TSC_KHZ:
		vm->tsc_khz = value;
		break;
	case KEY_FEATURES:
		vm->features = value;
		break;
	case KEY_MAX_CODE:
		vm->max_code = value;
		break;
	case KEY_VCPUS:
		vm->nr_vcpus = value;
		break;
	case KEY_CPUS:
		reader->cpus = value;
		break;
	}
	return 0;
}

static int keep(struct reader *reader, char **to, const char *key, const char *value)
{
	if (*to)
		return reader_bad(reader, "there are two lines of '%s'", key);
	*to = xstrdup(value);
	return 0;
}

/* What begins with a #. */
static int note_line(struct reader *reader, char *text)
{
	struct recording *rec = reader->rec;
	char *value = strstr(text, ": ");
	unsigned int i;
	__u64 abi;

	if (!strncmp(text, RECORDING_TITLE, strlen(RECORDING_TITLE)))
		return reader_bad(reader, "another recording begins here");
	if (!value || strncmp(text, "# ", 2))
		return 0;
	*value = '\0';
	value += 2;
	text += 2;

	for (i = 0; i < NR_KEYS; i++) {
		if (!strcmp(text, part_keys[i]))
			return part_line(reader, i, value);
	}
	if (reader->samples && strcmp(text, "end"))
		fprintf(reader->samples, "# %s: %s\n", text, value);
	if (!strcmp(text, "tool"))
		return keep(reader, &rec->tool, text, value);
	if (!strcmp(text, "command"))
		return keep(reader, &rec->command, text, value);
	if (!strcmp(text, "host"))
		return keep(reader, &rec->host, text, value);
	if (!strcmp(text, "kernel"))
		return keep(reader, &rec->kernel, text, value);
	if (!strcmp(text, "start"))
		return keep(reader, &rec->start, text, value);
	if (!strcmp(text, "end"))
		return keep(reader, &rec->end, text, value);
	if (!strcmp(text, "abi")) {
		if (number(value, 10, ~0U, &abi))
			return reader_bad(reader, "'%s' is no value for 'abi'", value);
		rec->abi = abi;
	}
	return 0;
}

static int title_line(struct reader *reader, const char *text)
{
	__u64 format;

	if (strncmp(text, RECORDING_TITLE, strlen(RECORDING_TITLE)) ||
	    number(text + strlen(RECORDING_TITLE), 10, ~0ULL, &format))
		return reader_bad(reader, "not a recording of cpuid-exits");
	if (format != RECORDING_FORMAT)
		return reader_bad(reader, "a recording in format %llu, this program knows %d",
				  format, RECORDING_FORMAT);
	return 0;
}

/* Seconds with 6 digits behind the point. */
static int parse_time(char *text, __u64 *us)
{
	char *point = strchr(text, '.');
	__u64 seconds;

	if (!point || strlen(point + 1) != 6)
		return -1;
	*point = '\0';
	if (number(text, 10, ~0ULL / NS_PER_S - 1, &seconds) ||
	    number(point + 1, 10, ~0ULL, us))
		return -1;
	*us += seconds * 1000000;
	return 0;
}

/* "BUCKET:COUNT BUCKET:COUNT", those that aren't empty. */
static int parse_buckets(char *text, __u64 buckets[EXIT_STATS_NR_BUCKETS])
{
	__u64 next = 0;

	while (text) {
		char *count = strsep(&text, " ");
		char *bucket = strsep(&count, ":");
		__u64 b;

		if (!count ||
		    number(bucket, 10, EXIT_STATS_NR_BUCKETS - 1, &b) ||
		    b < next || number(count, 10, ~0ULL, &buckets[b]) ||
		    !buckets[b])
			return -1;
		next = b + 1;
	}
	return 0;
}

/* Each field is there if the part's features say so, and else empty. */
static int parse_away(const struct reader *reader, char *fields[3],
		      struct exit_count *count)
{
	__u64 *const values[] = { &count->away, &count->longest };
	const __u32 features = reader->vm.features;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (features & EXIT_STATS_F_AWAY ?
		    number(fields[i], 10, ~0ULL, values[i]) : *fields[i])
			return reader_bad(reader, "'%s' is no time away where features are 0x%x",
					  fields[i], features);
	}
	if (*fields[2] && !(features & EXIT_STATS_F_BUCKETS))
		return reader_bad(reader, "'%s' are no buckets where features are 0x%x",
				  fields[2], features);
	if (*fields[2] && parse_buckets(fields[2], count->buckets))
		return reader_bad(reader, "not the buckets of a sample");
	return 0;
}

static void print_sample(const struct reader *reader, bool is_vcpu, __u32 vcpu,
			 const char *reason, const struct exit_count *count, __u64 own)
{
	const struct counters *vm = &reader->vm;
	FILE *stream = reader->samples;
	char text[16] = RECORDING_VM;

	if (is_vcpu)
		snprintf(text, sizeof(text), "%u", vcpu);
	fprintf(stream, "%zu,%s,%u,0x%x,%u,%llu.%06llu,%s,%u,%s,%d,%llu,%llu,%llu",
		reader->rec->nr, isa_name(vm->isa), vm->tsc_khz, vm->features, vm->nr_vcpus,
		reader->us / 1000000, reader->us % 1000000, text, count->code, reason,
		reason_is_idle(vm->isa, count->code), count->exits, own, count->handled);
	recording_print_away(stream, vm->features, count);
}

static int sample_line(struct reader *reader, char *text)
{
	struct exit_count count = {};
	__u64 us, vcpu = 0, code, own;
	__u64 *const values[] = { &count.exits, &count.handled, &own };
	char *fields[NR_FIELDS];
	bool is_vcpu;
	size_t i;

	for (i = 0; i < NR_FIELDS; i++)
		fields[i] = strsep(&text, ",");
	if (text || !fields[NR_FIELDS - 1])
		return reader_bad(reader, "not the %d fields of a sample", NR_FIELDS);

	is_vcpu = strcmp(fields[1], RECORDING_VM);
	if (parse_time(fields[0], &us) ||
	    (is_vcpu && number(fields[1], 10, ~0U, &vcpu)) ||
	    number(fields[2], 10, EXIT_STATS_CODE_OTHER, &code))
		return reader_bad(reader, "not the time, vCPU and code of a sample");
	count.code = code;
	for (i = 0; i < 3; i++) {
		if (number(fields[4 + i], 10, ~0ULL, values[i]))
			return reader_bad(reader, "'%s' is not a count", fields[4 + i]);
	}

	if (!reader->has_columns || reader->keys != (1u << NR_KEYS) - 1)
		return reader_bad(reader, "a sample before all is said that comes before it");
	if (parse_away(reader, &fields[7], &count))
		return -1;
	if (reader->rec->end)
		return reader_bad(reader, "a sample after the end");
	if (reader->has_samples && us < reader->us)
		return reader_bad(reader, "time goes back");
	if (reader->has_samples && is_vcpu != reader->rec->has_vcpus)
		return reader_bad(reader, "counts of the VM and of vCPUs are mixed");
	if (reader->in_sample && us > reader->us)
		parts_finish_sample(reader);
	if (reader->has_samples && !reader->in_sample && us == reader->us)
		return reader_bad(reader, "time stands still");

	reader->rec->has_vcpus = is_vcpu;
	reader->has_samples = true;
	reader->in_sample = true;
	reader->us = us;
	if (parts_count(reader, vcpu, &count, own))
		return -1;
	if (reader->samples)
		print_sample(reader, is_vcpu, vcpu, fields[3], &count, own);
	return 0;
}

static int read_line(struct reader *reader, char *text)
{
	if (reader->line == 1)
		return title_line(reader, text);
	if (*text == '#')
		return note_line(reader, text);
	if (!reader->has_columns) {
		if (strcmp(text, RECORDING_COLUMNS))
			return reader_bad(reader, "not the columns %s", RECORDING_COLUMNS);
		reader->has_columns = true;
		if (reader->samples)
			fprintf(reader->samples, RECORDING_SAMPLES "\n");
		return 0;
	}
	return sample_line(reader, text);
}

/* They would do to a terminal, with the command or a message, what they like. */
static bool has_control(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (iscntrl((unsigned char)line[i]) && !strchr("\t\n", line[i]))
			return true;
	}
	return memchr(line, '\0', len);
}

static int read_lines(struct reader *reader)
{
	bool is_torn = false;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&line, &size, reader->stream)) >= 0) {
		reader->line++;
		if (has_control(line, len)) {
			ret = reader_bad(reader, "not a text file");
		} else if (line[len - 1] != '\n') {
			is_torn = true;
		} else {
			line[len - 1] = '\0';
			ret = read_line(reader, line);
		}
	}
	free(line);
	if (!ret && ferror(reader->stream)) {
		warn("%s", reader->rec->path);
		ret = -1;
	}
	if (ret)
		return ret;
	if (reader->line == 1 && is_torn)
		return reader_bad(reader, "not a recording of cpuid-exits");
	if (!reader->has_samples)
		return reader_bad(reader, "cut off before the first sample");
	if (is_torn)
		reader_bad(reader, "cut off in this line, which is left out");
	else if (!reader->rec->end)
		reader_bad(reader, "cut off after this line, or still being written");
	if (reader->samples && reader->rec->end)
		fprintf(reader->samples, "# end: %s\n", reader->rec->end);
	if (reader->samples)
		fprintf(reader->samples, "# truncated: %s\n",
			is_torn || !reader->rec->end ? "yes" : "no");
	return 0;
}

/**
 * recording_load - read a recording, or a slice of it
 * @rec: is overwritten; for recording_free() whatever is returned
 * @stream: the file
 * @path: its name, for messages; must outlive @rec
 * @from_ns: where the slice begins, since the first sample
 * @to_ns: where it ends
 * @samples: where to print each sample, or NULL
 *
 * Says on stderr what is wrong, and also what is worth knowing but no error: that the
 * recording was cut off, what is there is good; and where its parts begin.
 *
 * Return: 0, or -1 if the file can't be read, or is not a recording as it was
 * written.
 */
int recording_load(struct recording *rec, FILE *stream, const char *path, __u64 from_ns,
		   __u64 to_ns, FILE *samples)
{
	struct reader reader = {
		.rec = rec,
		.stream = stream,
		.samples = samples,
		.from_us = (from_ns + NS_PER_US - 1) / NS_PER_US,
		.to_us = to_ns / NS_PER_US,
	};
	size_t i;
	int ret;

	memset(rec, 0, sizeof(*rec));
	rec->path = path;
	if (samples)
		fprintf(samples, "# cpuid-exits samples\n");
	ret = read_lines(&reader);
	if (!ret && rec->nr)
		ret = parts_finish(&reader);
	/* A part in which something is wrong is not finished, or has failed to. */
	parts_free(&reader);
	for (i = 1; !ret && i < rec->nr; i++)
		warnx("%s:%lu: the VM was moved or restored here: its counters began again",
		      rec->path, rec->parts[i].first);
	return ret;
}

/**
 * recording_free - free what a recording has of the heap
 * @rec: as recording_load() left it
 */
void recording_free(struct recording *rec)
{
	while (rec->nr) {
		struct recording_part *part = &rec->parts[--rec->nr];

		deltas_free(part->deltas, part->nr);
	}
	free(rec->parts);
	free(rec->tool);
	free(rec->command);
	free(rec->start);
	free(rec->host);
	free(rec->kernel);
	free(rec->end);
	memset(rec, 0, sizeof(*rec));
}
