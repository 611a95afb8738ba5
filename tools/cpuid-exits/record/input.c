// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads exits: of this VM, or from a file, be it a recording or a dump of CPUID's answers.
 */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "record/recording.h"

/* Opens a file, and looks what it is. */
static FILE *open_file(struct input *input, const char *path)
{
	const bool is_stdin = !strcmp(path, "-");
	FILE *stream = is_stdin ? stdin : fopen(path, "r");
	int first;

	input->name = is_stdin ? "stdin" : path;
	if (!stream) {
		warn("%s", path);
		return NULL;
	}
	/* A recording begins with a comment, which a dump never has. */
	first = getc(stream);
	input->is_recording = first == '#';
	if (first != EOF) {
		ungetc(first, stream);
		return stream;
	}
	if (ferror(stream))
		warn("%s", input->name);
	else
		warnx("%s: the file is empty", input->name);
	if (!is_stdin)
		fclose(stream);
	return NULL;
}

static int load_recording(struct input *input, FILE *stream, const struct input_options *options)
{
	if (options->vcpus)
		return fail("--vcpus is not for recordings, which have vCPUs or not");
	if (recording_load(input, stream, options))
		return -1;
	if (input->nr || options->samples)
		return 0;
	return fail("%s: less than two samples%s", input->name,
		    options->from_ns || options->to_ns != ~0ULL ? " from --from to --to" : "");
}

static int load_sample(struct input *input, const struct dump *dump,
		       const struct input_options *options)
{
	struct source source = {
		.dump = dump,
		.log = options->log,
		.features = options->features,
		.vcpus = options->vcpus,
	};
	struct sample sample;
	int ret = sample_take(&sample, &source, NULL);

	if (ret)
		return ret;
	ret = deltas_between(&input->deltas, &input->nr, NULL, &sample);
	sample_free(&sample);
	return ret;
}

static int load_dump(struct input *input, FILE *stream, const struct input_options *options)
{
	struct dump dump;
	int ret;

	if (options->samples)
		return fail("%s: not a recording of cpuid-exits", input->name);
	ret = dump_load(&dump, stream, input->name);
	if (!ret)
		ret = load_sample(input, &dump, options);
	dump_free(&dump);
	return ret;
}

int input_load(struct input *input, const char *path, const struct input_options *options)
{
	FILE *stream;
	int ret;

	*input = (struct input) {};
	if (path) {
		stream = open_file(input, path);
		if (!stream)
			return -1;
		ret = input->is_recording ? load_recording(input, stream, options) :
					    load_dump(input, stream, options);
		if (stream != stdin)
			fclose(stream);
	} else {
		ret = load_sample(input, NULL, options);
	}
	/* Those of a dump are not known. */
	if (!ret && !options->own_queries && (!path || input->is_recording))
		deltas_leave_out_own(input->deltas, input->nr);
	return ret;
}

size_t input_part(const struct input *input, size_t first)
{
	size_t end = first;

	while (end < input->nr && input->deltas[end].part == input->deltas[first].part)
		end++;
	return end - first;
}

void input_free(struct input *input)
{
	deltas_free(input->deltas, input->nr);
	recording_free(&input->rec);
}
