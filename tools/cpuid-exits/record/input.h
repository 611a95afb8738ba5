/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_INPUT_H
#define CPUID_EXITS_INPUT_H

#include "record/recording.h"

/**
 * struct input - exits that were read: of this VM, a dump, or a recording
 * @name: of the file, for messages; NULL if it is of this VM
 * @is_recording: it is one, and @rec is there
 * @rec: what the recording says of itself
 * @deltas: the exits in it: of the VM or each vCPU, and that in each part
 * @nr: number of @deltas, at least 1
 */
struct input {
	const char *name;
	bool is_recording;
	struct recording rec;
	struct delta *deltas;
	size_t nr;
};

/**
 * struct input_options - how to read it
 * @features: EXIT_STATS_F_* of what is read of this VM or a dump
 * @from_ns: begin of the slice of a recording, since its first sample
 * @to_ns: its end
 * @vcpus: each vCPU of this VM or a dump on its own
 * @own_queries: don't leave out the exits of own queries
 * @samples: print each sample of a recording, which is enough
 * @log: for the answers of CPUID that are made use of, or NULL
 */
struct input_options {
	__u32 features;
	__u64 from_ns, to_ns;
	bool vcpus;
	bool own_queries;
	bool samples;
	struct dump *log;
};

/*
 * Reads a file, "-" is stdin, or this VM if @path is NULL, which must outlive @input.  -1 after
 * saying what is wrong; input_free() is due anyway.
 */
int input_load(struct input *input, const char *path, const struct input_options *options);

/* How many deltas are of the same part as that, from there on. */
size_t input_part(const struct input *input, size_t first);
void input_free(struct input *input);

#endif /* CPUID_EXITS_INPUT_H */
