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
/* Where keys are counted. */
#define RECORDING_KEYS		",key,name"
/* A sample's vcpu if it is of the whole VM. */
#define RECORDING_VM		"all"

/* A recording being written. */
struct recording_writer {
	struct output_file file;
	bool has_keys;		/* as the line of the columns says */
	__u64 started_ns;	/* time of the first sample, as clock_now() tells it */
	__u64 last_us;		/* time of the last sample, since the first */
	FILE *stream;		/* writes to @text */
	char *text;		/* what is to be written next */
	size_t len;
	off_t written;		/* bytes in the file */
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

/* The fields of time away, empty where it isn't known. */
void recording_print_away(FILE *stream, __u32 features, const struct exit_count *count);

/* A command in one line, as a shell would take it again; for free(). */
char *quote_command(char **argv);

/* What a recording, or a slice of one, says of itself; texts are NULL if it doesn't. */
struct recording {
	char *tool;		/* program and version that wrote it */
	char *command;		/* that ran meanwhile */
	char *start;		/* date and time of the first sample */
	char *host;		/* name of the VM */
	char *kernel;		/* of the VM */
	char *end;		/* how it ended */
	__u32 abi;		/* revision of the leaf */
	unsigned int samples;	/* in the slice */
	unsigned long *part_lines;	/* line in the file that each part begins in */
	size_t nr_parts;
};

/* Exits that were read: of this VM, a dump, or a recording. */
struct input {
	const char *name;	/* of the file, for messages; NULL if it is of this VM */
	bool is_recording;	/* else it has no @rec */
	struct recording rec;
	struct delta *deltas;	/* of the VM or each vCPU, and that in each part */
	size_t nr;		/* at least 1 */
};

/* How to read it. */
struct input_options {
	__u32 features;		/* EXIT_STATS_F_* of what is read of this VM or a dump */
	__u64 from_ns, to_ns;	/* slice of a recording, since its first sample */
	bool vcpus;		/* each vCPU of this VM or a dump on its own */
	bool own_queries;	/* don't leave them out */
	bool samples;		/* print each sample of a recording, which is enough */
	struct dump *log;	/* for the answers of CPUID that are made use of, or NULL */
};

/*
 * Reads a file, "-" is stdin, or this VM if @path is NULL, which must outlive @input.  -1 after
 * saying what is wrong; input_free() is due anyway.
 */
int input_load(struct input *input, const char *path, const struct input_options *options);

/* How many deltas are of the same part as that, from there on. */
size_t input_part(const struct input *input, size_t first);
void input_free(struct input *input);

/* Adds its deltas to the input. */
int recording_load(struct input *input, FILE *stream, const struct input_options *options);

#endif /* CPUID_EXITS_RECORDING_H */
