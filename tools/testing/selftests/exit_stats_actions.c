// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest does to exit, on VMX and SVM alike.  Each act_*() does one
 * thing @n times; how many exits that takes is in the vendor's table of cases.
 */
#include <asm/kvm_para.h>

#include "exit_stats_test.h"

#define MSR_MISC_ENABLE		0x1a0
#define PIC_MASK_PORT		0x21
#define RFLAGS_TF		0x100

void act_nothing(u32 n)
{
}

void act_cpuid(u32 n)
{
	u32 eax, ebx, ecx, edx;

	TIMES(n)
		cpuid(0, &eax, &ebx, &ecx, &edx);
}

static void guest_single_step(struct ex_regs *regs)
{
	regs->rflags &= ~(u64)RFLAGS_TF;
}

/**
 * actions_prepare - give the guest what its actions need
 * @vm: a VM that hasn't run yet
 */
void actions_prepare(struct kvm_vm *vm)
{
	vm_install_exception_handler(vm, 1, guest_single_step);
	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, FRESH_GVA, 1, FRESH_PAGES, 0);
	virt_map(vm, FRESH_GVA, FRESH_GVA, FRESH_PAGES);
	virt_pg_map(vm, MMIO_GVA, MMIO_GVA);
}

/* The VMM wants breakpoint instructions for itself. */
void begin_debug(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP,
	};

	vcpu_guest_debug_set(vcpu, &debug);
}

void end_debug(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_debug debug = {};

	vcpu_guest_debug_set(vcpu, &debug);
}

void act_invd(u32 n)
{
	TIMES(n)
		asm volatile("invd" : : : "memory");
}

void act_wbinvd(u32 n)
{
	TIMES(n)
		asm volatile("wbinvd" : : : "memory");
}

/* Hypercall 1, KVM_HC_VAPIC_POLL_IRQ, does nothing. */
void act_vmcall(u32 n)
{
	u64 rax;

	TIMES(n) {
		rax = 1;
		asm volatile("vmcall" : "+a"(rax) : "b"(0) : "memory");
	}
}

void act_vmmcall(u32 n)
{
	u64 rax;

	TIMES(n) {
		rax = 1;
		asm volatile("vmmcall" : "+a"(rax) : "b"(0) : "memory");
	}
}

void act_pio_to_vmm(u32 n)
{
	TIMES(n) {
		guest_inb(STATS_PIO_PORT);
		guest_outb(STATS_PIO_PORT);
	}
}

void act_pio_in_kernel(u32 n)
{
	TIMES(n)
		guest_inb(PIC_MASK_PORT);
}

void act_rdmsr(u32 n)
{
	TIMES(n)
		rdmsr(MSR_MISC_ENABLE);
}

void act_wrmsr(u32 n)
{
	/* A register that KVM keeps, and whose value changes nothing. */
	TIMES(n)
		wrmsr(MSR_KVM_WALL_CLOCK_NEW, 0);
}

static u32 next_fresh_page;

/* What maps the pages is touched first, and no longer part of what is counted. */
void setup_first_touch(void)
{
	act_first_touch(1);
}

void act_first_touch(u32 n)
{
	TIMES(n) {
		GUEST_ASSERT(next_fresh_page < FRESH_PAGES);
		WRITE_ONCE(*(u8 *)(FRESH_GVA + next_fresh_page * 4096ull), 1);
		next_fresh_page++;
	}
}

void act_mmio_read(u32 n)
{
	u32 value;

	TIMES(n)
		asm volatile("movl (%1), %0" : "=r"(value) : "r"(MMIO_GVA) : "memory");
}

void act_mmio_write(u32 n)
{
	TIMES(n)
		asm volatile("movl %0, (%1)" : : "r"(0), "r"(MMIO_GVA) : "memory");
}

void act_page_fault(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("movb (%%rax), %%al", "a"(UNMAPPED_GVA)) == 14);
}

void act_invlpg(u32 n)
{
	TIMES(n)
		asm volatile("invlpg (%0)" : : "r"(FRESH_GVA) : "memory");
}

void act_invpcid(u32 n)
{
	struct {
		u64 pcid, address;
	} all = {};

	TIMES(n)
		asm volatile("invpcid %0, %1" : : "m"(all), "r"(2ul) : "memory");
}

void setup_xsave(void)
{
	u64 cr4;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" : : "r"(cr4 | X86_CR4_OSXSAVE) : "memory");
}

void act_xsetbv(u32 n)
{
	/* x87 only, as after reset. */
	TIMES(n)
		asm volatile("xsetbv" : : "a"(1), "d"(0), "c"(0) : "memory");
}

/* Whether there is a counter or not, it exits first. */
void act_rdpmc(u32 n)
{
	u64 __maybe_unused error_code;
	u32 eax, edx;
	u8 vector;

	TIMES(n)
		asm volatile(KVM_ASM_SAFE("rdpmc")
			     : "=a"(eax), "=d"(edx),
			       STATS_ASM_SAFE_OUTPUTS(vector, error_code)
			     : "c"(0)
			     : KVM_ASM_SAFE_CLOBBERS);
}

void act_ud(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("ud2") == 6);
}

void act_single_step(u32 n)
{
	TIMES(n)
		asm volatile("pushf; orl %0, (%%rsp); popf; nop" : :
			     "i"(RFLAGS_TF) : "memory", "cc");
}

void act_int3(u32 n)
{
	TIMES(n)
		asm volatile("int3" : : : "memory");
}

/* CR0.AM, which only matters in user mode. */
void act_cr0(u32 n)
{
	u64 cr0;

	TIMES(n) {
		asm volatile("mov %%cr0, %0" : "=r"(cr0));
		asm volatile("mov %0, %%cr0" : : "r"(cr0 ^ X86_CR0_AM) : "memory");
	}
}

/* The same again: KVM finds the page tables that it has for it. */
void act_cr3(u32 n)
{
	u64 cr3;

	TIMES(n) {
		asm volatile("mov %%cr3, %0" : "=r"(cr3));
		asm volatile("mov %0, %%cr3" : : "r"(cr3) : "memory");
	}
}

/* CR4.MCE: there are no machine checks. */
void act_cr4(u32 n)
{
	u64 cr4;

	TIMES(n) {
		asm volatile("mov %%cr4, %0" : "=r"(cr4));
		asm volatile("mov %0, %%cr4" : : "r"(cr4 ^ X86_CR4_MCE) : "memory");
	}
}

/*
 * KVM lets the guest have the debug registers from its first access on until
 * another exit, so one is provoked each time.
 */
void act_dr_read(u32 n)
{
	u64 dr;

	TIMES(n) {
		asm volatile("mov %%dr6, %0" : "=r"(dr));
		act_cpuid(1);
	}
}

void act_dr_write(u32 n)
{
	TIMES(n) {
		asm volatile("mov %0, %%dr0" : : "r"(0ul));
		act_cpuid(1);
	}
}

void setup_umip(void)
{
	u64 cr4;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" : : "r"(cr4 | X86_CR4_UMIP) : "memory");
}

void act_sgdt(u32 n)
{
	TIMES(n)
		get_gdt();
}

void act_sldt(u32 n)
{
	u64 ldt;

	TIMES(n)
		asm volatile("sldt %0" : "=r"(ldt));
}

void act_rdrand(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("rdrand %%rax", "a"(0)) == 6);
}

void act_rdseed(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("rdseed %%rax", "a"(0)) == 6);
}

/*
 * KVM takes them for NOPs and says so in its log, or else tells a guest that has
 * none in its CPUID that it has none.
 */
void begin_no_mwait(struct kvm_vcpu *vcpu)
{
	vm_enable_cap(vcpu->vm, KVM_CAP_DISABLE_QUIRKS2, KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS);
}

void act_monitor(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("monitor", "a"(&n), "c"(0), "d"(0)) == 6);
}

void act_mwait(u32 n)
{
	TIMES(n)
		GUEST_ASSERT(kvm_asm_safe("mwait", "a"(0), "c"(0)) == 6);
}

/* The VMM lets the vCPU go on where it last was at a checkpoint: behind the OUT. */
void act_shutdown(u32 n)
{
	static const struct desc_ptr no_idt;
	static bool again;

	TIMES(n) {
		WRITE_ONCE(again, false);
		guest_outb(STATS_CHECKPOINT_PORT);
		if (READ_ONCE(again))
			continue;
		WRITE_ONCE(again, true);
		asm volatile("lidt %0; int $0x20" : : "m"(no_idt));
	}
}

/* Several things in turn, each as often as it is in the table of cases. */
void act_mixture(u32 n)
{
	TIMES(n) {
		act_cpuid(5);
		act_rdmsr(3);
		act_pio_in_kernel(2);
		act_wbinvd(1);
	}
}
