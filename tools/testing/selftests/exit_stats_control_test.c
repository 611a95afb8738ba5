// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics are private to a VM, and its host controls them: the
 * administrator with a parameter of kvm.ko, the VMM with a CPUID entry.
 */
#include <pthread.h>
#include <unistd.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define GP_FAULT	13

/* Of MSR_PLATFORM_INFO and MSR_MISC_FEATURES_ENABLES */
#define PLATFORM_CPUID_FAULT	BIT_ULL(31)
#define CPUID_FAULT		1

#define MANY		1000

static struct {
	struct stats_table before, after;
	struct stats_regs epoch;
	struct stats_record first_cpuid, first_io;
} seen;

static u32 cpuid_code, io_code;

static u64 epoch_of(struct stats_regs r)
{
	return (u64)r.edx << 32 | r.eax;
}

static struct kvm_vm *create(void *guest_code, struct kvm_vcpu **vcpu)
{
	struct kvm_vm *vm = stats_vm_create(1, 0, guest_code, vcpu);

	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, io_code);
	return vm;
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

/*
 * Two VMs.
 */
static void guest_idle(void)
{
	seen.before.nr = guest_nr_codes();
	seen.after.nr = seen.before.nr;
	/* Touch what is going to be written, and go where it is going to stop. */
	guest_read_table(&seen.before, 0);
	guest_read_table(&seen.after, 0);
	GUEST_SYNC(0);
	guest_read_table(&seen.before, 0);
	GUEST_SYNC(0);
	guest_read_table(&seen.after, 0);
	seen.epoch = guest_query(EXIT_STATS_EPOCH);
	GUEST_SYNC(0);
}

static void guest_busy(void)
{
	seen.epoch = guest_query(EXIT_STATS_EPOCH);
	for (;;) {
		guest_inb(STATS_PIO_PORT);
		rdmsr(MSR_IA32_APICBASE);
		asm volatile("wbinvd");
		GUEST_SYNC(0);
	}
}

static bool stop_busy;

static void *busy_thread(void *vcpu)
{
	while (!READ_ONCE(stop_busy))
		step(vcpu);
	return NULL;
}

static bool host_causes(u32 code)
{
	if (stats_vmx())
		return code == EXIT_REASON_EXTERNAL_INTERRUPT;
	return code == SVM_EXIT_INTR || code == SVM_EXIT_NMI || code == SVM_EXIT_SMI;
}

static void check_two_vms(void)
{
	struct kvm_vcpu *idle, *busy;
	struct kvm_vm *idle_vm = create(guest_idle, &idle);
	struct kvm_vm *busy_vm = create(guest_busy, &busy);
	u64 busy_exits, busy_epoch, grown, expected;
	pthread_t thread;
	bool ok = true;
	u32 i, code;

	step(idle);
	step(idle);
	step(busy);
	sync_global_from_guest(busy_vm, seen);
	busy_epoch = epoch_of(seen.epoch);
	busy_exits = stats_binary_exits(&busy, 1);
	pthread_create(&thread, NULL, busy_thread, busy);
	while (stats_binary_exits(&busy, 1) < busy_exits + MANY)
		usleep(1000);
	step(idle);
	WRITE_ONCE(stop_busy, true);
	pthread_join(thread, NULL);

	sync_global_from_guest(idle_vm, seen);
	for (i = 0; i <= seen.before.nr; i++) {
		code = stats_code_of(&seen.before, i);
		grown = seen.after.record[i].exits - seen.before.record[i].exits;
		expected = 0;
		if (code == cpuid_code)
			expected = seen.before.nr + 1;
		if (code == io_code)
			expected = 1; /* where it stopped */
		if (grown != expected && !host_causes(code)) {
			ok = false;
			stats_note("code %#x %s: %lu exits, expected %lu", code,
				   stats_code_name(code), (unsigned long)grown,
				   (unsigned long)expected);
		}
	}
	stats_result(ok, "an idle VM's counts don't move with a busy one's");
	stats_result(epoch_of(seen.epoch) != busy_epoch, "two VMs have different epochs");
	stats_result(seen.epoch.ebx == 0 && seen.epoch.ecx == 1,
		     "a VM knows its own vCPUs only");
	kvm_vm_free(idle_vm);
	kvm_vm_free(busy_vm);
}

/*
 * VMs one after another.
 */
static void guest_first_queries(void)
{
	u32 i;

	seen.first_cpuid = guest_record(EXIT_STATS_REASON + cpuid_code);
	seen.first_io = guest_record(EXIT_STATS_REASON + io_code);
	seen.epoch = guest_query(EXIT_STATS_EPOCH);
	for (i = 0; i < MANY; i++)
		guest_query(0);
	GUEST_SYNC(0);
}

static void check_fresh_vms(void)
{
	bool zero = true, differ = true;
	u64 epochs[16];
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(epochs); i++) {
		vm = create(guest_first_queries, &vcpu);
		step(vcpu);
		sync_global_from_guest(vm, seen);
		zero &= !seen.first_cpuid.exits && !seen.first_cpuid.cycles &&
			!seen.first_io.exits && !seen.first_io.cycles;
		epochs[i] = epoch_of(seen.epoch);
		for (j = 0; j < i; j++)
			differ &= epochs[j] != epochs[i];
		kvm_vm_free(vm);
	}
	stats_result(zero, "a VM started after another ended begins at zero");
	stats_result(differ, "a VM started after another ended has an epoch of its own");
}

/*
 * A VMM with CPUID entries of its own.
 */
#define HIDING_INDEX	7

static const u32 indexes[] = {
	EXIT_STATS_TOTALS, EXIT_STATS_IDENTITY, EXIT_STATS_GEOMETRY,
	EXIT_STATS_EPOCH, HIDING_INDEX, EXIT_STATS_REASON, EXIT_STATS_MAP,
	EXIT_STATS_THIS_VCPU, EXIT_STATS_THIS_VCPU | EXIT_STATS_REASON, 0xffffffff,
};

static struct {
	struct stats_regs leaf, stock, before, behind;
} answers[ARRAY_SIZE(indexes)];

static void guest_answers(void)
{
	struct stats_regs *r;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(indexes); i++) {
		answers[i].leaf = guest_query(indexes[i]);
		answers[i].stock = guest_stock_answer(indexes[i]);
		r = &answers[i].before;
		__cpuid(EXIT_STATS_LEAF_FIRST - 1, indexes[i], &r->eax, &r->ebx, &r->ecx, &r->edx);
		r = &answers[i].behind;
		__cpuid(EXIT_STATS_LEAF + 1, indexes[i], &r->eax, &r->ebx, &r->ecx, &r->edx);
	}
	GUEST_SYNC(0);
}

static void add_cpuid_entry(struct kvm_vcpu *vcpu, u32 flags, u32 index)
{
	struct kvm_cpuid2 *old = vcpu->cpuid, *cpuid = allocate_kvm_cpuid2(old->nent + 1);

	memcpy(cpuid->entries, old->entries, old->nent * sizeof(old->entries[0]));
	cpuid->entries[old->nent] = (struct kvm_cpuid_entry2) {
		.function = EXIT_STATS_LEAF,
		.index = index,
		.flags = flags,
		.eax = 0xa, .ebx = 0xb, .ecx = 0xc, .edx = 0xd,
	};
	vcpu->cpuid = cpuid;
	vcpu_set_cpuid(vcpu);
	free(old);
}

static bool is_vmm_answer(struct stats_regs r)
{
	return r.eax == 0xa && r.ebx == 0xb && r.ecx == 0xc && r.edx == 0xd;
}

/* Run a VM that asks for everything; @flags are those of the VMM's entry, if any. */
static void get_answers(bool entry, u32 flags)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(guest_answers, &vcpu);

	if (entry)
		add_cpuid_entry(vcpu, flags, HIDING_INDEX);
	step(vcpu);
	sync_global_from_guest(vm, answers);
	kvm_vm_free(vm);
}

static void check_vmm_entries(void)
{
	bool whole = true, other = true, neighbours = true;
	u32 i;

	get_answers(true, 0);
	for (i = 0; i < ARRAY_SIZE(indexes); i++)
		whole &= is_vmm_answer(answers[i].leaf);
	stats_result(whole, "an entry of the VMM's for the leaf wins");

	get_answers(true, KVM_CPUID_FLAG_SIGNIFCANT_INDEX);
	for (i = 0; i < ARRAY_SIZE(indexes); i++)
		other &= indexes[i] == HIDING_INDEX ? is_vmm_answer(answers[i].leaf) :
			 stats_regs_equal(answers[i].leaf, answers[i].stock);
	stats_result(other, "an entry of the VMM's for one sub-leaf hides all others");

	get_answers(false, 0);
	for (i = 0; i < ARRAY_SIZE(indexes); i++)
		neighbours &= stats_regs_equal(answers[i].before, answers[i].stock) &&
			      stats_regs_equal(answers[i].behind, answers[i].stock);
	stats_result(neighbours && stats_is_identity(answers[1].leaf),
		     "the leaves next to ours answer as on stock KVM");
}

/*
 * CPUID faulting.
 */
static struct {
	u8 vector;
	struct stats_regs identity;
} user;

static void guest_user_mode(void)
{
	GUEST_ASSERT((get_cs() & 3) == 3);
	user.vector = guest_query_safe(EXIT_STATS_IDENTITY, &user.identity);
	GUEST_SYNC(0);
	user.vector = guest_query_safe(EXIT_STATS_IDENTITY, &user.identity);
	GUEST_SYNC(0);
}

static void guest_kernel_mode(void)
{
	wrmsr(MSR_MISC_FEATURES_ENABLES, CPUID_FAULT);
	GUEST_ASSERT(stats_is_identity(guest_query(EXIT_STATS_IDENTITY)));
	GUEST_SYNC(0);
}

static void check_faulting(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(guest_user_mode, &vcpu);

	stats_enter_user_mode(vcpu);
	vcpu_set_msr(vcpu, MSR_PLATFORM_INFO, PLATFORM_CPUID_FAULT);
	vcpu_set_msr(vcpu, MSR_MISC_FEATURES_ENABLES, CPUID_FAULT);
	step(vcpu);
	sync_global_from_guest(vm, user);
	stats_result(user.vector == GP_FAULT, "with CPUID faulting, the leaf faults in user mode");

	vcpu_set_msr(vcpu, MSR_MISC_FEATURES_ENABLES, 0);
	step(vcpu);
	sync_global_from_guest(vm, user);
	stats_result(!user.vector && stats_is_identity(user.identity),
		     "without CPUID faulting, user mode can read the leaf");
	kvm_vm_free(vm);

	vm = create(guest_kernel_mode, &vcpu);
	vcpu_set_msr(vcpu, MSR_PLATFORM_INFO, PLATFORM_CPUID_FAULT);
	step(vcpu);
	stats_result(true, "with CPUID faulting, kernel mode can read the leaf");
	kvm_vm_free(vm);
}

int main(void)
{
	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	io_code = stats_vmx() ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;

	stats_begin();
	check_two_vms();
	check_fresh_vms();
	check_vmm_entries();
	check_faulting();
	stats_end();
}
