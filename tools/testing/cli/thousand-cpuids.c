// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executes 1000 CPUIDs, and not one more: it is linked without a C library, whose
 * start takes some.  So it has to be built with -static -nostdlib.
 */
#include <asm/unistd.h>

void _start(void);

void _start(void)
{
	unsigned int eax, ecx;
	int i;

	for (i = 0; i < 1000; i++) {
		eax = 0;
		ecx = 0;
		asm volatile("cpuid" : "+a" (eax), "+c" (ecx) : : "ebx", "edx");
	}
	asm volatile("syscall" : : "a" (__NR_exit), "D" (0) : "rcx", "r11", "memory");
	__builtin_unreachable();
}
