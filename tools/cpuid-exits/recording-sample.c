// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the lines of samples.
 */
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "recording-reader.h"

#define MAX_FIELDS	10

/* Seconds with 6 digits behind the point. */
static int parse_time(char *text, __u64 *us)
{
	char *point = strchr(text, '.');
	__u64 seconds;

	if (!point || strlen(point + 1) != 6)
		return -1;
	*point = '\0';
	if (reader_number(text, 10, ~0ULL / NS_PER_S - 1, &seconds) ||
	    reader_number(point + 1, 10, ~0ULL, us))
		return -1;
	*us += seconds * 1000000;
	return 0;
}

/* "BUCKET:COUNT BUCKET:COUNT", those that aren't empty. */
static int parse_buckets(char *text, __u64 buckets[KVM_EXIT_STATS_NR_BUCKETS])
{
	__u64 next = 0;

	while (text) {
		char *count = strsep(&text, " ");
		char *bucket = strsep(&count, ":");
		__u64 number;

		if (!count ||
		    reader_number(bucket, 10, KVM_EXIT_STATS_NR_BUCKETS - 1, &number) ||
		    number < next || reader_number(count, 10, ~0ULL, &buckets[number]) ||
		    !buckets[number])
			return -1;
		next = number + 1;
	}
	return 0;
}

/* Each field is there if the part's features say so, and else empty. */
static int parse_absences(const struct reader *reader, char *fields[3],
			  struct exit_record *count)
{
	__u64 *const values[] = { &count->away, &count->longest };
	const __u32 features = reader->vm.features;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (features & KVM_EXIT_STATS_F_AWAY ?
		    reader_number(fields[i], 10, ~0ULL, values[i]) : *fields[i])
			return reader_bad(reader, "'%s' is no time away where features are 0x%x",
					  fields[i], features);
	}
	if (*fields[2] && !(features & KVM_EXIT_STATS_F_BUCKETS))
		return reader_bad(reader, "'%s' are no buckets where features are 0x%x",
				  fields[2], features);
	if (*fields[2] && parse_buckets(fields[2], count->buckets))
		return reader_bad(reader, "not the buckets of a sample");
	return 0;
}

/**
 * reader_sample - read a line of a sample
 * @reader: the reader
 * @text: the line, changes
 *
 * Return: 0, or -1 after saying on stderr what is wrong.
 */
int reader_sample(struct reader *reader, char *text)
{
	const size_t nr_fields = reader->format == 1 ? 7 : MAX_FIELDS;
	struct exit_record count = {};
	__u64 us, vcpu = 0, code, own;
	__u64 *const values[] = { &count.exits, &count.cycles, &own };
	char *fields[MAX_FIELDS];
	bool is_vcpu;
	size_t i;

	for (i = 0; i < nr_fields; i++)
		fields[i] = strsep(&text, ",");
	if (text || !fields[nr_fields - 1])
		return reader_bad(reader, "not the %zu fields of a sample", nr_fields);

	is_vcpu = strcmp(fields[1], RECORDING_VM);
	if (parse_time(fields[0], &us) ||
	    (is_vcpu && reader_number(fields[1], 10, ~0U, &vcpu)) ||
	    reader_number(fields[2], 10, KVM_EXIT_STATS_CODE_OTHER, &code))
		return reader_bad(reader, "not the time, vCPU and code of a sample");
	count.code = code;
	for (i = 0; i < 3; i++) {
		if (reader_number(fields[4 + i], 10, ~0ULL, values[i]))
			return reader_bad(reader, "'%s' is not a count", fields[4 + i]);
	}

	if (!reader->has_columns || reader->keys != (1u << NR_KEYS) - 1)
		return reader_bad(reader, "a sample before all is said that comes before it");
	if (nr_fields == MAX_FIELDS && parse_absences(reader, &fields[7], &count))
		return -1;
	if (reader->rec->end)
		return reader_bad(reader, "a sample after the end");
	if (reader->has_samples && us < reader->us)
		return reader_bad(reader, "time goes back");
	if (reader->has_samples && is_vcpu != reader->rec->has_vcpus)
		return reader_bad(reader, "counts of the VM and of vCPUs are mixed");
	if (reader->in_sample && us > reader->us)
		parts_finish_sample(reader);
	if (reader->has_samples && !reader->in_sample && us == reader->us)
		return reader_bad(reader, "time stands still");

	reader->rec->has_vcpus = is_vcpu;
	reader->has_samples = true;
	reader->in_sample = true;
	reader->us = us;
	return parts_count(reader, vcpu, &count, own);
}

