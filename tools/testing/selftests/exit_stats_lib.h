/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SELFTEST_EXIT_STATS_LIB_H
#define SELFTEST_EXIT_STATS_LIB_H

/*
 * What the tests of KVM's exit statistics share.  Functions named guest_*()
 * and the leaf's readers run in the guest, all others in the VMM.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/types.h>

#include <asm/kvm_exit_stats.h>

#include "test_util.h"
#include "kvm_util.h"
#include "processor.h"

/* Libraries before 6.2 know no shapes. */
#ifndef VM_SHAPE_DEFAULT
#define VM_SHAPE_DEFAULT	VM_MODE_DEFAULT
/* And their fixed up instructions tell no error code. */
#define STATS_ASM_SAFE_OUTPUTS(vector, ...)	KVM_ASM_SAFE_OUTPUTS(vector)
#else
#define STATS_ASM_SAFE_OUTPUTS(vector, error_code)	KVM_ASM_SAFE_OUTPUTS(vector, error_code)
#endif

/* The module parameter with the level; those with the policy begin with it, too. */
#define STATS_SWITCH		"/sys/module/kvm/parameters/exit_stats"

/* A port whose accesses go to the VMM and do nothing. */
#define STATS_PIO_PORT		0x2000
/* An OUT to it is where a vCPU that shuts down goes on. */
#define STATS_CHECKPOINT_PORT	0x2001
/* A 32-bit OUT to it has the VMM wait so many units, in cycles of the host's TSC. */
#define STATS_WAIT_PORT		0x2002
#define STATS_WAIT_UNIT		16ull

/* The places of a vCPU's keys, and the maps that they have */
#define STATS_NR_PLACES		(EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS)
#define STATS_NR_KEY_MAPS	((STATS_NR_PLACES + EXIT_STATS_MAP_CODES - 1) / \
				 EXIT_STATS_MAP_CODES)

/* More than any vendor module has. */
#define STATS_MAX_CODES		0x480

/* In front of what a guest does n times. */
#define TIMES(n)	for (u32 times = 0; times < (n); times++)

struct stats_regs {
	u32 eax, ebx, ecx, edx;
};

struct stats_record {
	u64 exits, cycles;
};

/*
 * Records 0 .. nr - 1 are those of codes 0 .. nr - 1, and the one after them
 * is that of EXIT_STATS_CODE_OTHER.
 */
struct stats_table {
	u32 nr;
	struct stats_record record[STATS_MAX_CODES + 1];
};

static inline struct stats_regs guest_leaf(u32 leaf, u32 index)
{
	struct stats_regs r;

	__cpuid(leaf, index, &r.eax, &r.ebx, &r.ecx, &r.edx);
	return r;
}

static inline struct stats_regs guest_query(u32 index)
{
	return guest_leaf(EXIT_STATS_LEAF, index);
}

static inline struct stats_record stats_record_of(struct stats_regs r)
{
	return (struct stats_record) {
		.exits = (u64)r.edx << 32 | r.eax,
		.cycles = (u64)r.ebx << 32 | r.ecx,
	};
}

static inline struct stats_record guest_record(u32 index)
{
	return stats_record_of(guest_query(index));
}

static inline u64 guest_own_exits(u32 code)
{
	return guest_record(EXIT_STATS_THIS_VCPU | (EXIT_STATS_REASON + code)).exits;
}

/* How many codes have a record of their own. */
static inline u32 guest_nr_codes(void)
{
	return guest_query(EXIT_STATS_GEOMETRY).eax + 1;
}

static inline bool stats_regs_equal(struct stats_regs a, struct stats_regs b)
{
	return a.eax == b.eax && a.ebx == b.ebx && a.ecx == b.ecx && a.edx == b.edx;
}

static inline bool stats_is_identity(struct stats_regs r)
{
	return r.eax == EXIT_STATS_REVISION && r.ebx == EXIT_STATS_SIGNATURE_EBX &&
	       r.ecx == EXIT_STATS_SIGNATURE_ECX && r.edx == EXIT_STATS_SIGNATURE_EDX;
}

static inline bool stats_is_undefined(struct stats_regs r)
{
	return !r.eax && !r.ebx && !r.ecx && r.edx == EXIT_STATS_UNDEFINED_EDX;
}

static inline void guest_inb(u16 port)
{
	u8 value;

	asm volatile("inb %%dx, %%al" : "=a"(value) : "d"(port));
}

static inline void guest_outb(u16 port)
{
	asm volatile("outb %%al, %%dx" : : "a"(0), "d"(port));
}

static inline void guest_outl(u16 port, u32 value)
{
	asm volatile("outl %%eax, %%dx" : : "a"(value), "d"(port));
}

/* Returns an upper bound of the absence, of which @cycles is a lower one. */
static inline u64 guest_wait(u64 cycles)
{
	const u64 start = rdtsc();

	guest_outl(STATS_WAIT_PORT, (cycles + STATS_WAIT_UNIT - 1) / STATS_WAIT_UNIT);
	return rdtsc() - start;
}

u8 guest_query_safe(u32 index, struct stats_regs *r);
void guest_read_table(struct stats_table *table, u32 scope);
struct stats_regs guest_stock_answer(u32 index);

bool stats_vmx(void);
u32 stats_code_of(const struct stats_table *table, u32 i);
const char *stats_code_name(u32 code);
u32 stats_index_of(u32 code);
bool stats_vendor_param(const char *name);

struct kvm_vm *stats_vm_create(u32 nr_vcpus, u64 extra_pages, void *guest_code,
			       struct kvm_vcpu *vcpus[]);
u64 stats_run(struct kvm_vcpu *vcpu, struct ucall *uc);
void stats_binary(struct kvm_vcpu *vcpu, const char *name, u64 *values, u32 nr);
u64 stats_binary_exits(struct kvm_vcpu *vcpus[], u32 nr_vcpus);
bool stats_sum_is_exact(struct kvm_vcpu *vcpu);
void stats_enter_user_mode(struct kvm_vcpu *vcpu);
void stats_set_level(u32 level);
void stats_set_policy(const char *guests, const char *user);

void stats_begin(void);
void stats_result(bool ok, const char *fmt, ...) __printf(2, 3);
void stats_skip(const char *name, const char *why);
void stats_note(const char *fmt, ...) __printf(1, 2);
void stats_end(void);

#endif /* SELFTEST_EXIT_STATS_LIB_H */
