// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the keys of vCPUs, each of which has its own and tells only itself.
 *
 * A place stays that of its key, so that is asked for once.  Of a vCPU's own exits, all are
 * over when it is asked: where their number is the same, time away is, too.  Where a code
 * has no more exits, none of its keys has.
 *
 * Only what came in since the sample before is added, so a CPU that goes offline or comes
 * takes no counts along.
 */
#include <stdlib.h>
#include <string.h>

#include "counters/keys.h"
#include "counters/reasons.h"
#include "xalloc.h"

static int ask(struct source *source, __u32 subleaf, __u64 *edx_eax, __u64 *ebx_ecx)
{
	return sample_ask(source, EXIT_STATS_THIS_VCPU | subleaf, edx_eax, ebx_ecx);
}

static struct key_table *find_table(const struct sample *sample, int cpu)
{
	size_t i;

	for (i = 0; sample && i < sample->nr_tables; i++) {
		if (sample->tables[i].cpu == cpu)
			return &sample->tables[i];
	}
	return NULL;
}

static struct key_table *add_table(struct sample *sample, const struct key_table *old, int cpu)
{
	struct key_table *table;

	sample->tables = xreallocarray(sample->tables, sample->nr_tables + 1, sizeof(*table));
	table = &sample->tables[sample->nr_tables++];
	if (old)
		*table = *old;
	else
		memset(table, 0, sizeof(*table));
	table->cpu = cpu;
	return table;
}

static bool is_unchanged(const struct counters *counters, const struct counters *before,
			 __u32 code)
{
	const struct exit_count like = { .code = code };
	const struct exit_count *old = before ? counters_find(before, &like) : NULL;
	const struct exit_count *count = counters_find(counters, &like);

	return old && count && old->exits == count->exits;
}

/* @start: what source->asked was when the vCPU's keys had not been asked for yet. */
static int read_place(const struct counters *counters, struct source *source, unsigned int n,
		      unsigned int start, struct key_place *place, __u64 *own)
{
	__u64 code, exits, handled, none;

	if (!place->is_used) {
		if (ask(source, EXIT_STATS_KEY + n, &place->key, &code))
			return -1;
		place->code = code >> 32;
		place->is_used = true;
	}
	if (place->code > counters->max_code && place->code != EXIT_STATS_CODE_OTHER)
		return source_bad(source, "a key is of exit code 0x%x, the highest is 0x%x",
				  place->code, counters->max_code);
	if (reason_is_own(counters->isa, place->code) && place->key == EXIT_STATS_LEAF)
		*own += source->asked - start;
	if (ask(source, EXIT_STATS_KEY_RECORD + n, &exits, &handled))
		return -1;
	if (exits != place->exits && counters->features & EXIT_STATS_F_AWAY &&
	    ask(source, EXIT_STATS_KEY_AWAY + n, &none, &place->away))
		return -1;
	place->exits = exits;
	if (counters->features & EXIT_STATS_F_CYCLES)
		place->handled = handled;
	return 0;
}

/* @before: the last counters of the same VM or vCPU, or NULL. */
static int read_table(const struct counters *counters, struct source *source,
		      const struct counters *before, struct key_table *table, __u64 *own)
{
	const unsigned int start = source->asked;
	unsigned int n;
	__u32 bits[4];

	for (n = 0; n < KEY_PLACES; n++) {
		struct key_place *place = &table->places[n];
		const unsigned int bit = n % EXIT_STATS_MAP_CODES;
		__u64 edx_eax, ebx_ecx;

		if (!bit) {
			if (ask(source, EXIT_STATS_KEY_MAP + n / EXIT_STATS_MAP_CODES,
				&edx_eax, &ebx_ecx))
				return -1;
			bits[0] = edx_eax;
			bits[1] = ebx_ecx >> 32;
			bits[2] = ebx_ecx;
			bits[3] = edx_eax >> 32;
		}
		if (!(bits[bit / 32] & 1u << bit % 32) ||
		    (place->is_used && is_unchanged(counters, before, place->code)))
			continue;
		if (read_place(counters, source, n, start, place, own))
			return -1;
	}
	return 0;
}

/* Adds what a place has counted since it was @old. */
static int add_place(struct counters *counters, const struct source *source,
		     const struct key_place *place, const struct key_place *old, __u64 own)
{
	struct exit_count *count = counters_add(counters, &(struct exit_count) {
		.code = place->code,
		.has_key = true,
		.key = place->key,
	});

	if (place->exits < old->exits || place->handled < old->handled || place->away < old->away)
		return source_bad(source, "the exit statistics went backwards");
	if (place->key == EXIT_STATS_LEAF && reason_is_own(counters->isa, place->code) &&
	    !source->dump)
		count->own = own;
	if (__builtin_add_overflow(count->exits, place->exits - old->exits, &count->exits) ||
	    __builtin_add_overflow(count->handled, place->handled - old->handled,
				   &count->handled) ||
	    __builtin_add_overflow(count->away, place->away - old->away, &count->away))
		return source_bad(source, "the exit statistics add up to more than 64 bits");
	return 0;
}

int keys_read(struct sample *sample, struct source *source, const struct sample *before)
{
	static const struct key_table none;
	/* Those of the VM, or of this vCPU, which were read just now. */
	struct counters *counters = &sample->all[sample->nr - 1];
	const struct key_table *old = find_table(before, source->cpu);
	const unsigned int asked = source->asked;
	struct key_table *table;
	size_t i;
	int ret;

	if (!(counters->features & EXIT_STATS_F_KEYS))
		return 0;
	/* A dump may have the counts of the VM, and keys of its vCPUs. */
	if (source->dump && !source->vcpus &&
	    !dump_find(source->dump, source->cpu, EXIT_STATS_LEAF,
		       EXIT_STATS_THIS_VCPU | EXIT_STATS_KEY_MAP))
		return 0;
	if (source->vcpus || !sample->nr_tables)
		sample->own_in_keys = counters->asked;
	table = add_table(sample, old, source->cpu);
	ret = read_table(counters, source, before ? sample_find(before, counters) : NULL, table,
			 &sample->own_in_keys);
	if (!ret && !source->dump)
		ret = sample_check_epoch(counters, source);
	counters->asked += source->asked - asked;
	counters->cpuids += source->asked - asked;
	/* What a CPU that came online counted before is not known. */
	if (before && !old && !source->vcpus)
		return ret;
	for (i = 0; !ret && i < KEY_PLACES; i++) {
		if (table->places[i].is_used)
			ret = add_place(counters, source, &table->places[i],
					&(old ?: &none)->places[i], sample->own_in_keys);
	}
	return ret;
}

/* As this machine calls it, or the one that a dump is from. */
static void name_count(const struct counters *counters, const struct source *source,
		       struct exit_count *count)
{
	const struct exit_count *known = NULL;

	if (!count->has_key)
		return;
	if (source->dump)
		known = counters_find(&source->dump->names, count);
	if (known)
		stpcpy(count->name, known->name);
	else if (!*count->name)
		name_key(counters->isa, count->code, count->key, !source->dump, count->name);
	if (source->log)
		counters_add(&source->log->names, count);
}

int keys_finish(struct sample *sample, struct source *source, const struct sample *before)
{
	__u64 none;
	size_t i, j;

	/* Say what is missing. */
	if (!sample->nr_tables)
		return ask(source, EXIT_STATS_KEY_MAP, &none, &none);
	if (!before && !source->vcpus && sample->nr_tables < sample->all[0].nr_vcpus)
		source_bad(source, "only the keys of %zu of the VM's %u vCPUs could be read",
			   sample->nr_tables, sample->all[0].nr_vcpus);
	for (i = 0; before && i < before->nr_tables; i++) {
		if (!find_table(sample, before->tables[i].cpu))
			add_table(sample, &before->tables[i], before->tables[i].cpu);
	}
	for (i = 0; i < sample->nr; i++) {
		for (j = 0; j < sample->all[i].nr; j++)
			name_count(&sample->all[i], source, &sample->all[i].counts[j]);
	}
	return 0;
}
