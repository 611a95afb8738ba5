/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_INPUT_H
#define CPUID_EXITS_INPUT_H

#include "record/recording.h"

/**
 * struct input - what was read: a recording, a dump, or the counters of this VM
 * @name: of the file, for messages; NULL if it is this VM
 * @is_recording: it is one, and @rec is there; else @sample
 * @rec: the recording
 * @sample: what the dump or the VM has
 * @deltas: the exits in it: of the VM or each vCPU, and that in each part
 * @nr: number of @deltas, at least 1
 */
struct input {
	const char *name;
	bool is_recording;
	struct recording rec;
	struct sample sample;
	struct delta *deltas;
	size_t nr;
};

/**
 * struct input_options - how to read it
 * @features: EXIT_STATS_F_* of what is read of a dump
 * @from_ns: begin of the slice of a recording
 * @to_ns: its end
 * @vcpus: each vCPU of a dump on its own
 * @own_queries: don't leave out the exits of own queries
 * @log: for the answers of a dump that are made use of, or NULL
 */
struct input_options {
	__u32 features;
	__u64 from_ns, to_ns;
	bool vcpus;
	bool own_queries;
	struct dump *log;
};

FILE *input_open(const char *path, const char **name, bool *is_recording);
void input_close(FILE *stream);
int input_load(struct input *input, const char *path, const struct input_options *options);
void input_free(struct input *input);

#endif /* CPUID_EXITS_INPUT_H */
