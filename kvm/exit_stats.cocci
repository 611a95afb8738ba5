// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks the exit statistics into arch/x86 of a kernel tree, 5.15 to 7.1.  Each "hook"
 * line has a file, a text that must be there afterwards and how often; see apply-hooks.
 *
 * hook include/asm/kvm_host.h  #include <asm/kvm_exit_stats.h> 1
 * hook include/asm/kvm_host.h  } exit_stats; 1
 * hook include/asm/kvm_host.h  u64 exit_stats_epoch; 1
 * hook include/asm/kvm_host.h  u64 exits_by_code[ 1
 * hook kvm/x86.c               #include "exit_stats.h" 1
 * hook kvm/x86.c               EXIT_STATS_DESC( 2
 * hook kvm/x86.c               kvm_exit_stats_init_vm(kvm); 1
 * hook kvm/x86.c               kvm_exit_stats_alloc(vcpu); 1
 * hook kvm/x86.c               kvm_exit_stats_free(vcpu); 1
 * hook kvm/x86.c               kvm_exit_stats_end(vcpu); 1
 * hook kvm/x86.c               kvm_exit_stats_tsc(vcpu) 1
 * hook kvm/cpuid.c             #include "exit_stats.h" 1
 * hook kvm/cpuid.c             kvm_exit_stats_cpuid(vcpu, eax) 1
 * hook kvm/cpuid.c             (1 << KVM_FEATURE_EXIT_STATS) 1
 * hook kvm/debugfs.c           #include "exit_stats.h" 1
 * hook kvm/debugfs.c           kvm_exit_stats_create_debugfs(kvm); 1
 * hook kvm/vmx/vmx.c           #include "exit_stats.h" 1
 * hook kvm/vmx/vmx.c           kvm_exit_stats_set_handlers( 1
 * hook kvm/vmx/vmx.c           kvm_exit_stats_begin(vcpu, 3+
 * hook kvm/vmx/vmx.c           kvm_exit_stats_end(vcpu); 1
 * hook kvm/vmx/vmx.c           kvm_exit_away_enter(vcpu); 1
 * hook kvm/vmx/vmx.c           kvm_exit_away_no_entry(vcpu); 1
 * hook kvm/svm/svm.c           #include "exit_stats.h" 1
 * hook kvm/svm/svm.c           kvm_exit_stats_set_handlers( 1
 * hook kvm/svm/svm.c           kvm_exit_stats_begin(vcpu, 2+
 * hook kvm/svm/svm.c           return kvm_exit_stats_return(vcpu, 4+
 * hook kvm/svm/svm.c           kvm_exit_away_enter(vcpu); 1
 */

@@
@@
 #include <asm/kvm_page_track.h>
+ #include <asm/kvm_exit_stats.h>

@@
@@
 #include "cpuid.h"
+ #include "exit_stats.h"

@@
@@
 #include "mmu/mmu_internal.h"
+ #include "exit_stats.h"

/* The counters, in KVM's own statistics of a vCPU, and what an exit notes for itself. */
@@
@@
 struct kvm_vcpu_stat {
 ...
 u64 guest_mode;
+ u64 exits_by_code[EXIT_STATS_NR_RECORDS];
+ u64 exit_cycles_by_code[EXIT_STATS_NR_RECORDS];
 ...
 };

@@
@@
 struct kvm_vcpu_arch {
 ...
 int last_vmentry_cpu;
+	struct {
+		u64 start;
+		u64 left;
+		struct kvm_exit_away *away;
+		struct kvm_exit_keys *keys;
+		u32 index;
+		bool interrupted;
+	} exit_stats;
 ...
 };

@@
@@
 struct kvm_arch {
 ...
 bool guest_can_read_msr_platform_info;
+ u64 exit_stats_epoch;
 ...
 };

@@
symbol kvm_vcpu_stats_desc, nested_run;
identifier desc;
@@
 struct desc kvm_vcpu_stats_desc[] = {
 ...,
 STATS_DESC_COUNTER(VCPU, nested_run),
+ EXIT_STATS_DESC(exits_by_code, KVM_STATS_UNIT_NONE),
+ EXIT_STATS_DESC(exit_cycles_by_code, KVM_STATS_UNIT_CYCLES),
 ...
 };

@@
symbol kvm;
@@
 kvm_apicv_init(kvm);
+ kvm_exit_stats_init_vm(kvm);

/* A table for time away as soon as others see the vCPU. */
@@
statement S, S1;
symbol vcpu;
@@
 kvm_arch_vcpu_postcreate(...)
 {
 ... when != S
+ kvm_exit_stats_alloc(vcpu);
 S1
 ... when any
 }

@@
symbol x86_emulator_cache;
@@
 kvm_arch_vcpu_destroy(...)
 {
 ...
+ kvm_exit_stats_free(vcpu);
 kmem_cache_free(x86_emulator_cache, vcpu->arch.emulate_ctxt);
 ...
 }

/* An exit that the fast path has handled: KVM re-enters the guest at once. */
@@
symbol exit_fastpath;
@@
 if (unlikely(kvm_vcpu_exit_request(vcpu))) {
	exit_fastpath = EXIT_FASTPATH_EXIT_HANDLED;
	break;
 }
+kvm_exit_stats_end(vcpu);

@@
@@
- vcpu->arch.last_guest_tsc = kvm_read_l1_tsc(vcpu, rdtsc());
+ vcpu->arch.last_guest_tsc = kvm_read_l1_tsc(vcpu, kvm_exit_stats_tsc(vcpu));

@@
symbol eax, ecx;
@@
 eax = kvm_rax_read(vcpu);
 ecx = kvm_rcx_read(vcpu);
+ if (kvm_exit_stats_cpuid(vcpu, eax))
+	return kvm_exit_stats_emulate_cpuid(vcpu);

/* KVM_GET_SUPPORTED_CPUID: the VMM may ask for the leaf. */
@@
symbol entry, KVM_FEATURE_STEAL_TIME;
@@
 if (sched_info_on())
	entry->eax |= (1 << KVM_FEATURE_STEAL_TIME);
+ if (kvm_exit_stats_offered())
+	entry->eax |= (1 << KVM_FEATURE_EXIT_STATS);

/* The host's view of a VM. */
@@
@@
 kvm_arch_create_vm_debugfs(struct kvm *kvm)
 {
 debugfs_create_file("mmu_rmaps_stat", ...);
+ kvm_exit_stats_create_debugfs(kvm);
 ...
 }

/* Which codes have a handler, before there is any VM. */
@@
symbol nested, kvm_vmx_exit_handlers;
@@
+ kvm_exit_stats_set_handlers(kvm_vmx_exit_handlers, ARRAY_SIZE(kvm_vmx_exit_handlers));
 if (nested) {
	...
	nested_vmx_hardware_setup(kvm_vmx_exit_handlers)
	...
 }

@@
symbol svm_exit_handlers;
@@
 svm_init(void)
 {
 ...
 __unused_size_checks();
+ kvm_exit_stats_set_handlers(svm_exit_handlers, ARRAY_SIZE(svm_exit_handlers));
 ...
 }

/* VMX: where the basic exit reason is, in this tree. */
@vmx_reason@
expression reason;
@@
 vmx_exit_handlers_fastpath(...)
 {
 <+...
 reason.basic
 ...+>
 }

@@
symbol ret;
expression vmx_reason.reason;
@@
 vmx_handle_exit(...)
 {
- int ret = __vmx_handle_exit(vcpu, exit_fastpath);
+ int ret;
+
+ if (kvm_exit_stats_on())
+	kvm_exit_stats_begin(vcpu, reason.basic, vmx_exit_key);
+ ret = __vmx_handle_exit(vcpu, exit_fastpath);
+ kvm_exit_stats_end(vcpu);
 ...
 }

@@
expression vmx_reason.reason;
identifier handler;
expression list args;
@@
 vmx_exit_handlers_fastpath(...)
 {
 <...
+ if (kvm_exit_stats_on())
+	kvm_exit_stats_begin(vcpu, reason.basic, vmx_exit_key);
 return handler(args);
 ...>
 }

/*
 * Time away ends and begins as near to the VM entry and exit as C gets: flushing the
 * L1 data cache, or handling an NMI, is not the guest's time.
 */
@@
expression failed;
expression list args;
@@
- failed = __vmx_vcpu_run(args);
+ if (kvm_exit_away_on()) {
+	kvm_exit_away_enter(vcpu);
+	failed = __vmx_vcpu_run(args);
+	kvm_exit_away_leave(vcpu);
+ } else {
+	failed = __vmx_vcpu_run(args);
+ }

/* Invalid guest state: KVM doesn't enter, and makes up an exit. */
@@
symbol vmx;
expression required, failed;
@@
 vmx_vcpu_run(...)
 {
 <...
 if (unlikely(required)) {
	...
	vmx->fail = failed;
	...
+	kvm_exit_away_no_entry(vcpu);
	return EXIT_FASTPATH_NONE;
 }
 ...>
 }

/* SVM, in the same way. */
@svm_handle_exit@
typedef fastpath_t;
identifier handle_exit = { handle_exit, svm_handle_exit };
statement S, S1;
@@
 handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
 {
 ... when != S
+ if (kvm_exit_stats_on())
+	kvm_exit_stats_begin(vcpu, to_svm(vcpu)->vmcb->control.exit_code,
+			     svm_exit_key);
 S1
 ... when any
 }

@@
identifier svm_handle_exit.handle_exit;
expression ret;
@@
 handle_exit(struct kvm_vcpu *vcpu, fastpath_t exit_fastpath)
 {
 <...
- return ret;
+ return kvm_exit_stats_return(vcpu, ret);
 ...>
 }

@@
identifier handler;
expression list args;
@@
 svm_exit_handlers_fastpath(...)
 {
 <...
+ if (kvm_exit_stats_on())
+	kvm_exit_stats_begin(vcpu, to_svm(vcpu)->vmcb->control.exit_code,
+			     svm_exit_key);
 return handler(args);
 ...>
 }

@@
expression sev_es;
statement S, S0, S1, S2;
@@
 svm_vcpu_enter_exit(...)
 {
 ... when != S
+ const bool away_on = kvm_exit_away_on();
+
 S0
 ...
+ if (away_on)
+	kvm_exit_away_enter(vcpu);
 if (sev_es) S1 else S2
+ if (away_on)
+	kvm_exit_away_leave(vcpu);
 ...
 }
