// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the parts of a recording from its samples.  Only the counts at the begin
 * and at the end of what is asked for are kept, so a recording may be of any
 * length.
 */
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "counters/reasons.h"
#include "record/parts.h"
#include "xalloc.h"

/**
 * reader_bad - say what is wrong with the line
 * @reader: the reader
 * @format: of printf(), without a newline
 *
 * Return: -1.
 */
int reader_bad(const struct reader *reader, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	warnx("%s:%lu: %s", reader->rec->path, reader->line, text);
	return -1;
}

/**
 * parts_finish_sample - take a sample that is complete
 * @reader: the reader
 */
void parts_finish_sample(struct reader *reader)
{
	size_t i;

	if (!reader->in_sample)
		return;
	reader->in_sample = false;
	if (reader->us < reader->from_us || reader->us > reader->to_us)
		return;

	for (i = 0; i < reader->nr_tracks; i++) {
		struct track *track = &reader->tracks[i];

		if (!track->has_first) {
			counters_copy(&track->first, &track->now);
			track->first_us = reader->us;
			track->has_first = true;
		}
		counters_free(&track->last);
		counters_copy(&track->last, &track->now);
	}
	reader->last_us = reader->us;
	reader->rec->samples++;
}

static int add_span(struct recording_part *part, const struct reader *reader,
		    const struct track *track)
{
	struct delta *delta = &part->deltas[part->nr++];

	if (delta_between(delta, &track->first, &track->last))
		return reader_bad(reader, "the counts so far add up to more than 64 bits");
	delta->from_ns = track->first_us * NS_PER_US;
	delta->elapsed_ns = (reader->last_us - track->first_us) * NS_PER_US;
	delta->cpus = reader->cpus;
	delta->part = reader->rec->nr;
	return 0;
}

/**
 * parts_free - free the counts of a part
 * @reader: the reader, has none afterwards
 */
void parts_free(struct reader *reader)
{
	size_t i;

	for (i = 0; i < reader->nr_tracks; i++) {
		struct track *track = &reader->tracks[i];

		counters_free(&track->now);
		counters_free(&track->first);
		counters_free(&track->last);
	}
	free(reader->tracks);
	reader->tracks = NULL;
	reader->nr_tracks = 0;
}

/**
 * parts_finish - make the deltas of a part that is complete
 * @reader: the reader, at the end of a part or of the file
 *
 * Return: 0, or -1 after saying on stderr what is wrong; the part is over anyway.
 */
int parts_finish(struct reader *reader)
{
	struct recording_part *part = &reader->rec->parts[reader->rec->nr - 1];
	int ret = 0;
	size_t i;

	parts_finish_sample(reader);
	part->deltas = xreallocarray(NULL, reader->nr_tracks + 1, sizeof(*part->deltas));
	for (i = 0; !ret && i < reader->nr_tracks; i++) {
		const struct track *track = &reader->tracks[i];

		if (track->has_first && track->first_us < reader->last_us)
			ret = add_span(part, reader, track);
	}
	parts_free(reader);
	return ret;
}

/**
 * parts_begin - begin a part
 * @reader: the reader, at the first line of the part
 *
 * Return: 0, or -1 after saying on stderr what is wrong with the part before.
 */
int parts_begin(struct reader *reader)
{
	struct recording *rec = reader->rec;

	if (rec->nr && parts_finish(reader))
		return -1;
	rec->parts = xreallocarray(rec->parts, rec->nr + 1, sizeof(*rec->parts));
	rec->parts[rec->nr++] = (struct recording_part) { .first = reader->line };
	reader->keys = 0;
	memset(&reader->vm, 0, sizeof(reader->vm));
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
	reader->tracks = xreallocarray(reader->tracks, reader->nr_tracks + 1,
				       sizeof(*reader->tracks));
	track = &reader->tracks[reader->nr_tracks++];
	memset(track, 0, sizeof(*track));
	track->now = reader->vm;
	track->now.this_vcpu = reader->rec->has_vcpus;
	track->now.cpu = DUMP_ANY_CPU;
	track->now.vcpu = vcpu;
	track->us = ~0ULL;
	return track;
}

static int decreases(const struct reader *reader, const char *what, __u64 old, __u64 count)
{
	return reader_bad(reader, "%s from %llu to %llu", what, old, count);
}

static int check_growth(const struct reader *reader, const struct exit_count *old,
			const struct exit_count *count)
{
	unsigned int i;

	if (count->exits < old->exits)
		return decreases(reader, "exits decrease", old->exits, count->exits);
	if (count->handled < old->handled)
		return decreases(reader, "cycles decrease", old->handled, count->handled);
	if (count->away < old->away)
		return decreases(reader, "cycles away decrease", old->away, count->away);
	if (count->longest < old->longest)
		return decreases(reader, "the longest time away decreases", old->longest,
				 count->longest);
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		if (count->buckets[i] < old->buckets[i])
			return reader_bad(reader, "bucket %u decreases from %llu to %llu", i,
					  old->buckets[i], count->buckets[i]);
	}
	return 0;
}

/**
 * parts_count - take one count of a sample
 * @reader: the reader, at the line of the count
 * @vcpu: number of the vCPU; 0 of the whole VM
 * @count: what has been counted
 * @own: own exits
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int parts_count(struct reader *reader, __u32 vcpu, const struct exit_count *count, __u64 own)
{
	struct track *track = find_track(reader, vcpu);
	const __u32 code = count->code;
	struct exit_count *record;

	if (code > reader->vm.max_code && code != EXIT_STATS_CODE_OTHER)
		return reader_bad(reader, "code %u is past the highest, %u", code,
				  reader->vm.max_code);
	if (track->us == reader->us && code <= track->code)
		return reader_bad(reader, "code %u after code %u in the same sample", code,
				  track->code);
	track->us = reader->us;
	track->code = code;

	record = counters_add_code(&track->now, code);
	if (check_growth(reader, record, count))
		return -1;
	*record = *count;
	if (!reason_is_own(reader->vm.isa, code))
		return 0;
	if (own < track->now.own)
		return decreases(reader, "own exits decrease", track->now.own, own);
	track->now.own = own;
	return 0;
}
