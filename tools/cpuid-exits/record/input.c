// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a file, be it a recording or a dump of CPUID's answers.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "record/input.h"
#include "xalloc.h"

/**
 * input_open - open a file, and look what it is
 * @path: of the file, "-" is standard input
 * @name: where to put its name, for messages
 * @is_recording: where to put whether it is a recording
 *
 * Return: the file, for input_close(); NULL after saying on stderr what is wrong.
 */
FILE *input_open(const char *path, const char **name, bool *is_recording)
{
	const bool is_stdin = !strcmp(path, "-");
	FILE *stream = is_stdin ? stdin : fopen(path, "r");
	int first;

	*name = is_stdin ? "stdin" : path;
	if (!stream) {
		warn("%s", path);
		return NULL;
	}
	/* A recording begins with a comment, which a dump never has. */
	first = getc(stream);
	*is_recording = first == '#';
	if (first != EOF) {
		ungetc(first, stream);
		return stream;
	}
	if (ferror(stream))
		warn("%s", *name);
	else
		warnx("%s: the file is empty", *name);
	input_close(stream);
	return NULL;
}

/**
 * input_close - close a file
 * @stream: as input_open() returned it
 */
void input_close(FILE *stream)
{
	if (stream != stdin)
		fclose(stream);
}

/* Puts the deltas of all parts together, which stay those of the recording. */
static int take_recording(struct input *input, const struct input_options *options)
{
	const struct recording *rec = &input->rec;
	size_t part;

	for (part = 0; part < rec->nr; part++) {
		const struct recording_part *from = &rec->parts[part];

		if (!from->nr)
			continue;
		if (!options->own_queries)
			deltas_leave_out_own(from->deltas, from->nr);
		input->deltas = xreallocarray(input->deltas, input->nr + from->nr,
					      sizeof(*input->deltas));
		memcpy(&input->deltas[input->nr], from->deltas, from->nr * sizeof(*from->deltas));
		input->nr += from->nr;
	}
	if (input->nr)
		return 0;
	warnx("%s: less than two samples%s", input->name,
	      options->from_ns || options->to_ns != ~0ULL ? " from --from to --to" : "");
	return -1;
}

/* What @source has at one time; own queries of a dump are not known. */
static int take_sample(struct input *input, struct source *source,
		       const struct input_options *options)
{
	source->log = options->log;
	source->features = options->features;
	if (sample_take(&input->sample, source, options->vcpus))
		return -1;
	deltas_whole(&input->deltas, &input->nr, &input->sample);
	if (!source->dump && !options->own_queries)
		deltas_leave_out_own(input->deltas, input->nr);
	return 0;
}

static int load_dump(struct input *input, FILE *stream, const struct input_options *options)
{
	struct dump dump;
	int ret = dump_load(&dump, stream, input->name);

	if (!ret) {
		struct source source = { .dump = &dump, .cpu = dump.first_cpu };

		ret = take_sample(input, &source, options);
	}
	dump_free(&dump);
	return ret;
}

/**
 * input_load - read a file, or the counters of this VM
 * @input: is overwritten; for input_free() whatever is returned
 * @path: of the file, "-" is standard input; must outlive @input.  NULL is this VM.
 * @options: how to
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int input_load(struct input *input, const char *path, const struct input_options *options)
{
	struct source source = { .cpu = DUMP_ANY_CPU };
	FILE *stream;
	int ret;

	memset(input, 0, sizeof(*input));
	if (!path)
		return take_sample(input, &source, options);
	stream = input_open(path, &input->name, &input->is_recording);
	if (!stream)
		return -1;
	if (!input->is_recording) {
		ret = load_dump(input, stream, options);
	} else if (options->vcpus) {
		warnx("--vcpus is not for recordings, which have vCPUs or not");
		ret = -1;
	} else {
		ret = recording_load(&input->rec, stream, input->name, options->from_ns,
				     options->to_ns, NULL);
		if (!ret)
			ret = take_recording(input, options);
	}
	input_close(stream);
	return ret;
}

/**
 * input_free - free what an input has of the heap
 * @input: as input_load() left it
 */
void input_free(struct input *input)
{
	if (input->is_recording) {
		free(input->deltas);
		recording_free(&input->rec);
	} else {
		deltas_free(input->deltas, input->nr);
		sample_free(&input->sample);
	}
}
