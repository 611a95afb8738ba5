// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps of CPUID answers, as "cpuid -r" prints them:
 *
 *	CPU 0:
 *	   0x4fffffff 0x01: eax=0x00000001 ebx=0x454d564b ecx=0x... edx=0x...
 *
 * "CPU:" without a number heads answers of any CPU ("cpuid -1").
 *
 * One run of cpuid answers one sub-leaf, so a file is usually many runs put
 * together.  Answers under equal CPU lines therefore belong together, wherever
 * they stand.  The same question answered twice is fine if the answers agree.
 * If they don't, the file holds readings of two times, there is no way to
 * tell which of the other answers goes with which, and it is refused.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "counters/dump.h"
#include "xalloc.h"

/**
 * dump_add - append an answer
 * @dump: where to
 * @answer: is copied
 */
void dump_add(struct dump *dump, const struct dump_answer *answer)
{
	if (dump->nr == dump->size) {
		dump->size = dump->size ? 2 * dump->size : 64;
		dump->answers = xreallocarray(dump->answers, dump->size,
					      sizeof(*dump->answers));
	}
	dump->answers[dump->nr++] = *answer;
}

static bool take(const char **pos, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*pos, text, len))
		return false;
	*pos += len;
	return true;
}

static bool take_hex(const char **pos, size_t min_digits, __u32 *value)
{
	size_t digits;

	if (!take(pos, "0x"))
		return false;
	digits = strspn(*pos, "0123456789abcdefABCDEF");
	if (digits < min_digits || digits > 8)
		return false;
	*value = strtoul(*pos, NULL, 16);
	*pos += digits;
	return true;
}

/* "CPU:" or "CPU 12:" */
static bool parse_cpu(const char *pos, int *cpu)
{
	size_t digits;
	long value;

	if (!take(&pos, "CPU"))
		return false;
	if (!strcmp(pos, ":")) {
		*cpu = DUMP_ANY_CPU;
		return true;
	}

	if (!take(&pos, " "))
		return false;
	digits = strspn(pos, "0123456789");
	if (!digits || strcmp(pos + digits, ":"))
		return false;
	errno = 0;
	value = strtol(pos, NULL, 10);
	if (errno || value > INT_MAX)
		return false;
	*cpu = value;
	return true;
}

/* All 8 digits of a register are there, or the line was cut off. */
static bool parse_answer(const char *pos, struct dump_answer *answer)
{
	return take_hex(&pos, 8, &answer->leaf) &&
	       take(&pos, " ") &&
	       take_hex(&pos, 1, &answer->subleaf) &&
	       take(&pos, ": eax=") &&
	       take_hex(&pos, 8, &answer->regs.eax) &&
	       take(&pos, " ebx=") &&
	       take_hex(&pos, 8, &answer->regs.ebx) &&
	       take(&pos, " ecx=") &&
	       take_hex(&pos, 8, &answer->regs.ecx) &&
	       take(&pos, " edx=") &&
	       take_hex(&pos, 8, &answer->regs.edx) &&
	       !*pos;
}

static int load_line(struct dump *dump, const char *text, struct dump_answer *answer,
		     bool *seen_cpu)
{
	if (!*text)
		return 0;

	if (parse_cpu(text, &answer->cpu)) {
		*seen_cpu = true;
		return 0;
	}
	if (!parse_answer(text, answer)) {
		warnx("%s:%lu: neither a CPU line nor a leaf's registers as cpuid -r prints them",
		      dump->name, answer->line);
		return -1;
	}
	if (!*seen_cpu) {
		warnx("%s:%lu: registers before any CPU line", dump->name, answer->line);
		return -1;
	}

	/* A dump of the whole machine has many leaves; leaf 1 tells of a hypervisor. */
	if (answer->leaf == EXIT_STATS_LEAF || answer->leaf == 1)
		dump_add(dump, answer);
	return 0;
}

static int load_lines(struct dump *dump, FILE *stream)
{
	struct dump_answer answer = {};
	bool seen_cpu = false;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&line, &size, stream)) >= 0) {
		const char *text = line;

		answer.line++;
		if (strlen(line) != (size_t)len) {
			warnx("%s:%lu: not a text file", dump->name, answer.line);
			ret = -1;
			break;
		}
		while (len && strchr(" \t\r\n", line[len - 1]))
			line[--len] = '\0';
		text += strspn(text, " \t");
		ret = load_line(dump, text, &answer, &seen_cpu);
	}
	if (!ret && ferror(stream)) {
		warn("%s", dump->name);
		ret = -1;
	}
	free(line);
	return ret;
}

static int compare_questions(const void *one, const void *two)
{
	const struct dump_answer *a = one, *b = two;

	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	if (a->subleaf != b->subleaf)
		return a->subleaf < b->subleaf ? -1 : 1;
	return 0;
}

static int compare_lines(const void *one, const void *two)
{
	const struct dump_answer *a = one, *b = two;
	int order = compare_questions(a, b);

	if (order)
		return order;
	return a->line < b->line ? -1 : a->line > b->line;
}

static int check_conflicts(const struct dump *dump)
{
	size_t i;

	for (i = 1; i < dump->nr; i++) {
		const struct dump_answer *a = &dump->answers[i - 1];
		const struct dump_answer *b = &dump->answers[i];

		/* Other leaves may differ: leaf 1 has the APIC id of whichever CPU. */
		if (b->leaf != EXIT_STATS_LEAF || compare_questions(a, b) ||
		    !memcmp(&a->regs, &b->regs, sizeof(a->regs)))
			continue;

		warnx("%s:%lu: sub-leaf 0x%02x has another answer in line %lu",
		      dump->name, b->line, b->subleaf, a->line);
		return -1;
	}
	return 0;
}

/**
 * dump_load - read a dump from a file
 * @dump: is overwritten; for dump_free() whatever is returned
 * @stream: the file
 * @name: its name, for messages; must outlive @dump
 *
 * Keeps what can be asked for later and ignores other leaves.  Says on stderr
 * what is wrong with the file.
 *
 * Return: 0, or -1 if the file can't be read, is malformed or contradicts
 * itself.
 */
int dump_load(struct dump *dump, FILE *stream, const char *name)
{
	size_t i;
	int ret;

	memset(dump, 0, sizeof(*dump));
	dump->first_cpu = DUMP_ANY_CPU;
	dump->name = name;
	ret = load_lines(dump, stream);
	if (ret)
		return -1;

	for (i = 0; i < dump->nr; i++) {
		if (dump->answers[i].leaf == EXIT_STATS_LEAF) {
			dump->first_cpu = dump->answers[i].cpu;
			break;
		}
	}

	if (dump->nr)
		qsort(dump->answers, dump->nr, sizeof(*dump->answers), compare_lines);
	return check_conflicts(dump);
}

/**
 * dump_find - look an answer up
 * @dump: as filled by dump_load()
 * @cpu: the CPU asked, or DUMP_ANY_CPU
 * @leaf: EAX in
 * @subleaf: ECX in
 *
 * Return: the answer, NULL if the dump has none.
 */
const struct dump_answer *dump_find(const struct dump *dump, int cpu,
				    __u32 leaf, __u32 subleaf)
{
	const struct dump_answer key = { .cpu = cpu, .leaf = leaf, .subleaf = subleaf };

	if (!dump->nr)
		return NULL;
	return bsearch(&key, dump->answers, dump->nr, sizeof(key), compare_questions);
}

/**
 * dump_walk_cpus - call a function for each CPU with answers of our leaf
 * @dump: as filled by dump_load()
 * @fn: gets the CPU's number and @arg
 * @arg: for @fn
 *
 * Return: 0, or what @fn returned.
 */
int dump_walk_cpus(const struct dump *dump, cpu_fn fn, void *arg)
{
	const struct dump_answer *last = NULL;
	size_t i;

	for (i = 0; i < dump->nr; i++) {
		const struct dump_answer *answer = &dump->answers[i];
		int ret;

		if (answer->leaf != EXIT_STATS_LEAF || (last && last->cpu == answer->cpu))
			continue;
		last = answer;
		ret = fn(answer->cpu, arg);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * dump_write - print a dump
 * @dump: answers of one CPU must stand together
 * @stream: where to; the caller checks it for errors
 */
void dump_write(const struct dump *dump, FILE *stream)
{
	size_t i;

	for (i = 0; i < dump->nr; i++) {
		const struct dump_answer *answer = &dump->answers[i];

		if (!i || answer->cpu != dump->answers[i - 1].cpu) {
			if (answer->cpu == DUMP_ANY_CPU)
				fprintf(stream, "CPU:\n");
			else
				fprintf(stream, "CPU %d:\n", answer->cpu);
		}
		fprintf(stream,
			"   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n",
			answer->leaf, answer->subleaf, answer->regs.eax, answer->regs.ebx,
			answer->regs.ecx, answer->regs.edx);
	}
}

/**
 * dump_free - free a dump's answers
 * @dump: empty afterwards
 */
void dump_free(struct dump *dump)
{
	free(dump->answers);
	memset(dump, 0, sizeof(*dump));
}
