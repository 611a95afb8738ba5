// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that is itself a hypervisor.  Below, L1 is the guest under test and
 * L2 is the guest that it runs.
 */
#include "exit_stats_nested.h"
#include "svm_util.h"
#include "vmx.h"

#define L2_STACK	64

/* What the library prepared for this guest: struct vmx_pages or svm_test_data. */
static void *nested_data;

static u64 l2_stack[L2_STACK];
static struct stats_regs l2_answer;

/**
 * nested_prepare - give a guest what it needs to be a hypervisor
 * @vcpu: a vCPU that hasn't run yet
 */
void nested_prepare(struct kvm_vcpu *vcpu)
{
	u64 gva;

	if (stats_vmx())
		vcpu_alloc_vmx(vcpu->vm, &gva);
	else
		vcpu_alloc_svm(vcpu->vm, &gva);
	nested_data = (void *)gva;
	sync_global_to_guest(vcpu->vm, nested_data);
}

/* L1 doesn't move L2 on, so that this is executed again each time. */
static void l2_vmcall(void)
{
	for (;;)
		asm volatile("vmcall" : : "a"(0) : "memory");
}

static void l2_cpuid(void)
{
	for (;;)
		l2_answer = guest_query(EXIT_STATS_IDENTITY);
}

#define L2_SPIN_CYCLES	BIT(22)

static void l2_spin(bool svm)
{
	u64 start;

	for (;;) {
		start = rdtsc();
		while (rdtsc() - start < L2_SPIN_CYCLES)
			cpu_relax();
		if (svm)
			asm volatile("vmmcall" : : "a"(0) : "memory");
		else
			asm volatile("vmcall" : : "a"(0) : "memory");
	}
}

static void l2_spin_vmcall(void)
{
	l2_spin(false);
}

static void l2_spin_vmmcall(void)
{
	l2_spin(true);
}

/*
 * VMX.  Fields that L1 can access without an exit (shadow VMCS) would not do.
 */
#define NOT_SHADOWED	HOST_IA32_SYSENTER_ESP

void setup_vmxon(void)
{
	GUEST_ASSERT(prepare_for_vmx_operation(nested_data));
	GUEST_ASSERT(load_vmcs(nested_data));
}

void act_vmxoff_vmxon(u32 n)
{
	struct vmx_pages *vmx = nested_data;

	TIMES(n) {
		vmxoff();
		GUEST_ASSERT(!vmxon(vmx->vmxon_gpa));
	}
}

void act_vmclear(u32 n)
{
	struct vmx_pages *vmx = nested_data;

	TIMES(n)
		GUEST_ASSERT(!vmclear(vmx->shadow_vmcs_gpa));
}

void setup_vmptrld(void)
{
	GUEST_ASSERT(load_vmcs(nested_data));
}

void act_vmptrld(u32 n)
{
	struct vmx_pages *vmx = nested_data;

	TIMES(n)
		GUEST_ASSERT(!vmptrld(vmx->vmcs_gpa));
}

void act_vmptrst(u32 n)
{
	u64 value;

	TIMES(n)
		GUEST_ASSERT(!vmptrst(&value));
}

void act_vmread(u32 n)
{
	u64 value;

	TIMES(n)
		GUEST_ASSERT(!vmread(NOT_SHADOWED, &value));
}

void act_vmwrite(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(!vmwrite(NOT_SHADOWED, 0));
}

/* There is nothing to launch or to resume after VMCLEAR of the current VMCS. */
void setup_no_vmcs(void)
{
	struct vmx_pages *vmx = nested_data;

	GUEST_ASSERT(!vmclear(vmx->vmcs_gpa));
}

void act_vmlaunch_fails(u32 n)
{
	TIMES(n)
		asm volatile("vmlaunch" : : : "cc", "memory");
}

void act_vmresume_fails(u32 n)
{
	TIMES(n)
		asm volatile("vmresume" : : : "cc", "memory");
}

/* What INVEPT and INVVPID drop: everything. */
static u64 descriptor[2];

/* Where there is no nested EPT or VPID, they take an exit and then #UD. */
void act_invept(u32 n)
{
	TIMES(n)
		kvm_asm_safe("invept (%%rdx), %%rax", "a"(2ul), "d"(descriptor));
}

void act_invvpid(u32 n)
{
	TIMES(n)
		kvm_asm_safe("invvpid (%%rdx), %%rax", "a"(2ul), "d"(descriptor));
}

void setup_l2(void *l2)
{
	struct vmx_pages *vmx = nested_data;

	GUEST_ASSERT(load_vmcs(vmx));
	prepare_vmcs(vmx, l2, &l2_stack[L2_STACK]);
	GUEST_ASSERT(!vmlaunch());
}

void setup_l2_vmcall(void)
{
	setup_l2(l2_vmcall);
	GUEST_ASSERT(vmreadz(VM_EXIT_REASON) == EXIT_REASON_VMCALL);
}

void setup_l2_cpuid(void)
{
	setup_l2(l2_cpuid);
	GUEST_ASSERT(vmreadz(VM_EXIT_REASON) == EXIT_REASON_CPUID);
}

void setup_l2_spin(void)
{
	setup_l2(l2_spin_vmcall);
}

/* L2 spins for milliseconds, on its way to the next VMCALL. */
void act_l2_spin(u32 n)
{
	TIMES(n) {
		vmwrite(GUEST_RIP, vmreadz(GUEST_RIP) + 3);
		GUEST_ASSERT(!vmresume());
		GUEST_ASSERT(vmreadz(VM_EXIT_REASON) == EXIT_REASON_VMCALL);
	}
}

void act_vmlaunch(u32 n)
{
	struct vmx_pages *vmx = nested_data;

	TIMES(n) {
		GUEST_ASSERT(!vmclear(vmx->vmcs_gpa));
		GUEST_ASSERT(!vmptrld(vmx->vmcs_gpa));
		GUEST_ASSERT(!vmlaunch());
	}
}

void act_vmresume(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(!vmresume());
}

/*
 * SVM.
 */
static void l2_vmmcall(void)
{
	for (;;)
		asm volatile("vmmcall" : : "a"(0) : "memory");
}

static void l2_cpuid_vmmcall(void)
{
	for (;;) {
		l2_answer = guest_query(EXIT_STATS_IDENTITY);
		asm volatile("vmmcall" : : "a"(0) : "memory");
	}
}

void setup_svm_l2(void *l2)
{
	generic_svm_setup(nested_data, l2, &l2_stack[L2_STACK]);
}

void setup_svm_l2_vmmcall(void)
{
	setup_svm_l2(l2_vmmcall);
}

void setup_svm_l2_cpuid(void)
{
	struct svm_test_data *svm = nested_data;

	setup_svm_l2(l2_cpuid);
	svm->vmcb->control.intercept |= 1ull << INTERCEPT_CPUID;
}

void setup_svm_l2_cpuid_vmmcall(void)
{
	setup_svm_l2(l2_cpuid_vmmcall);
}

static void svm_run(u32 expected)
{
	struct svm_test_data *svm = nested_data;

	run_guest(svm->vmcb, svm->vmcb_gpa);
	GUEST_ASSERT(svm->vmcb->control.exit_code == expected);
}

void act_vmrun(u32 n)
{
	TIMES(n)
		svm_run(SVM_EXIT_VMMCALL);
}

/* L1 intercepts CPUID: L2 gets no answer but L1's, and L1 gives none. */
void act_vmrun_cpuid(u32 n)
{
	TIMES(n)
		svm_run(SVM_EXIT_CPUID);
	GUEST_ASSERT(!l2_answer.eax);
}

/* L1 doesn't: L0 answers L2 as it would L1. */
void act_vmrun_cpuid_vmmcall(u32 n)
{
	struct svm_test_data *svm = nested_data;

	TIMES(n) {
		svm_run(SVM_EXIT_VMMCALL);
		svm->vmcb->save.rip += 3;
	}
	GUEST_ASSERT(stats_is_identity(l2_answer));
	l2_answer.eax = 0;
}

void setup_svm_l2_spin(void)
{
	setup_svm_l2(l2_spin_vmmcall);
	svm_run(SVM_EXIT_VMMCALL);
}

void act_svm_l2_spin(u32 n)
{
	struct svm_test_data *svm = nested_data;

	TIMES(n) {
		svm->vmcb->save.rip += 3;
		svm_run(SVM_EXIT_VMMCALL);
	}
}

void setup_no_svm(void)
{
	const u64 efer = rdmsr(MSR_EFER);

	if (!(efer & EFER_SVME))
		return;
	/* 7.1's KVM leaves GIF as it is, clear after an exit, and SMIs wait for it. */
	stgi();
	wrmsr(MSR_EFER, efer & ~(u64)EFER_SVME);
}

void act_vmload(u32 n)
{
	struct svm_test_data *svm = nested_data;

	TIMES(n)
		asm volatile("vmload %0" : : "a"(svm->vmcb_gpa) : "memory");
}

void act_vmsave(u32 n)
{
	struct svm_test_data *svm = nested_data;

	TIMES(n)
		asm volatile("vmsave %0" : : "a"(svm->vmcb_gpa) : "memory");
}

void act_clgi_stgi(u32 n)
{
	TIMES(n) {
		clgi();
		stgi();
	}
}

void act_invlpga(u32 n)
{
	TIMES(n)
		asm volatile("invlpga %0, %1" : : "a"(0ul), "c"(0) : "memory");
}

/* KVM has no secure loader: an exit, and then #UD. */
void act_skinit(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("skinit %%eax", "a"(0)) == 6);
}
