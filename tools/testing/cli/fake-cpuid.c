// SPDX-License-Identifier: GPL-2.0-only
/*
 * A processor that answers CPUID from the dump named in $FAKE_CPUID.
 *
 * What the dump lacks is answered with zeros, as on AMD.  A dump of numbered
 * CPUs is asked for the CPU that runs this thread.  With $FAKE_CPUID_MOVES the
 * VM gets another epoch each time it is asked for.  At the end, stderr is told
 * how often CPUID was executed.
 *
 * With $FAKE_CPUID_RUNS the counters run, and nothing is said at the end: each
 * CPUID is one more exit of 1000 cycles and 3000 cycles away, seen by the next.  More
 * exits come from the file that the variable names, which the tests write to meanwhile:
 *
 *	CODE EXITS [AWAY]	so many exits of 1000 cycles, of CPU 0, each AWAY cycles away
 *	key CODE KEY EXITS [AWAY]	likewise, with a key
 *	race CODE EXITS		as many with each CPUID
 *	race-key CODE KEY EXITS	likewise, with a key
 *	moved			the VM gets another epoch, all counts begin at zero
 *	level1			time away is not measured any more, nor are keys
 *	level2			keys are not counted any more
 *	off			the leaf is gone
 */
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>
#include <linux/perf_event.h>

#include "counters/cpuid.h"
#include "fake-cpuid.h"

#define CODES	0x500
#define CPUS	64
#define CYCLES	1000
#define AWAY	3000
#define KEYS	64
#define PLACES	(EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS)

static struct dump dump;
static unsigned int executed;

/* What $FAKE_CPUID_RUNS adds to the dump. */
static struct {
	unsigned long long exits[CODES], away[CODES], longest[CODES];
	unsigned long long buckets[CODES][EXIT_STATS_NR_BUCKETS];
	struct key {
		unsigned int code;
		unsigned long long key, exits, away;
	} keys[KEYS];
	unsigned int nr_keys;
	/* CPUIDs, and how many there were when the counters last began. */
	unsigned long long on_cpu[CPUS], on_cpu_before[CPUS];
	unsigned int moves;
	int off, level1, level2;
} runs;

__attribute__((destructor))
static void finish(void)
{
	if (!getenv("FAKE_CPUID_RUNS"))
		fprintf(stderr, "%u CPUIDs\n", executed);
	dump_free(&dump);
}

static void add_exits(unsigned int code, unsigned long long exits, unsigned long long away)
{
	unsigned int bucket = 0;

	runs.exits[code] += exits;
	runs.away[code] += exits * away;
	if (exits && away > runs.longest[code])
		runs.longest[code] = away;
	while (away >>= 1)
		bucket++;
	runs.buckets[code][bucket] += exits;
}

static void reset_runs(void)
{
	memset(runs.exits, 0, sizeof(runs.exits));
	memset(runs.away, 0, sizeof(runs.away));
	memset(runs.longest, 0, sizeof(runs.longest));
	memset(runs.buckets, 0, sizeof(runs.buckets));
	runs.nr_keys = 0;
}

static void add_key(unsigned int code, unsigned long long key, unsigned long long exits,
		    unsigned long long away)
{
	unsigned int i = 0;

	while (i < runs.nr_keys && (runs.keys[i].code != code || runs.keys[i].key != key))
		i++;
	if (i == KEYS)
		abort();
	if (i == runs.nr_keys)
		runs.keys[runs.nr_keys++] = (struct key) { .code = code, .key = key };
	runs.keys[i].exits += exits;
	runs.keys[i].away += exits * away;
	add_exits(code, exits, away);
}

static void read_runs(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned int code, moves = 0;
	unsigned long long key, exits, away;
	char line[64];

	reset_runs();
	runs.off = 0;
	runs.level1 = 0;
	runs.level2 = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (!strcmp(line, "moved\n")) {
			moves++;
			reset_runs();
		} else if (!strcmp(line, "off\n")) {
			runs.off = 1;
		} else if (!strcmp(line, "level1\n")) {
			runs.level1 = 1;
		} else if (!strcmp(line, "level2\n")) {
			runs.level2 = 1;
		} else if (sscanf(line, "race-key %i %lli %llu", &code, &key, &exits) == 3 &&
			   code < CODES) {
			add_key(code, key, exits * executed, AWAY);
		} else if (!strncmp(line, "key ", 4)) {
			away = AWAY;
			if (sscanf(line, "key %i %lli %llu %llu", &code, &key, &exits,
				   &away) >= 3 && code < CODES)
				add_key(code, key, exits, away);
		} else if (sscanf(line, "race %i %llu", &code, &exits) == 2 && code < CODES) {
			add_exits(code, exits * executed, AWAY);
		} else {
			away = AWAY;
			if (sscanf(line, "%i %llu %llu", &code, &exits, &away) >= 2 && code < CODES)
				add_exits(code, exits, away);
		}
	}
	if (file)
		fclose(file);
	if (moves != runs.moves)
		memcpy(runs.on_cpu_before, runs.on_cpu, sizeof(runs.on_cpu));
	runs.moves = moves;
}

static unsigned long long own(int cpu)
{
	unsigned long long sum = 0;
	int i;

	for (i = 0; i < CPUS; i++) {
		if (cpu < 0 || i == cpu)
			sum += runs.on_cpu[i] - runs.on_cpu_before[i];
	}
	return sum;
}

/* Registers that hold two values of 64 bits. */
static void join(const unsigned int regs[4], unsigned long long *edx_eax,
		 unsigned long long *ebx_ecx)
{
	*edx_eax = (unsigned long long)regs[3] << 32 | regs[0];
	*ebx_ecx = (unsigned long long)regs[1] << 32 | regs[2];
	if (runs.moves) {
		*edx_eax = 0;
		*ebx_ecx = 0;
	}
}

static void split(unsigned int regs[4], unsigned long long edx_eax, unsigned long long ebx_ecx)
{
	regs[0] = edx_eax;
	regs[1] = ebx_ecx >> 32;
	regs[2] = ebx_ecx;
	regs[3] = edx_eax >> 32;
}

/* @own: CPUIDs, if it is their code; @is_run: the runs are to be added, too. */
static void add_away(unsigned int class, unsigned int code, unsigned long long own, int is_run,
		     unsigned int regs[4])
{
	unsigned int i = (class - EXIT_STATS_BUCKETS) >> EXIT_STATS_PAIR_SHIFT << 1;
	unsigned long long first, second;

	if (runs.level1) {
		split(regs, (unsigned long long)EXIT_STATS_UNDEFINED_EDX << 32, 0);
		return;
	}
	join(regs, &first, &second);
	if (class == EXIT_STATS_AWAY) {
		if (is_run && runs.longest[code] > first)
			first = runs.longest[code];
		if (own && first < AWAY)
			first = AWAY;
		second += own * AWAY + (is_run ? runs.away[code] : 0);
	} else {
		first += is_run ? runs.buckets[code][i] : 0;
		second += is_run ? runs.buckets[code][i + 1] : 0;
		if (AWAY >> i == 1)
			first += own;
		else if (AWAY >> (i + 1) == 1)
			second += own;
	}
	split(regs, first, second);
}

/* A dump may have the counts of any CPU, and the keys of numbered ones. */
static const struct dump_answer *find(int cpu, unsigned int leaf, unsigned int subleaf)
{
	const int first = dump.first_cpu == DUMP_ANY_CPU ? DUMP_ANY_CPU : cpu;

	return dump_find(&dump, first, leaf, subleaf) ?: dump_find(&dump, cpu, leaf, subleaf);
}

/* Where the dump has the key, or of the places that it doesn't use the nth from the last. */
static unsigned int place_of(int cpu, const struct key *key, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		const struct dump_answer *answer;

		answer = find(cpu, EXIT_STATS_LEAF, EXIT_STATS_THIS_VCPU | (EXIT_STATS_KEY + i));
		if (answer && answer->regs.ebx == key->code &&
		    ((unsigned long long)answer->regs.edx << 32 | answer->regs.eax) == key->key)
			return i;
	}
	for (i = EXIT_STATS_NR_KEYS - 1; n || find(cpu, EXIT_STATS_LEAF, EXIT_STATS_THIS_VCPU |
						   (EXIT_STATS_KEY + i)); i--)
		n -= !find(cpu, EXIT_STATS_LEAF, EXIT_STATS_THIS_VCPU | (EXIT_STATS_KEY + i));
	return i;
}

static void add_key_runs(unsigned int class, unsigned int index, int cpu, unsigned int cpuid,
			 unsigned int regs[4])
{
	unsigned long long first, second;
	unsigned int n, place;

	if (runs.level1 || runs.level2) {
		split(regs, (unsigned long long)EXIT_STATS_UNDEFINED_EDX << 32, 0);
		return;
	}
	if (class == EXIT_STATS_KEY_RECORD || class == EXIT_STATS_KEY_AWAY) {
		join(regs, &first, &second);
		split(regs, first, second);
	}
	/* The first one is that of the queries. */
	for (n = 0; n <= runs.nr_keys; n++) {
		struct key key = { cpuid, EXIT_STATS_LEAF, own(cpu), own(cpu) * AWAY };

		if (n)
			key = runs.keys[n - 1];
		if (!key.exits || (cpu && n))
			continue;
		place = place_of(cpu, &key, n);
		if (class == EXIT_STATS_KEY_MAP && place / EXIT_STATS_MAP_CODES == index)
			regs[place % EXIT_STATS_MAP_CODES / 32] |= 1u << place % 32;
		if (place != index)
			continue;
		if (class == EXIT_STATS_KEY)
			split(regs, key.key, (unsigned long long)key.code << 32);
		join(regs, &first, &second);
		if (class == EXIT_STATS_KEY_RECORD)
			split(regs, first + key.exits, second + key.exits * CYCLES);
		if (class == EXIT_STATS_KEY_AWAY)
			split(regs, first, second + key.away);
	}
}

static void add_runs(unsigned int subleaf, int cpu, unsigned int regs[4])
{
	const struct dump_answer *geometry = dump_find(&dump, dump.first_cpu, EXIT_STATS_LEAF,
						       EXIT_STATS_GEOMETRY);
	const int is_vcpu = !!(subleaf & EXIT_STATS_THIS_VCPU);
	const unsigned int class = subleaf & EXIT_STATS_CLASS_MASK;
	const unsigned int index = subleaf & EXIT_STATS_INDEX_MASK;
	const unsigned int cpuid = geometry->regs.ebx == EXIT_STATS_ISA_VMX ? 10 : 0x72;
	unsigned long long exits, cycles, more = 0;
	unsigned int i;

	if (runs.off) {
		memset(regs, 0, 4 * sizeof(*regs));
		return;
	}
	if (subleaf == EXIT_STATS_EPOCH)
		regs[0] += runs.moves;
	if (subleaf == EXIT_STATS_GEOMETRY && runs.level1)
		regs[3] &= EXIT_STATS_F_CYCLES;
	if (subleaf == EXIT_STATS_GEOMETRY && runs.level2)
		regs[3] &= ~EXIT_STATS_F_KEYS;
	if (class == EXIT_STATS_MAP) {
		for (i = 0; i < EXIT_STATS_MAP_CODES; i++) {
			unsigned int code = index * EXIT_STATS_MAP_CODES + i;

			if (code < CODES && runs.exits[code] && (!is_vcpu || !cpu))
				regs[i / 32] |= 1u << i % 32;
		}
	}
	if (is_vcpu && class >= EXIT_STATS_KEY && class <= EXIT_STATS_KEY_MAP) {
		add_key_runs(class, index, cpu, cpuid, regs);
		return;
	}
	if (index >= CODES)
		return;

	if (index == cpuid)
		more = own(is_vcpu ? cpu : -1);
	if (class == EXIT_STATS_AWAY || class >= EXIT_STATS_BUCKETS)
		add_away(class, index, more, !is_vcpu || !cpu, regs);
	if (class != EXIT_STATS_REASON)
		return;

	if (!is_vcpu || !cpu)
		more += runs.exits[index];
	join(regs, &exits, &cycles);
	split(regs, exits + more, cycles + more * CYCLES);
}

static int load(void)
{
	const char *path = getenv("FAKE_CPUID");
	FILE *stream = fopen(path, "r");
	int ret;

	if (!stream)
		return -1;
	ret = dump_load(&dump, stream, path);
	fclose(stream);
	return ret;
}

void fake_cpuid(unsigned int leaf, unsigned int subleaf, unsigned int regs[4])
{
	const int cpu = sched_getcpu();
	const struct dump_answer *answer;

	if (!executed && load())
		abort();

	answer = find(cpu, leaf, subleaf);
	memset(regs, 0, 4 * sizeof(*regs));
	if (answer)
		memcpy(regs, &answer->regs, sizeof(answer->regs));
	if (leaf == EXIT_STATS_LEAF && subleaf == EXIT_STATS_EPOCH &&
	    getenv("FAKE_CPUID_MOVES"))
		regs[0] += executed;
	if (leaf == EXIT_STATS_LEAF && getenv("FAKE_CPUID_RUNS")) {
		read_runs(getenv("FAKE_CPUID_RUNS"));
		add_runs(subleaf, cpu, regs);
	}
	executed++;
	runs.on_cpu[cpu % CPUS]++;
}

/* Of events like that of the PMU kvm_exits, the count is in the file pmu/exits. */
long fake_perf_event_open(long number, ...)
{
	const struct perf_event_attr *attr;
	va_list args;
	int pid;

	va_start(args, number);
	attr = va_arg(args, const struct perf_event_attr *);
	pid = va_arg(args, int);
	va_end(args);
	if (attr->type != 77 || attr->config != 0x10000 || !attr->inherit ||
	    !attr->disabled || !attr->enable_on_exec || pid <= 0)
		abort();
	return open("pmu/exits", O_RDONLY | O_CLOEXEC);
}
