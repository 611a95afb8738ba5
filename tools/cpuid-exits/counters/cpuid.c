// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks CPUID: the processor's or a dump's.  A vCPU only answers for itself, so whoever
 * asks it has to run on it.
 */
#include <cpuid.h>
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>

#include "counters/cpuid.h"

/* Far more CPUs than Linux can have: past it EINVAL means something else. */
#define CPUS_LIMIT	0x100000

/**
 * source_ask - get the answer to one CPUID
 * @source: whom to ask
 * @leaf: EAX in
 * @subleaf: ECX in
 * @regs: where to put the answer
 *
 * Return: 0, or -1 if the dump has no such answer.  Says nothing then: what it
 * means is for the caller to know.
 */
int source_ask(struct source *source, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs)
{
	source->asked++;

	if (source->dump) {
		const struct dump_answer *found;

		found = dump_find(source->dump, source->cpu, leaf, subleaf);
		if (!found)
			return -1;
		*regs = found->regs;
	} else {
		__cpuid_count(leaf, subleaf, regs->eax, regs->ebx, regs->ecx, regs->edx);
	}

	if (source->log) {
		const struct dump_answer answer = {
			.cpu = source->cpu,
			.leaf = leaf,
			.subleaf = subleaf,
			.regs = *regs,
		};

		dump_add(source->log, &answer);
	}
	return 0;
}

/**
 * source_warn - say on stderr what is wrong with the answers
 * @source: who gave them; a dump is named
 * @format: of printf(), without a newline
 */
void source_warn(const struct source *source, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	if (!source->dump)
		warnx("%s", text);
	else if (source->cpu == DUMP_ANY_CPU)
		warnx("%s: %s", source->dump->name, text);
	else
		warnx("%s: CPU %d: %s", source->dump->name, source->cpu, text);
}

/* The CPUs this thread may run on, for CPU_FREE(), or NULL with errno. */
static cpu_set_t *get_affinity(int *nr_cpus)
{
	cpu_set_t *set;
	int cpus;

	/* The kernel says EINVAL to a set smaller than its own. */
	for (cpus = CPU_SETSIZE; cpus <= CPUS_LIMIT; cpus *= 2) {
		set = CPU_ALLOC(cpus);
		if (!set)
			return NULL;
		*nr_cpus = cpus;
		if (!sched_getaffinity(0, CPU_ALLOC_SIZE(cpus), set))
			return set;
		CPU_FREE(set);
		if (errno != EINVAL)
			return NULL;
	}
	return NULL;
}

static int run_on_each(const cpu_set_t *allowed, int nr_cpus, cpu_fn fn, void *arg)
{
	const size_t size = CPU_ALLOC_SIZE(nr_cpus);
	cpu_set_t *one = CPU_ALLOC(nr_cpus);
	int ret = 0, cpu;

	if (!one) {
		warn("cannot allocate memory");
		return -1;
	}

	for (cpu = 0; !ret && cpu < nr_cpus; cpu++) {
		if (!CPU_ISSET_S(cpu, size, allowed))
			continue;
		CPU_ZERO_S(size, one);
		CPU_SET_S(cpu, size, one);
		if (sched_setaffinity(0, size, one)) {
			warn("cannot run on CPU %d", cpu);
			ret = -1;
		} else {
			ret = fn(cpu, arg);
		}
	}
	CPU_FREE(one);
	return ret;
}

static int walk_allowed_cpus(cpu_fn fn, void *arg)
{
	cpu_set_t *allowed;
	int nr_cpus, ret;

	allowed = get_affinity(&nr_cpus);
	if (!allowed) {
		warn("cannot get the CPU affinity");
		return -1;
	}

	ret = run_on_each(allowed, nr_cpus, fn, arg);
	if (sched_setaffinity(0, CPU_ALLOC_SIZE(nr_cpus), allowed)) {
		warn("cannot restore the CPU affinity");
		ret = -1;
	}
	CPU_FREE(allowed);
	return ret;
}

/**
 * vcpus_walk - call a function on each vCPU
 * @source: the answers: each CPU of its dump, or this thread on each real one
 * @fn: gets the CPU's number and @arg
 * @arg: for @fn
 *
 * Context: pins the thread to one CPU after another and restores its affinity.
 * Return: 0, what @fn returned if that was not 0, or -1 after saying on stderr
 * what is wrong.
 */
int vcpus_walk(const struct source *source, cpu_fn fn, void *arg)
{
	return source->dump ? dump_walk_cpus(source->dump, fn, arg) : walk_allowed_cpus(fn, arg);
}
