/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SELFTEST_EXIT_STATS_TEST_H
#define SELFTEST_EXIT_STATS_TEST_H

#include "exit_stats_lib.h"

/* An interrupt of the guest's that tests send to themselves. */
#define GUEST_VECTOR	0x40

/* Pages that the guest touches for the first time. */
#define FRESH_GVA	0x40000000ull
#define FRESH_PAGES	512
/* Nothing is there. */
#define MMIO_GVA	0xc0000000ull
/* No translation is there. */
#define UNMAPPED_GVA	0xd0000000ull

/**
 * struct exit_case - something that a guest does, and the exits it takes
 * @name: for the result
 * @setup: done once in the guest, before anything is measured; may be NULL
 * @act: what is done in the guest, @n times
 * @exits: what that takes: for each time, so many exits of that code; all
 *	   other codes have none
 * @drops_pages: KVM frees its page tables on the way, and how many faults that
 *		 takes is not the guest's doing: those codes aren't compared
 * @begin: done in the VMM before the case; may be NULL
 * @end: done in the VMM after the case; may be NULL
 * @why_not: why this host can't provoke it, or NULL
 */
struct exit_case {
	const char *name;
	void (*setup)(void);
	void (*act)(u32 n);
	struct {
		u32 code;
		u32 times;
	} exits[6];
	bool drops_pages;
	void (*begin)(struct kvm_vcpu *vcpu);
	void (*end)(struct kvm_vcpu *vcpu);
	const char *why_not;
};

/* Both end with a case that has no name. */
struct exit_case *vmx_cases(void);
struct exit_case *svm_cases(void);

/* What both vendors' guests do, in exit_stats_actions.c. */
void act_nothing(u32 n);
void act_cpuid(u32 n);
void act_invd(u32 n);
void act_wbinvd(u32 n);
void act_vmcall(u32 n);
void act_vmmcall(u32 n);
void act_pio_to_vmm(u32 n);
void act_pio_in_kernel(u32 n);
void act_rdmsr(u32 n);
void act_wrmsr(u32 n);
void act_first_touch(u32 n);
void act_mmio_read(u32 n);
void act_mmio_write(u32 n);
void act_page_fault(u32 n);
void act_invlpg(u32 n);
void act_invpcid(u32 n);
void act_xsetbv(u32 n);
void act_rdpmc(u32 n);
void act_ud(u32 n);
void act_single_step(u32 n);
void act_int3(u32 n);
void act_cr0(u32 n);
void act_cr3(u32 n);
void act_cr4(u32 n);
void act_dr_read(u32 n);
void act_dr_write(u32 n);
void act_sgdt(u32 n);
void act_sldt(u32 n);
void act_rdrand(u32 n);
void act_rdseed(u32 n);
void act_monitor(u32 n);
void act_mwait(u32 n);
void act_shutdown(u32 n);
void act_mixture(u32 n);
void setup_first_touch(void);
void setup_xsave(void);
void setup_umip(void);

/* In exit_stats_interrupts.c. */
void act_hlt(u32 n);
void act_icr(u32 n);
void act_tsc_deadline(u32 n);
void act_irq_window(u32 n);
void act_nmi(u32 n);
void act_nmi_window(u32 n);
void act_smi(u32 n);
void act_cr8(u32 n);
void setup_x2apic(void);
void setup_tsc_deadline(void);

void actions_prepare(struct kvm_vm *vm);
void interrupts_prepare(struct kvm_vcpu *vcpu);
void begin_no_mwait(struct kvm_vcpu *vcpu);
void begin_debug(struct kvm_vcpu *vcpu);
void end_debug(struct kvm_vcpu *vcpu);

#endif /* SELFTEST_EXIT_STATS_TEST_H */
