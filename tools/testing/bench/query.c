// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a query for a whole VM takes where the VM has more vCPUs than the lab:
 * the same loads as in kvm/exit_stats.c, from as many structures as there are vCPUs,
 * none of them in a cache.
 *
 *	query VCPUS
 *
 * Prints "VCPUS WHAT MICROSECONDS" lines, medians.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <asm/kvm_exit_stats.h>

#define RUNS		15
#define CACHES		(256 << 20)	/* more than all caches */

/* About the size of struct kvm_vcpu with its vendor's part. */
struct vcpu {
	char before[8192];
	uint64_t exits[EXIT_STATS_NR_RECORDS];
	uint64_t cycles[EXIT_STATS_NR_RECORDS];
	char after[8192];
};

static const struct {
	const char *name;
	int first, last;
	int map;
} queries[] = {
	{ "reason", 10, 10, 0 },
	{ "map", 0, EXIT_STATS_MAP_CODES - 1, 1 },
	{ "totals", 0, EXIT_STATS_NR_RECORDS - 1, 0 },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* Each by itself, as READ_ONCE() does. */
static uint64_t load(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int vcpus = argc > 1 ? atoi(argv[1]) : 0;
	struct vcpu **vcpu = calloc(vcpus + 1, sizeof(*vcpu));
	char *caches = malloc(CACHES);
	double took[RUNS];
	int q, run, i, n;

	if (vcpus < 1)
		errx(1, "usage: query VCPUS");
	if (!vcpu || !caches)
		err(1, "memory");
	for (i = 0; i < vcpus; i++) {
		vcpu[i] = malloc(sizeof(**vcpu));
		if (!vcpu[i])
			err(1, "memory");
		memset(vcpu[i], 1, sizeof(**vcpu));
	}

	for (q = 0; q < 3; q++) {
		for (run = 0; run < RUNS; run++) {
			uint64_t sum = 0;
			double began;

			memset(caches, run, CACHES);
			began = now();
			for (i = 0; i < vcpus; i++) {
				for (n = queries[q].first; n <= queries[q].last; n++) {
					sum += load(&vcpu[i]->exits[n]);
					if (!queries[q].map)
						sum += load(&vcpu[i]->cycles[n]);
				}
			}
			took[run] = now() - began;
			/* It is used, for all that the compiler knows. */
			asm volatile("" : : "r" (sum));
		}
		qsort(took, RUNS, sizeof(took[0]), compare);
		printf("%d %s %.0f\n", vcpus, queries[q].name, took[RUNS / 2]);
	}
	return 0;
}
