// SPDX-License-Identifier: GPL-2.0-only
/*
 * The update of the tables alone, natively: one thread a CPU, each either in a
 * table of its own with plain additions, as kvm/exit_stats.h does it, or all in
 * global atomic counters, the naive way.
 *
 *	update [PAIRS]
 *
 * For 1, 2, 4 ... all CPUs at once, PAIRS pairs of runs one after the other, so
 * that whatever else the machine does hits both alike.  Prints
 * "THREADS WAY MEDIAN-NS QUARTILE-NS QUARTILE-NS" lines.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NR_CODES	77
#define UPDATES		2000000
#define MAX_THREADS	256
#define MAX_PAIRS	1000

struct record {
	uint64_t exits;
	uint64_t cycles;
};

/* On cache lines of its own, as a vCPU's table is. */
struct table {
	alignas(128) struct record records[NR_CODES];
};

static struct table tables[MAX_THREADS];

static atomic_ulong total_exits, total_cycles;
static atomic_ulong exits_by_code[NR_CODES];

static pthread_barrier_t barrier;
static double took_ns[MAX_THREADS];
static int naive;

/* A few codes make most of the exits. */
static unsigned int code_of(unsigned int i)
{
	static const unsigned char codes[8] = { 48, 30, 1, 32, 52, 10, 49, 48 };

	return codes[i % 8];
}

static void update_own(struct table *table)
{
	struct record *record;
	unsigned int i;

	for (i = 0; i < UPDATES; i++) {
		record = &table->records[code_of(i)];
		record->exits++;
		record->cycles += i;
		/* Each update goes to memory, as each exit's does. */
		__asm__ volatile("" : : : "memory");
	}
}

static void update_global(void)
{
	unsigned int i;

	for (i = 0; i < UPDATES; i++) {
		atomic_fetch_add(&total_exits, 1);
		atomic_fetch_add(&total_cycles, i);
		atomic_fetch_add(&exits_by_code[code_of(i)], 1);
	}
}

/* The thread's own time: others may want the CPU too. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static void *thread(void *arg)
{
	const uintptr_t n = (uintptr_t)arg;
	double begin;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(n, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);

	pthread_barrier_wait(&barrier);
	begin = now_ns();
	if (naive)
		update_global();
	else
		update_own(&tables[n]);
	took_ns[n] = now_ns() - begin;
	return NULL;
}

/* Nanoseconds an update, the mean over @threads of them at once. */
static double run_once(int threads, int way)
{
	pthread_t ids[MAX_THREADS];
	double sum = 0;
	int i;

	naive = way;
	pthread_barrier_init(&barrier, NULL, threads);
	for (i = 0; i < threads; i++) {
		if (pthread_create(&ids[i], NULL, thread, (void *)(uintptr_t)i))
			err(1, "thread %d", i);
	}
	for (i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		sum += took_ns[i];
	}
	pthread_barrier_destroy(&barrier);

	return sum / threads / UPDATES;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static const char * const names[] = { "own", "naive" };
	static double took[2][MAX_PAIRS];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int pairs = argc > 1 ? atoi(argv[1]) : 31;
	int threads, way, i;

	if (pairs < 1 || pairs > MAX_PAIRS)
		errx(1, "%d pairs: 1 to %d", pairs, MAX_PAIRS);
	if (cpus > MAX_THREADS)
		cpus = MAX_THREADS;

	for (threads = 1; threads <= cpus;
	     threads = threads < cpus && threads * 2 > cpus ? cpus : threads * 2) {
		for (i = 0; i < pairs; i++)
			for (way = 0; way < 2; way++)
				took[way][i] = run_once(threads, way);
		for (way = 0; way < 2; way++) {
			qsort(took[way], pairs, sizeof(double), compare);
			printf("%d %s %.2f %.2f %.2f\n", threads, names[way],
			       took[way][pairs / 2], took[way][pairs / 4],
			       took[way][pairs * 3 / 4]);
		}
	}
	return 0;
}
