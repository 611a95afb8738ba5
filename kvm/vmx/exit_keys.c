// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the keys of VMX's exits.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "exit_keys.h"
#include "kvm_cache_regs.h"
#include "vmx.h"

/* Exit qualification, SDM vol. 3, "Information for VM Exits Due to ..." */
#define QUAL_IO			0x0000001f	/* bytes - 1, IN, string; 31:16 port */
#define QUAL_CR			0x0000003f	/* register, access */
#define QUAL_DR			0x00000017	/* register, direction */
#define QUAL_APIC_OFFSET	0x00000fff
#define QUAL_EOI_VECTOR		0x000000ff

/*
 * Codes whose key is in the exit qualification, which KVM caches for the handler.
 * Functions of their own, as with one that reads the VMCS inlined, vmx_exit_key() would
 * save registers for all.
 */
static noinline void vmx_exit_key_qual(struct kvm_vcpu *vcpu, u32 code)
{
	const u32 qual = vmx_get_exit_qual(vcpu);
	u64 key;

	switch (code) {
	case EXIT_REASON_IO_INSTRUCTION:
		key = ((qual & QUAL_IO) + 1) << 16 | qual >> 16;
		break;
	case EXIT_REASON_CR_ACCESS:
		key = qual & QUAL_CR;
		break;
	case EXIT_REASON_DR_ACCESS:
		key = qual & QUAL_DR;
		break;
	case EXIT_REASON_APIC_ACCESS:
	case EXIT_REASON_APIC_WRITE:
		key = qual & QUAL_APIC_OFFSET;
		break;
	case EXIT_REASON_EOI_INDUCED:
		key = qual & QUAL_EOI_VECTOR;
		break;
	default:
		/* The MSR of RDMSR and WRMSR with an immediate operand */
		key = qual;
	}
	kvm_exit_keys_begin(vcpu, code, key);
}

static noinline void vmx_exit_key_event(struct kvm_vcpu *vcpu, u32 code)
{
	kvm_exit_keys_begin(vcpu, code, vmx_get_intr_info(vcpu) & INTR_INFO_VECTOR_MASK);
}

static noinline void vmx_exit_key_fault(struct kvm_vcpu *vcpu, u32 code)
{
	kvm_exit_keys_fault(vcpu, code, vmcs_read64(GUEST_PHYSICAL_ADDRESS),
			    code == EXIT_REASON_EPT_MISCONFIG);
}

/**
 * vmx_exit_key - find the key of an exit and note it
 * @vcpu: the vCPU that exited
 * @code: basic exit reason
 *
 * Context: the thread of @vcpu, before anything is handled.
 */
void vmx_exit_key(struct kvm_vcpu *vcpu, u32 code)
{
	u64 key;

	/* Those that take longest come first. */
	if (code == EXIT_REASON_IO_INSTRUCTION) {
		vmx_exit_key_qual(vcpu, code);
		return;
	}

	switch (code) {
	case EXIT_REASON_MSR_READ:
	case EXIT_REASON_MSR_WRITE:
		key = (u32)kvm_rcx_read(vcpu);
		break;
	case EXIT_REASON_CPUID:
		key = kvm_exit_keys_leaf(kvm_rax_read(vcpu));
		break;
	case EXIT_REASON_VMCALL:
		key = (u32)kvm_rax_read(vcpu);
		break;
	case EXIT_REASON_CR_ACCESS:
	case EXIT_REASON_DR_ACCESS:
	case EXIT_REASON_APIC_ACCESS:
	case EXIT_REASON_APIC_WRITE:
	case EXIT_REASON_EOI_INDUCED:
#ifdef EXIT_REASON_MSR_READ_IMM
	case EXIT_REASON_MSR_READ_IMM:
	case EXIT_REASON_MSR_WRITE_IMM:
#endif
		vmx_exit_key_qual(vcpu, code);
		return;
	case EXIT_REASON_EXTERNAL_INTERRUPT:
	case EXIT_REASON_EXCEPTION_NMI:
		vmx_exit_key_event(vcpu, code);
		return;
	case EXIT_REASON_EPT_MISCONFIG:
	case EXIT_REASON_EPT_VIOLATION:
		vmx_exit_key_fault(vcpu, code);
		return;
	default:
		kvm_exit_keys_none(vcpu);
		return;
	}
	kvm_exit_keys_begin(vcpu, code, key);
}
