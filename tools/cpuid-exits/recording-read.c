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
#include "names.h"
#include "recording-reader.h"
#include "xalloc.h"

static const char *const part_keys[NR_KEYS] = {
	"epoch", "isa", "tsc-khz", "features", "max-code", "vcpus", "cpus"
};

/**
 * reader_bad - say what is wrong with the line
 * @reader: the reader
 * @format: of printf(), without a newline
 *
 * Return: -1.
 */
int reader_bad(const struct reader *reader, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	warnx("%s:%lu: %s", reader->rec->path, reader->line, text);
	return -1;
}

/**
 * reader_number - read a number
 * @text: the number, and nothing else
 * @base: 10, or 16 with 0x before it
 * @max: the highest that makes sense
 * @value: where to put it
 *
 * Return: 0, or -1 if it isn't one.
 */
int reader_number(const char *text, int base, __u64 max, __u64 *value)
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
	struct snapshot *vm = &reader->vm;
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
	    reader_number(text, key == KEY_EPOCH || key == KEY_FEATURES ? 16 : 10, max, &value))
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
		/* What format 1 has no columns for. */
		if (reader->format == 1)
			value &= KVM_EXIT_STATS_F_CYCLES;
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
	if (!strcmp(text, "tool"))
		return keep(reader, &rec->tool, text, value);
	if (!strcmp(text, "command"))
		return keep(reader, &rec->command, text, value);
	if (!strcmp(text, "start"))
		return keep(reader, &rec->start, text, value);
	if (!strcmp(text, "end"))
		return keep(reader, &rec->end, text, value);
	if (!strcmp(text, "abi")) {
		if (reader_number(value, 10, ~0U, &abi))
			return reader_bad(reader, "'%s' is no value for 'abi'", value);
		rec->abi = abi;
	}
	return 0;
}

static int title_line(struct reader *reader, const char *text)
{
	__u64 format;

	if (strncmp(text, RECORDING_TITLE, strlen(RECORDING_TITLE)) ||
	    reader_number(text + strlen(RECORDING_TITLE), 10, ~0ULL, &format))
		return reader_bad(reader, "not a recording of cpuid-exits");
	if (!format || format > RECORDING_FORMAT)
		return reader_bad(reader, "a recording in format %llu, this program knows 1 to %d",
				  format, RECORDING_FORMAT);
	reader->format = format;
	return 0;
}

static int read_line(struct reader *reader, char *text)
{
	if (reader->line == 1)
		return title_line(reader, text);
	if (*text == '#')
		return note_line(reader, text);
	if (!reader->has_columns) {
		const char *columns = reader->format == 1 ? RECORDING_COLUMNS_1 :
							    RECORDING_COLUMNS;

		if (strcmp(text, columns))
			return reader_bad(reader, "not the columns %s", columns);
		reader->has_columns = true;
		return 0;
	}
	return reader_sample(reader, text);
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
	if (!reader->line) {
		warnx("%s: the file is empty", reader->rec->path);
		return -1;
	}
	if (reader->line == 1 && is_torn)
		return reader_bad(reader, "not a recording of cpuid-exits");
	if (!reader->has_samples)
		return reader_bad(reader, "cut off before the first sample");
	if (is_torn)
		reader_bad(reader, "cut off in this line, which is left out");
	else if (!reader->rec->end)
		reader_bad(reader, "cut off after this line, or still being written");
	return 0;
}

/**
 * recording_load - read a recording, or a slice of it
 * @rec: is overwritten; for recording_free() whatever is returned
 * @path: of the file, "-" is standard input; must outlive @rec
 * @from_ns: where the slice begins, since the first sample
 * @to_ns: where it ends
 *
 * Says on stderr what is wrong, and also what is worth knowing but no error: that the
 * recording was cut off, what is there is good; and where its parts begin.
 *
 * Return: 0, or -1 if the file can't be read, or is not a recording as it was
 * written.
 */
int recording_load(struct recording *rec, const char *path, __u64 from_ns, __u64 to_ns)
{
	struct reader reader = {
		.rec = rec,
		.from_us = (from_ns + NS_PER_US - 1) / NS_PER_US,
		.to_us = to_ns / NS_PER_US,
	};
	bool is_stdin = !strcmp(path, "-");
	size_t i;
	int ret;

	memset(rec, 0, sizeof(*rec));
	rec->path = is_stdin ? "stdin" : path;
	reader.stream = is_stdin ? stdin : fopen(path, "r");
	if (!reader.stream) {
		warn("%s", path);
		return -1;
	}

	ret = read_lines(&reader);
	if (!is_stdin)
		fclose(reader.stream);
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

		spans_free(part->spans, part->nr);
	}
	free(rec->parts);
	free(rec->tool);
	free(rec->command);
	free(rec->start);
	free(rec->end);
	memset(rec, 0, sizeof(*rec));
}
