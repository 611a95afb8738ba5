// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks the exit statistics into arch/x86 of a kernel tree.  One patch serves
 * every kernel that has these places; each "hook" line names a file and a text
 * that must be there afterwards, and scripts/apply-hooks fails, naming the
 * hook, where it isn't.
 *
 * hook include/asm/kvm_host.h  struct kvm_exit_stats *exit_stats;
 * hook include/asm/kvm_host.h  u64 exit_stats_epoch;
 * hook kvm/x86.c               #include "exit_stats.h"
 * hook kvm/x86.c               kvm_exit_stats_init_vm(kvm);
 * hook kvm/x86.c               if (kvm_exit_stats_create(vcpu))
 * hook kvm/x86.c               kvm_exit_stats_destroy(vcpu); 2
 * hook kvm/x86.c               kvm_exit_stats_update();
 * hook kvm/x86.c               kvm_exit_stats_unset(); 1+
 * hook kvm/cpuid.c             #include "exit_stats.h"
 * hook kvm/cpuid.c             if (kvm_exit_stats_cpuid(
 * hook kvm/vmx/vmx.c           #include "exit_stats.h"
 * hook kvm/vmx/vmx.c           kvm_exit_stats_setup(KVM_EXIT_STATS_ISA_VMX,
 * hook kvm/vmx/vmx.c           vmx_count_exit(struct kvm_vcpu *vcpu
 * hook kvm/vmx/vmx.c           return kvm_count_fast(vcpu 2+
 * hook kvm/vmx/vmx.c           kvm_time_away(vcpu
 * hook kvm/vmx/vmx.c           kvm_exit_stats_no_entry(vcpu);
 * hook kvm/svm/svm.c           #include "exit_stats.h"
 * hook kvm/svm/svm.c           kvm_exit_stats_setup(KVM_EXIT_STATS_ISA_SVM
 * hook kvm/svm/svm.c           svm_count_exit(struct kvm_vcpu *vcpu
 * hook kvm/svm/svm.c           return kvm_count_fast(vcpu 1+
 * hook kvm/svm/svm.c           kvm_time_away(vcpu 2
 *
 * spatch 1.1 prints an attribute in front of a function's type only where the
 * word "inline" stands too; scripts/apply-hooks takes that word out again.
 */

/* The tables' place: one pointer a vCPU, one id a VM. */
@vcpu_arch@
@@
 struct kvm_vcpu_arch {
 ...
 int last_vmentry_cpu;
+ struct kvm_exit_stats *exit_stats;
 ...
 };

@vm_arch@
@@
 struct kvm_arch {
 ...
 bool guest_can_read_msr_platform_info;
+ u64 exit_stats_epoch;
 ...
 };

/* The accounting's own header, in the four files that call it. */
@include_cpuid@
@@
 #include "cpuid.h"
+ #include "exit_stats.h"

/* A table lives as long as its vCPU. */
@init_vm@
symbol kvm;
@@
 kvm_arch_init_vm(...)
 {
 ...
 kvm_apicv_init(kvm);
+ kvm_exit_stats_init_vm(kvm);
 ...
 }

@create@
symbol vcpu, free_emulate_ctxt;
@@
 kvm_arch_vcpu_create(...)
 {
 <...
+ if (kvm_exit_stats_create(vcpu))
+	goto free_emulate_ctxt;
 if (!fpu_alloc_guest_fpstate(...)) { ... }
 ...>
 }

@destroy@
symbol x86_emulator_cache;
@@
+ kvm_exit_stats_destroy(vcpu);
 kmem_cache_free(x86_emulator_cache, vcpu->arch.emulate_ctxt);

/* KVM calls the handler that counts, or the stock one. */
@ops_update@
@@
 kvm_ops_update(...)
 {
 ...
 kvm_pmu_ops_update(...);
+ kvm_exit_stats_update();
 }

@vendor_exit@
@@
 kvm_mmu_vendor_module_exit();
+ kvm_exit_stats_unset();

/* The leaf: after the VMM's entries, before KVM's answer out of range. */
@cpuid@
identifier function, index;
symbol entry, exact_only, eax, ebx, ecx, edx;
@@
 kvm_cpuid(...)
 {
 <...
 if (!entry && !exact_only) {
+	if (kvm_exit_stats_cpuid(vcpu, function, index, eax, ebx, ecx, edx)) {
+		trace_kvm_cpuid(function, index, *eax, *ebx, *ecx, *edx, true, false);
+		return true;
+	}
	entry = get_out_of_range_cpuid_entry(vcpu, &function, index);
	...
 }
 ...>
 }

/*
 * VMX.  The stock handler is expanded in two functions, itself and one that
 * counts.
 */
@vmx_setup@
@@
+ kvm_exit_stats_setup(KVM_EXIT_STATS_ISA_VMX, vmx_count_exit, kvm_vmx_max_exit_handlers, 0, 0);
 vmx_setup_user_return_msrs();

@vmx_inline@
typedef fastpath_t;
attribute name __always_inline;
symbol exit_fastpath;
@@
- static int __vmx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+ static inline __always_inline int __vmx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
 { ... }

@vmx_static@
attribute name __always_inline;
@@
- static int vmx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+ static inline __always_inline int vmx_dispatch_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
 { ... }

@vmx_global depends on !vmx_static@
attribute name __always_inline;
@@
- int vmx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+ static inline __always_inline int vmx_dispatch_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
 { ... }

@vmx_count_exit@
@@
 vmx_dispatch_exit(...) { ... }
+
+static int vmx_count_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+{
+	return kvm_count_exit(vcpu, exit_fastpath, to_vmx(vcpu)->exit_reason.basic,
+			      vmx_dispatch_exit);
+}

@vmx_handle_exit_static depends on vmx_static@
@@
 vmx_count_exit(...) { ... }
+
+static int vmx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+{
+	return vmx_dispatch_exit(vcpu, exit_fastpath);
+}

@vmx_handle_exit_global depends on vmx_global@
@@
 vmx_count_exit(...) { ... }
+int vmx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+{
+	return vmx_dispatch_exit(vcpu, exit_fastpath);
+}

@vmx_fastpath@
identifier handler;
expression list args;
@@
 vmx_exit_handlers_fastpath(...)
 {
 <...
- return handler(args);
+ return kvm_count_fast(vcpu, to_vmx(vcpu)->exit_reason.basic, handler(args));
 ...>
 }

/*
 * Time away ends and begins as near to the VM entry and exit as C gets: flushing the
 * L1 data cache, or handling an NMI, is not the guest's time.
 */
@vmx_away@
expression fail;
expression list args;
@@
- fail = __vmx_vcpu_run(args);
+ kvm_time_away(vcpu, fail = __vmx_vcpu_run(args));

/* Invalid guest state: KVM doesn't enter, and makes up an exit. */
@vmx_no_entry@
symbol vmx;
@@
 vmx_vcpu_run(...)
 {
 <...
 if (unlikely(vmx->emulation_required)) {
	...
+	kvm_exit_stats_no_entry(vcpu);
	return EXIT_FASTPATH_NONE;
 }
 ...>
 }

/* SVM, in the same way. */
@svm_setup@
@@
 svm_hardware_setup(...)
 {
 <...
+ kvm_exit_stats_setup(KVM_EXIT_STATS_ISA_SVM, svm_count_exit, 32 * MAX_INTERCEPT,
+		       SVM_EXIT_NPF, ARRAY_SIZE(svm_exit_handlers) - SVM_EXIT_NPF);
 kvm_enable_efer_bits(EFER_NX);
 ...>
 }

@svm_dispatch@
attribute name __always_inline;
@@
- static int svm_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+ static inline __always_inline int svm_dispatch_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
 { ... }
+
+static int svm_count_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+{
+	return kvm_count_exit(vcpu, exit_fastpath, to_svm(vcpu)->vmcb->control.exit_code,
+			      svm_dispatch_exit);
+}

@svm_handle_exit@
@@
 svm_count_exit(...) { ... }
+
+static int svm_handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
+{
+	return svm_dispatch_exit(vcpu, exit_fastpath);
+}

@svm_fastpath@
identifier handler;
expression list args;
@@
 svm_exit_handlers_fastpath(...)
 {
 <...
- return handler(args);
+ return kvm_count_fast(vcpu, control->exit_code, handler(args));
 ...>
 }

/* Around the assembler's functions here too. */
@svm_away@
identifier run = { __svm_vcpu_run, __svm_sev_es_vcpu_run };
expression list args;
@@
 svm_vcpu_enter_exit(...)
 {
 <...
- run(args);
+ kvm_time_away(vcpu, run(args));
 ...>
 }
