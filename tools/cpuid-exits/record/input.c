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
	stream = path ? open_file(input, path) : NULL;
	if (!path)
		ret = load_sample(input, NULL, options);
	else if (!stream)
		return -1;
	else if (!input->is_recording)
		ret = load_dump(input, stream, options);
	else if (options->vcpus)
		ret = fail("--vcpus is not for recordings, which have vCPUs or not");
	else
		ret = recording_load(input, stream, options);
	if (stream && stream != stdin)
		fclose(stream);
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
	free(input->rec.tool);
	free(input->rec.command);
	free(input->rec.start);
	free(input->rec.host);
	free(input->rec.kernel);
	free(input->rec.end);
	free(input->rec.part_lines);
}
