// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one CPUID exit takes, guest to guest: the median over many, in cycles
 * of the guest's TSC.  On Bochs and under QEMU's icount a cycle is one
 * instruction.
 *
 * Asks for leaf 0, which any VMM defines: nothing of this project answers it.
 */
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <x86intrin.h>

#define SAMPLES 4001

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static uint64_t took[SAMPLES];
	unsigned int eax, ebx, ecx, edx;
	uint64_t start;
	int i;

	for (i = 0; i < SAMPLES; i++) {
		start = __rdtsc();
		__cpuid(0, eax, ebx, ecx, edx);
		took[i] = __rdtsc() - start;
	}

	qsort(took, SAMPLES, sizeof(took[0]), compare);
	printf("%llu\n", (unsigned long long)took[SAMPLES / 2]);
	return 0;
}
