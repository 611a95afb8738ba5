// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads recordings, and checks that they are as they were written.  Only the counts at the
 * begin and at the end of what is asked for are kept, so a recording may be of any length.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "counters/lines.h"
#include "counters/reasons.h"
#include "fail.h"
#include "record/recording.h"
#include "xalloc.h"

/* Of a sample, and of the lines that each part has to have. */
#define NR_FIELDS	10
#define NR_KEYS		7

/* Of what --samples prints. */
#define SAMPLES								\
	"part,isa,tsc-khz,features,vcpus,time,vcpu,code,reason,idle,exits,own," \
	"handled,away,longest,buckets"

/* The counters of the VM or of a vCPU, in one part. */
struct track {
	struct counters now;		/* as of the lines read so far */
	struct counters first, last;	/* at the begin of the slice, and its end so far */
	struct exit_count last_count;	/* in the sample, the next one is behind it */
	bool has_count;			/* there is one */
};

/* A recording being read. */
struct reader {
	struct lines lines;
	struct input *input;
	struct recording *rec;		/* that of @input */
	bool print_samples;
	__u64 from_us, to_us;		/* the slice */
	bool has_columns;		/* the line that names them was there */
	bool has_keys;			/* it names those, too */
	bool has_samples;
	bool in_sample;			/* which is not complete */
	__u64 us;			/* time of that sample, or of the last one */
	unsigned int keys;		/* lines of the part that were there, each a bit */
	struct counters vm;		/* what they say, and whether samples are of vCPUs */
	struct track *tracks;		/* in the part */
	size_t nr_tracks;
};

#define bad(reader, ...)	lines_bad(&(reader)->lines, __VA_ARGS__)

/* Takes a sample that is complete. */
static void finish_sample(struct reader *reader)
{
	const bool is_in_slice = reader->us >= reader->from_us && reader->us <= reader->to_us;
	size_t i;

	if (!reader->in_sample)
		return;
	reader->in_sample = false;
	reader->rec->samples += is_in_slice;
	for (i = 0; i < reader->nr_tracks; i++) {
		struct track *track = &reader->tracks[i];

		track->has_count = false;
		if (!is_in_slice)
			continue;
		track->now.time_ns = reader->us * NS_PER_US;
		if (!track->first.counts)
			counters_copy(&track->first, &track->now);
		counters_free(&track->last);
		counters_copy(&track->last, &track->now);
	}
}

static void free_tracks(struct reader *reader)
{
	while (reader->nr_tracks) {
		struct track *track = &reader->tracks[--reader->nr_tracks];

		counters_free(&track->now);
		counters_free(&track->first);
		counters_free(&track->last);
	}
}

/* Makes the deltas of a part that is complete. */
static int finish_part(struct reader *reader)
{
	struct input *input = reader->input;
	size_t i;

	finish_sample(reader);
	for (i = 0; i < reader->nr_tracks; i++) {
		const struct track *track = &reader->tracks[i];
		struct delta *delta;

		if (track->first.time_ns == track->last.time_ns)
			continue;
		input->deltas = xreallocarray(input->deltas, input->nr + 1, sizeof(*delta));
		delta = &input->deltas[input->nr++];
		if (delta_between(delta, &track->first, &track->last))
			return bad(reader, "the counts so far add up to more than 64 bits");
		delta->part = reader->rec->nr_parts;
	}
	free_tracks(reader);
	return 0;
}

static int begin_part(struct reader *reader)
{
	struct recording *rec = reader->rec;

	if (rec->nr_parts && finish_part(reader))
		return -1;
	rec->part_lines = xreallocarray(rec->part_lines, rec->nr_parts + 1,
					sizeof(*rec->part_lines));
	rec->part_lines[rec->nr_parts++] = reader->lines.nr;
	reader->keys = 0;
	return 0;
}

/* A line of those that each part has.  Returns 1 if it isn't one. */
static int part_line(struct reader *reader, const char *key, const char *text)
{
	struct counters *vm = &reader->vm;
	const struct {
		const char *key;
		int base;
		__u32 *value;
	} keys[NR_KEYS] = {
		{ "epoch", 16, NULL }, { "isa", 0, &vm->isa }, { "tsc-khz", 10, &vm->tsc_khz },
		{ "features", 16, &vm->features }, { "max-code", 10, &vm->max_code },
		{ "vcpus", 10, &vm->nr_vcpus }, { "cpus", 10, &vm->cpus },
	};
	__u64 value;
	size_t i = 0;

	while (i < NR_KEYS && strcmp(key, keys[i].key))
		i++;
	if (i == NR_KEYS)
		return 1;
	if (!i && begin_part(reader))
		return -1;
	if (!reader->rec->nr_parts)
		return bad(reader, "'%s' before any epoch", key);
	if (reader->keys & 1u << i || reader->nr_tracks)
		return bad(reader, "'%s' does not belong here", key);
	value = isa_find(text);
	if (keys[i].base ? parse_number(text, keys[i].base, i ? ~0U : ~0ULL, &value) :
			   !value && strcmp(text, isa_name(0)))
		return bad(reader, "'%s' is no value for '%s'", text, key);
	reader->keys |= 1u << i;
	if (keys[i].value)
		*keys[i].value = value;
	else
		vm->epoch = value;
	return 0;
}

/* What begins with a #. */
static int note_line(struct reader *reader, char *text)
{
	struct recording *rec = reader->rec;
	const struct {
		const char *key;
		char **value;
	} notes[] = {
		{ "tool", &rec->tool }, { "command", &rec->command }, { "host", &rec->host },
		{ "kernel", &rec->kernel }, { "start", &rec->start }, { "end", &rec->end },
	};
	char *value = strstr(text, ": ");
	__u64 abi;
	size_t i;
	int ret;

	if (!strncmp(text, RECORDING_TITLE, strlen(RECORDING_TITLE)))
		return bad(reader, "another recording begins here");
	if (!value || strncmp(text, "# ", 2))
		return 0;
	*value = '\0';
	value += 2;
	text += 2;
	ret = part_line(reader, text, value);
	if (ret <= 0)
		return ret;

	if (reader->print_samples && strcmp(text, "end"))
		printf("# %s: %s\n", text, value);
	for (i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
		if (strcmp(text, notes[i].key))
			continue;
		if (*notes[i].value)
			return bad(reader, "there are two lines of '%s'", text);
		*notes[i].value = xstrdup(value);
	}
	if (!strcmp(text, "abi")) {
		if (parse_number(value, 10, ~0U, &abi))
			return bad(reader, "'%s' is no value for 'abi'", value);
		rec->abi = abi;
	}
	return 0;
}

static int title_line(struct reader *reader, const char *text)
{
	__u64 format;

	if (strncmp(text, RECORDING_TITLE, strlen(RECORDING_TITLE)) ||
	    parse_number(text + strlen(RECORDING_TITLE), 10, ~0ULL, &format))
		return bad(reader, "not a recording of cpuid-exits");
	if (format != RECORDING_FORMAT)
		return bad(reader, "a recording in format %llu, this program knows %d",
				 format, RECORDING_FORMAT);
	return 0;
}

/* Seconds with 6 digits behind the point. */
static int parse_time(char *text, __u64 *us)
{
	char *point = strchr(text, '.');
	__u64 seconds;

	if (!point || strlen(point + 1) != 6)
		return -1;
	*point = '\0';
	if (parse_number(text, 10, ~0ULL / NS_PER_S - 1, &seconds) ||
	    parse_number(point + 1, 10, ~0ULL, us))
		return -1;
	*us += seconds * 1000000;
	return 0;
}

/* "BUCKET:COUNT BUCKET:COUNT", those that aren't empty. */
static int parse_buckets(char *text, __u64 buckets[EXIT_STATS_NR_BUCKETS])
{
	__u64 next = 0;

	while (text) {
		char *count = strsep(&text, " ");
		char *bucket = strsep(&count, ":");
		__u64 b;

		if (!count || parse_number(bucket, 10, EXIT_STATS_NR_BUCKETS - 1, &b) ||
		    b < next || parse_number(count, 10, ~0ULL, &buckets[b]) || !buckets[b])
			return -1;
		next = b + 1;
	}
	return 0;
}

/* Each field is there if the part's features say so, and else empty. */
static int parse_away(const struct reader *reader, char *fields[3], struct exit_count *count)
{
	__u64 *const values[] = { &count->away, &count->longest };
	const __u32 features = reader->vm.features;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (features & EXIT_STATS_F_AWAY ?
		    parse_number(fields[i], 10, ~0ULL, values[i]) : *fields[i])
			return bad(reader, "'%s' is no time away where features are 0x%x",
					 fields[i], features);
	}
	if (*fields[2] && !(features & EXIT_STATS_F_BUCKETS))
		return bad(reader, "'%s' are no buckets where features are 0x%x",
				 fields[2], features);
	if (*fields[2] && parse_buckets(fields[2], count->buckets))
		return bad(reader, "not the buckets of a sample");
	return 0;
}

/* Both are empty, or both there: 0x6e0,"0x6e0 TSC_DEADLINE" */
static int parse_key(const struct reader *reader, char *text, struct exit_count *count)
{
	char *key = strsep(&text, ",");
	size_t len;

	if (text && !*key && !*text)
		return 0;
	len = text ? strlen(text) : 0;
	if (len < 3 || *text != '"' || text[len - 1] != '"')
		return bad(reader, "not the key and name of a sample");
	text[len - 1] = '\0';
	if (parse_number(key, 16, ~0ULL, &count->key) || !name_is_fine(text + 1))
		return bad(reader, "not the key and name of a sample");
	if (!(reader->vm.features & EXIT_STATS_F_KEYS))
		return bad(reader, "'%s' is no key where features are 0x%x", key,
			   reader->vm.features);
	count->has_key = true;
	stpcpy(count->name, text + 1);
	return 0;
}

static struct track *find_track(struct reader *reader, __u32 vcpu)
{
	struct track *track;
	size_t i;

	for (i = 0; i < reader->nr_tracks; i++) {
		if (reader->tracks[i].now.vcpu == vcpu)
			return &reader->tracks[i];
	}
	reader->tracks = xreallocarray(reader->tracks, reader->nr_tracks + 1, sizeof(*track));
	track = &reader->tracks[reader->nr_tracks++];
	*track = (struct track) { .now = reader->vm };
	track->now.vcpu = vcpu;
	return track;
}

static int check_growth(const struct reader *reader, const char *what, __u64 from, __u64 to)
{
	return to < from ? bad(reader, "%s from %llu to %llu", what, from, to) : 0;
}

/* Takes one count of a sample. */
static int take_count(struct reader *reader, __u32 vcpu, const struct exit_count *count)
{
	struct track *track = find_track(reader, vcpu);
	struct exit_count *old = counters_add(&track->now, count);
	size_t i;

	if (count->code > reader->vm.max_code && count->code != EXIT_STATS_CODE_OTHER)
		return bad(reader, "code %u is past the highest, %u", count->code,
			   reader->vm.max_code);
	if (track->has_count && count_order(count, &track->last_count) <= 0)
		return bad(reader, "code %u after code %u in the same sample", count->code,
			   track->last_count.code);
	track->last_count = *count;
	track->has_count = true;
	if (check_growth(reader, "exits decrease", old->exits, count->exits) ||
	    check_growth(reader, "own exits decrease", old->own, count->own) ||
	    check_growth(reader, "cycles decrease", old->handled, count->handled) ||
	    check_growth(reader, "cycles away decrease", old->away, count->away) ||
	    check_growth(reader, "the longest time away decreases", old->longest, count->longest))
		return -1;
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (count->buckets[i] < old->buckets[i])
			return bad(reader, "bucket %zu decreases from %llu to %llu", i,
				   old->buckets[i], count->buckets[i]);
	}
	*old = *count;
	return 0;
}

static void print_sample(const struct reader *reader, __u32 vcpu, const char *reason,
			 const struct exit_count *count)
{
	const struct counters *vm = &reader->vm;
	char text[16] = RECORDING_VM;

	if (reader->vm.this_vcpu)
		snprintf(text, sizeof(text), "%u", vcpu);
	printf("%zu,%s,%u,0x%x,%u,%llu.%06llu,%s,%u,%s,%d,%llu,%llu,%llu",
	       reader->rec->nr_parts, isa_name(vm->isa), vm->tsc_khz, vm->features, vm->nr_vcpus,
	       reader->us / 1000000, reader->us % 1000000, text, count->code, reason,
	       reason_is_idle(vm->isa, count->code), count->exits, count->own, count->handled);
	recording_print_away(stdout, vm->features, count);
	putchar('\n');
}

static int sample_line(struct reader *reader, char *text)
{
	struct exit_count count = {};
	__u64 us, vcpu = 0, code;
	__u64 *const values[] = { &count.exits, &count.handled, &count.own };
	char *fields[NR_FIELDS];
	bool is_vcpu;
	size_t i;

	for (i = 0; i < NR_FIELDS; i++)
		fields[i] = strsep(&text, ",");
	if (!fields[NR_FIELDS - 1] || !text == reader->has_keys)
		return bad(reader, "not the %d fields of a sample",
			   NR_FIELDS + 2 * reader->has_keys);
	is_vcpu = strcmp(fields[1], RECORDING_VM);
	if (parse_time(fields[0], &us) || (is_vcpu && parse_number(fields[1], 10, ~0U, &vcpu)) ||
	    parse_number(fields[2], 10, EXIT_STATS_CODE_OTHER, &code))
		return bad(reader, "not the time, vCPU and code of a sample");
	count.code = code;
	for (i = 0; i < 3; i++) {
		if (parse_number(fields[4 + i], 10, ~0ULL, values[i]))
			return bad(reader, "'%s' is not a count", fields[4 + i]);
	}

	if (!reader->has_columns || reader->keys != (1u << NR_KEYS) - 1)
		return bad(reader, "a sample before all is said that comes before it");
	if (parse_away(reader, &fields[7], &count) || (text && parse_key(reader, text, &count)))
		return -1;
	if (reader->rec->end)
		return bad(reader, "a sample after the end");
	if (us < reader->us)
		return bad(reader, "time goes back");
	if (reader->has_samples && is_vcpu != reader->vm.this_vcpu)
		return bad(reader, "counts of the VM and of vCPUs are mixed");
	if (reader->in_sample && us > reader->us)
		finish_sample(reader);
	if (reader->has_samples && !reader->in_sample && us == reader->us)
		return bad(reader, "time stands still");
	reader->vm.this_vcpu = is_vcpu;
	reader->has_samples = true;
	reader->in_sample = true;
	reader->us = us;
	if (take_count(reader, vcpu, &count))
		return -1;
	if (reader->print_samples && !count.has_key)
		print_sample(reader, vcpu, fields[3], &count);
	return 0;
}

static int read_line(struct reader *reader, char *text)
{
	if (reader->lines.nr == 1)
		return title_line(reader, text);
	if (*text == '#')
		return note_line(reader, text);
	if (reader->has_columns)
		return sample_line(reader, text);
	reader->has_keys = !strcmp(text, RECORDING_COLUMNS RECORDING_KEYS);
	if (!reader->has_keys && strcmp(text, RECORDING_COLUMNS))
		return bad(reader, "not the columns %s", RECORDING_COLUMNS);
	reader->has_columns = true;
	if (reader->print_samples)
		puts(SAMPLES);
	return 0;
}

static int read_lines(struct reader *reader)
{
	struct lines *lines = &reader->lines;
	int ret;

	while ((ret = lines_next(lines, "\t")) > 0) {
		if (!lines->is_torn && read_line(reader, lines->text))
			return -1;
	}
	if (ret < 0)
		return -1;
	if (lines->nr == 1 && lines->is_torn)
		return bad(reader, "not a recording of cpuid-exits");
	if (!reader->has_samples)
		return bad(reader, "cut off before the first sample");
	/* Worth knowing, but no error: what is there is good. */
	if (lines->is_torn)
		bad(reader, "cut off in this line, which is left out");
	else if (!reader->rec->end)
		bad(reader, "cut off after this line, or still being written");
	if (reader->print_samples && reader->rec->end)
		printf("# end: %s\n", reader->rec->end);
	if (reader->print_samples)
		printf("# truncated: %s\n",
		       lines->is_torn || !reader->rec->end ? "yes" : "no");
	return finish_part(reader);
}

int recording_load(struct input *input, FILE *stream, const struct input_options *options)
{
	struct reader reader = {
		.lines = { .stream = stream, .name = input->name },
		.input = input,
		.rec = &input->rec,
		.vm.cpu = DUMP_ANY_CPU,
		.print_samples = options->samples,
		.from_us = (options->from_ns + NS_PER_US - 1) / NS_PER_US,
		.to_us = options->to_ns / NS_PER_US,
	};
	size_t i;
	int ret;

	if (options->samples)
		puts("# cpuid-exits samples");
	ret = read_lines(&reader);
	free_tracks(&reader);
	free(reader.tracks);
	free(reader.lines.text);
	for (i = 1; !ret && i < input->rec.nr_parts; i++)
		warnx("%s:%lu: the VM was moved or restored here: its counters began again",
		      input->name, input->rec.part_lines[i]);
	if (ret || input->nr || options->samples)
		return ret;
	return fail("%s: less than two samples%s", input->name,
		    options->from_ns || options->to_ns != ~0ULL ? " from --from to --to" : "");
}
