/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_PARTS_H
#define CPUID_EXITS_PARTS_H

#include <stdio.h>

#include "record/recording.h"

/* Lines that each part has to have, in the order of part_keys. */
enum { KEY_EPOCH, KEY_ISA, KEY_TSC_KHZ, KEY_FEATURES, KEY_MAX_CODE, KEY_VCPUS, KEY_CPUS, NR_KEYS };

/**
 * struct track - the counters of the VM or of a vCPU, in one part
 * @now: as of the lines read so far
 * @first: at the begin of the slice
 * @last: at its end, so far
 * @has_first: @first and @last are there
 * @first_us: time of @first
 * @us: time of the last line
 * @code: code of the last line
 */
struct track {
	struct counters now, first, last;
	bool has_first;
	__u64 first_us;
	__u64 us;
	__u32 code;
};

/**
 * struct reader - a recording being read
 * @rec: what has been read
 * @stream: the file
 * @samples: where samples are printed to, or NULL
 * @line: number of the line
 * @from_us: begin of the slice
 * @to_us: end of the slice
 * @has_columns: the line that names the columns was there
 * @has_samples: some sample was there
 * @in_sample: a sample is not complete
 * @us: time of that sample, or of the last one
 * @keys: lines of the part that were there, each a bit
 * @vm: what they say
 * @cpus: likewise
 * @last_us: time of the last sample in the slice
 * @tracks: counters in the part
 * @nr_tracks: number of @tracks
 */
struct reader {
	struct recording *rec;
	FILE *stream;
	FILE *samples;
	unsigned long line;
	__u64 from_us;
	__u64 to_us;
	bool has_columns;
	bool has_samples;
	bool in_sample;
	__u64 us;
	unsigned int keys;
	struct counters vm;
	unsigned int cpus;
	__u64 last_us;
	struct track *tracks;
	size_t nr_tracks;
};

[[gnu::format(printf, 2, 3)]]
int reader_bad(const struct reader *reader, const char *format, ...);

int parts_begin(struct reader *reader);
int parts_count(struct reader *reader, __u32 vcpu, const struct exit_count *count, __u64 own);
void parts_finish_sample(struct reader *reader);
int parts_finish(struct reader *reader);
void parts_free(struct reader *reader);

#endif /* CPUID_EXITS_PARTS_H */
