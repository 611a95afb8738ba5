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
/* Of what report --samples prints. */
#define RECORDING_SAMPLES							\
	"part,isa,tsc-khz,features,vcpus,time,vcpu,code,reason,idle,exits,own," \
	"handled,away,longest,buckets"

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

int recording_begin(struct recording_writer *writer, const struct sample *sample,
		    char **command, __u64 interval_ns);
int recording_add(struct recording_writer *writer, const struct sample *sample,
		  const struct sample *before);
int recording_end(struct recording_writer *writer, const char *how);
void recording_print_away(FILE *stream, __u32 features, const struct exit_count *count);
void recording_discard(struct recording_writer *writer);

/**
 * struct recording_part - what a recording has of one VM's counters
 * @epoch: id of the counters
 * @first: line in the file that it begins in
 * @deltas: the exits, of the VM or of each vCPU; none if it has less than two samples
 * @nr: number of @deltas
 */
struct recording_part {
	__u64 epoch;
	unsigned long first;
	struct delta *deltas;
	size_t nr;
};

/**
 * struct recording - a recording, or a slice of one, that was read
 * @path: of the file
 * @tool: program and version that wrote it, or NULL
 * @command: that ran meanwhile, or NULL
 * @start: date and time of the first sample, or NULL
 * @host: name of the VM, or NULL
 * @kernel: of the VM, or NULL
 * @end: how it ended, or NULL
 * @abi: revision of the leaf
 * @samples: number of samples in the slice
 * @has_vcpus: it is of vCPUs, not of the VM
 * @parts: the parts
 * @nr: number of @parts
 */
struct recording {
	const char *path;
	char *tool;
	char *command;
	char *start;
	char *host;
	char *kernel;
	char *end;
	unsigned int abi;
	unsigned int samples;
	bool has_vcpus;
	struct recording_part *parts;
	size_t nr;
};

int recording_load(struct recording *rec, FILE *stream, const char *path, __u64 from_ns,
		   __u64 to_ns, FILE *samples);
void recording_free(struct recording *rec);

#endif /* CPUID_EXITS_RECORDING_H */
