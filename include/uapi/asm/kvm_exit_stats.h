/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI_ASM_X86_KVM_EXIT_STATS_H
#define _UAPI_ASM_X86_KVM_EXIT_STATS_H

/*
 * KVM exit statistics, read by a guest with CPUID.
 *
 * EAX selects the leaf, ECX the sub-leaf.  All values are unsigned.  A record
 * (totals, one exit reason) is
 *
 *	EDX:EAX  exits
 *	EBX:ECX  host TSC cycles spent handling them
 *
 * Time away from the guest, from a VM exit to the vCPU's next VM entry, has
 * records of its own.
 *
 * docs/abi.md describes every sub-leaf.
 */
#define EXIT_STATS_LEAF			0x4fffffff

/*
 * The leaves before it have no sub-leaves: ECX is an exit code.  EDX is 0 and
 *
 *	LEAF_CYCLES	EAX all exits,		EBX:ECX cycles of that code
 *	LEAF_EXITS	EAX exits of that code,	EBX:ECX all cycles
 *	LEAF_EXITS2	the same as LEAF_EXITS
 *
 * A code that the architecture doesn't define is an undefined sub-leaf, one that
 * this KVM has no handler for answers 0 in all registers.
 */
#define EXIT_STATS_LEAF_CYCLES		0x4ffffffc
#define EXIT_STATS_LEAF_EXITS		0x4ffffffd
#define EXIT_STATS_LEAF_EXITS2		0x4ffffffe
#define EXIT_STATS_LEAF_FIRST		EXIT_STATS_LEAF_CYCLES

/*
 * EAX of leaf 0x40000001, KVM's features: the VMM asks that the guest may see these
 * leaves.  KVM_GET_SUPPORTED_CPUID has the bit where a guest may.
 */
#define KVM_FEATURE_EXIT_STATS		23

/* Sub-leaf 1: EAX is the ABI revision, EBX, ECX, EDX spell the signature. */
#define EXIT_STATS_REVISION		1
#define EXIT_STATS_SIGNATURE		"KVMExitStats"
#define EXIT_STATS_SIGNATURE_EBX	0x454d564b	/* "KVME" */
#define EXIT_STATS_SIGNATURE_ECX	0x53746978	/* "xitS" */
#define EXIT_STATS_SIGNATURE_EDX	0x73746174	/* "tats" */

/* Sub-leaves */
#define EXIT_STATS_TOTALS		0x00000000	/* record: all codes */
#define EXIT_STATS_IDENTITY		0x00000001
#define EXIT_STATS_GEOMETRY		0x00000002	/* max code, ISA, TSC kHz, features */
#define EXIT_STATS_EPOCH		0x00000003	/* id 31:0, vCPU id, vCPUs, id 63:32 */
#define EXIT_STATS_REASON		0x00010000	/* + code; record: one code */
#define EXIT_STATS_MAP			0x00020000	/* + n; codes n * 128 .. n * 128 + 127 */
#define EXIT_STATS_AWAY			0x00030000	/* + code; EDX:EAX longest, EBX:ECX total */
#define EXIT_STATS_KEY			0x00040000	/* + n; EDX:EAX key, EBX code, ECX 0 */
#define EXIT_STATS_KEY_RECORD		0x00050000	/* + n; record: one key */
#define EXIT_STATS_KEY_AWAY		0x00060000	/* + n; EDX:EAX 0, EBX:ECX total */
#define EXIT_STATS_KEY_MAP		0x00070000	/* + m; keys m * 128 .. m * 128 + 127 */
#define EXIT_STATS_BUCKETS		0x00100000	/* + (p << 16) + code; two buckets */

/*
 * Set in ECX, narrows every sub-leaf that counts to the vCPU that executes
 * CPUID.  Clear, they cover the whole VM.
 */
#define EXIT_STATS_THIS_VCPU		0x80000000
/* Instead of it: Linux's cpuid devices take ECX from a file offset, which has a sign. */
#define EXIT_STATS_THIS_VCPU_LOW	0x40000000

/* ECX without EXIT_STATS_THIS_VCPU is a class and an index in it. */
#define EXIT_STATS_CLASS_MASK		0x7fff0000
#define EXIT_STATS_INDEX_MASK		0x0000ffff

/* Codes that one answer of EXIT_STATS_MAP covers, lowest bit of EAX first. */
#define EXIT_STATS_MAP_CODES		128

/*
 * How long absences were.  Bucket b counts those of 2^b .. 2^(b+1)-1 cycles,
 * bucket 0 also those of 0, the last one all longer ones too.  Pair p, at
 * EXIT_STATS_BUCKETS + (p << EXIT_STATS_PAIR_SHIFT) + code, answers
 * bucket 2p in EDX:EAX and bucket 2p + 1 in EBX:ECX.
 */
#define EXIT_STATS_NR_BUCKETS		32
#define EXIT_STATS_PAIR_SHIFT		16

/*
 * Keys: what distinguishes the exits of one code.  Each vCPU has its own, in a
 * table of NR_KEYS places; these sub-leaves are defined with EXIT_STATS_THIS_VCPU
 * only.  Place NR_KEYS and what follows, a place an index of a code, hold what
 * found no room or has no key of its own: their key is KEY_OTHERS.  A place that
 * is not used answers zeros.  Sums over a code's keys are the code's own counts
 * while keys were on.
 *
 *	exits				key
 *	RDMSR, WRMSR			31:0 MSR; SVM, which has one code for both: 32 write
 *	port I/O			15:0 port, 18:16 bytes, 19 in, 20 string
 *	CPUID, hypercall		31:0 leaf or number, EAX; KEY_HYPERVISORS for the
 *					leaves from there to 0x4000ffff
 *	EPT misconfiguration, EPT	51:12 of the guest physical address, shifted
 *	violation, nested page fault	right by 12; KEY_MEMORY if the VM has memory there,
 *					KEY_OTHERS in a nested guest
 *	VMX: control register		3:0 register, 5:4 access: to, from, CLTS, LMSW
 *	VMX: debug register		2:0 register, 4 from
 *	VMX: exception, NMI, host	7:0 vector
 *	interrupt, EOI
 *	APIC access, APIC write; SVM:	11:0 offset in the APIC page
 *	unaccelerated AVIC access
 */
#define EXIT_STATS_NR_KEYS		1024
/*
 * A key is in the first place that is free when it comes, of as many as KEY_PROBES from
 * its home on, round the table.
 */
#define EXIT_STATS_KEY_PROBES		8
#define EXIT_STATS_KEY_ID(code, key)	((__u64)(code) << 48 | (key))
#define EXIT_STATS_KEY_HOME(code, key)	\
	((__u32)(EXIT_STATS_KEY_ID(code, key) * 0x61c8864680b583ebull >> 54))
/* Firmware and kernels look for hypervisors at each 0x100th leaf. */
#define EXIT_STATS_KEY_HYPERVISORS	0x40000100
#define EXIT_STATS_KEY_MEMORY		0xfffffffffffeull
#define EXIT_STATS_KEY_OTHERS		0xffffffffffffull

/*
 * Codes that are counted each on its own: 0 .. LOW_CODES - 1, and on SVM also
 * HIGH_CODE and what follows.  CODE_OTHER gathers all others.
 */
#define EXIT_STATS_LOW_CODES		192
#define EXIT_STATS_HIGH_CODE		0x400
#define EXIT_STATS_HIGH_CODES		4
#define EXIT_STATS_CODE_OTHER		0xffff
#define EXIT_STATS_NR_RECORDS		(EXIT_STATS_LOW_CODES + EXIT_STATS_HIGH_CODES + 1)

/* Geometry, EBX: what exit codes mean, and which manual numbers them. */
#define EXIT_STATS_ISA_VMX		1	/* basic exit reason, SDM vol. 3 app. C */
#define EXIT_STATS_ISA_SVM		2	/* exit code, APM vol. 2 app. C */

/* Geometry, EDX: feature bits. */
#define EXIT_STATS_F_CYCLES		0x00000001	/* cycles are measured */
#define EXIT_STATS_F_AWAY		0x00000002	/* EXIT_STATS_AWAY is defined */
#define EXIT_STATS_F_BUCKETS		0x00000004	/* EXIT_STATS_BUCKETS is defined */
#define EXIT_STATS_F_KEYS		0x00000008	/* EXIT_STATS_KEY and what goes with it */

/* An undefined sub-leaf answers 0 in EAX, EBX, ECX and this in EDX. */
#define EXIT_STATS_UNDEFINED_EDX	0xffffffff

#endif /* _UAPI_ASM_X86_KVM_EXIT_STATS_H */
