/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_RECORDING_H
#define CPUID_EXITS_RECORDING_H

/* docs/recording.md describes the format. */

#include <stdio.h>

#include "counters/delta.h"
#include "output/file.h"

#define RECORDING_FORMAT	2
#define RECORDING_TITLE		"# cpuid-exits recording "
#define RECORDING_COLUMNS	"time,vcpu,code,reason,exits,cycles,own,away,longest,buckets"

/* A sample's vcpu if it is of the whole VM. */
#define RECORDING_VM		"all"

/**
 * struct recording_writer - a recording being written
 * @file: where to
 * @started_ns: time of the first sample, as clock_now() tells it
 * @last_us: time of the last sample, since the first
 * @stream: writes to @text
 * @text: what is to be written next
 * @len: length of @text
 * @written: bytes in the file
 */
struct recording_writer {
	struct output_file file;
	__u64 started_ns;
	__u64 last_us;
	FILE *stream;
	char *text;
	size_t len;
	off_t written;
};

/*
 * Each is -1 after saying what can't be written.  What begins is all zero but for its file,
 * opened; @before is NULL if it is of other counters; @how is what the line of the end says.
 */
int recording_begin(struct recording_writer *writer, const struct sample *sample,
		    char **command, __u64 interval_ns);
int recording_add(struct recording_writer *writer, const struct sample *sample,
		  const struct sample *before);
int recording_end(struct recording_writer *writer, const char *how);

/* Gives it up, begun or not; removes the file if nothing was written to it. */
void recording_discard(struct recording_writer *writer);

/* The fields of time away, empty where it isn't known, and a new line. */
void recording_print_away(FILE *stream, __u32 features, const struct exit_count *count);

/* A command in one line, as a shell would take it again; for free(). */
char *quote_command(char **argv);

/**
 * struct recording - what a recording, or a slice of one, says of itself
 * @tool: program and version that wrote it; as all texts NULL if it doesn't say so
 * @command: that ran meanwhile
 * @start: date and time of the first sample
 * @host: name of the VM
 * @kernel: of the VM
 * @end: how it ended
 * @abi: revision of the leaf
 * @samples: number of samples in the slice
 * @part_lines: line in the file that each part begins in
 * @nr_parts: number of them
 */
struct recording {
	char *tool;
	char *command;
	char *start;
	char *host;
	char *kernel;
	char *end;
	__u32 abi;
	unsigned int samples;
	unsigned long *part_lines;
	size_t nr_parts;
};

/* Adds its deltas to the input. */
struct input;
struct input_options;
int recording_load(struct input *input, FILE *stream, const struct input_options *options);
void recording_free(struct recording *rec);

#endif /* CPUID_EXITS_RECORDING_H */
