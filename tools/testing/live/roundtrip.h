/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ROUNDTRIP_H
#define ROUNDTRIP_H

/* Bochs' debugger stops here, if it is told to. */
#ifdef MARKED
#define MARK	"	xchg	%bx, %bx\n"
#else
#define MARK	""
#endif

/*
 * Real mode.  BP counts, DI points to the next result.  EAX and ECX are set
 * before the clock starts, so that only the instruction itself is in between.
 */
#define LOOP(name, eax, ecx, instruction)				\
	asm(".pushsection .rodata\n"					\
	    ".code16\n"							\
	    ".globl " #name ", " #name "_end\n"				\
	    #name ":\n"							\
	    "	mov	$" #eax ", %eax\n"				\
	    "	mov	%eax, %esp\n"					\
	    "1:	rdtsc\n"						\
	    "	mov	%eax, %esi\n"					\
	    "	mov	%esp, %eax\n"					\
	    "	mov	$" #ecx ", %ecx\n"				\
	    "	xor	%edx, %edx\n"					\
	    MARK							\
	    "	" instruction "\n"					\
	    MARK							\
	    "	rdtsc\n"						\
	    "	sub	%esi, %eax\n"					\
	    "	mov	%eax, (%di)\n"					\
	    "	add	$4, %di\n"					\
	    "	dec	%bp\n"						\
	    "	jnz	1b\n"						\
	    "	hlt\n"							\
	    #name "_end:\n"						\
	    ".code64\n"							\
	    ".popsection\n");						\
	extern const char name[], name ## _end[]

#endif
