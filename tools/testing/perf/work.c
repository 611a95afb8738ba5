// SPDX-License-Identifier: GPL-2.0
/*
 * work [-w] KIND N: causes N exits that are known, all of them CPUIDs, or none.
 *
 *	cpuid	N CPUIDs, each followed by an offer of the CPU to others
 *	spin	N offers of the CPU, with some computing before each: no exit
 *	yield	two children offer each other the CPU N times: no exit
 *	threads	both at once, in threads of these names
 *	fork	N children, one after the other, with one CPUID each
 *	steps	three times N CPUIDs and a fork; it stops itself before each
 *	hop	N moves from CPU to CPU, with a CPUID before each
 *
 * With -w it stops itself before the first of these, and goes on at SIGCONT.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static long n;
static bool wait_first;
static pthread_barrier_t begin;

static void stop(void)
{
	raise(SIGSTOP);
}

static void cpuid(void)
{
	unsigned int eax, ebx, ecx, edx;

	__cpuid(0, eax, ebx, ecx, edx);
}

static void do_cpuid(void)
{
	long i;

	for (i = 0; i < n; i++) {
		cpuid();
		sched_yield();
	}
}

static void do_spin(void)
{
	long i, spins;

	for (i = 0; i < n; i++) {
		for (spins = 0; spins < 1000; spins++)
			asm volatile("" : : : "memory");
		sched_yield();
	}
}

static void *thread(void *arg)
{
	const char *name = arg;

	prctl(PR_SET_NAME, name);
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&begin);
	if (!strcmp(name, "cpuid"))
		do_cpuid();
	else
		do_spin();
	return NULL;
}

static void do_threads(void)
{
	static const char * const name[] = { "cpuid", "spin" };
	pthread_t id[2];
	int i;

	pthread_barrier_init(&begin, NULL, 3);
	for (i = 0; i < 2; i++) {
		if (pthread_create(&id[i], NULL, thread, (void *)name[i]))
			errx(1, "no thread");
	}
	pthread_barrier_wait(&begin);
	if (wait_first)
		stop();
	pthread_barrier_wait(&begin);
	for (i = 0; i < 2; i++)
		pthread_join(id[i], NULL);
}

static void do_fork(void)
{
	long i;

	for (i = 0; i < n; i++) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (!child) {
			cpuid();
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

static void do_yield(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (!fork()) {
			do_spin();
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
}

static void do_steps(void)
{
	long i, step;
	pid_t child;

	for (step = 0; step < 3; step++) {
		stop();
		for (i = 0; i < n; i++)
			cpuid();
		child = fork();
		if (child < 0)
			err(1, "fork");
		if (!child)
			_exit(0);
		waitpid(child, NULL, 0);
	}
}

static void do_hop(void)
{
	long i, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	if (cpus < 2)
		errx(1, "there is only one CPU");
	for (i = 0; i < n; i++) {
		cpuid();
		CPU_ZERO(&set);
		CPU_SET((sched_getcpu() + 1) % cpus, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			err(1, "sched_setaffinity");
	}
}

int main(int argc, char *argv[])
{
	const char *kind;

	if (argc > 1 && !strcmp(argv[1], "-w")) {
		wait_first = true;
		argv++;
		argc--;
	}
	if (argc != 3)
		errx(1, "usage: work [-w] KIND N");
	kind = argv[1];
	n = atol(argv[2]);

	prctl(PR_SET_NAME, kind);
	if (wait_first && strcmp(kind, "threads"))
		stop();
	if (!strcmp(kind, "cpuid"))
		do_cpuid();
	else if (!strcmp(kind, "spin"))
		do_spin();
	else if (!strcmp(kind, "threads"))
		do_threads();
	else if (!strcmp(kind, "fork"))
		do_fork();
	else if (!strcmp(kind, "yield"))
		do_yield();
	else if (!strcmp(kind, "steps"))
		do_steps();
	else if (!strcmp(kind, "hop"))
		do_hop();
	else
		errx(1, "%s: no such kind of work", kind);
	return 0;
}
