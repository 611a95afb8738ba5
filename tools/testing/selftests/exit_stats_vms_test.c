// SPDX-License-Identifier: GPL-2.0-only
/*
 * Very many VMs are created, run and destroyed, and vCPUs fail to be created:
 * KVM's exit statistics begin at zero each time, and leak nothing.
 *
 *	exit_stats_vms_test [VMS [KIB]]
 *
 * KIB is how much freed memory the kernel may hold back: KASAN does.
 */
#include <sys/resource.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define VMS		1000
#define FAILURES	1000

static u32 cpuid_code, held_back;

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static struct {
	struct stats_regs identity, epoch;
	struct stats_record cpuid;
	u32 nr;
} once;

static void guest_once(void)
{
	once.cpuid = guest_record(EXIT_STATS_REASON + cpuid_code);
	once.identity = guest_query(EXIT_STATS_IDENTITY);
	once.epoch = guest_query(EXIT_STATS_EPOCH);
	once.nr = guest_nr_codes();
	GUEST_SYNC(0);
}

static u64 available_kib(void)
{
	unsigned long kib = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	TEST_ASSERT(f, "can't read /proc/meminfo");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %lu kB", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

static bool run_vm_once(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = stats_vm_create(1, 0, guest_once, &vcpu);
	bool ok;

	sync_global_to_guest(vm, cpuid_code);
	step(vcpu);
	sync_global_from_guest(vm, once);
	ok = stats_is_identity(once.identity) && !once.cpuid.exits && !once.cpuid.cycles;
	kvm_vm_free(vm);
	return ok;
}

/*
 * A leak of one vCPU's table per VM would take more than @allowed: the tables
 * have some hundred bytes for each of a fair part of the codes.
 */
static bool leaks(u64 before, u32 times, u32 nr)
{
	const u64 allowed = (u64)times * nr * 16 / 1024 / 2 + 2048 + held_back;
	u64 after = available_kib();
	u32 i;

	/* What RCU frees comes back in a while, a leak doesn't. */
	for (i = 0; i < 20 && after + allowed < before; i++) {
		sleep(1);
		after = available_kib();
	}
	stats_note("available memory: %lu KiB before, %lu KiB after, may be %lu KiB less",
		   (unsigned long)before, (unsigned long)after, (unsigned long)allowed);
	return after + allowed < before;
}

static void check_vms(u32 vms)
{
	bool ok = true;
	u64 epoch = 0, before;
	u32 i;

	/* What only the first few VMs allocate isn't a leak. */
	for (i = 0; i < 10; i++)
		ok &= run_vm_once();
	before = available_kib();
	for (i = 0; i < vms; i++) {
		ok &= run_vm_once();
		ok &= epoch != ((u64)once.epoch.edx << 32 | once.epoch.eax);
		epoch = (u64)once.epoch.edx << 32 | once.epoch.eax;
	}
	stats_result(ok, "%u VMs created, run and destroyed: each began at zero", vms);
	stats_result(!leaks(before, vms, once.nr), "%u VMs created, run and destroyed: no leak",
		     vms);
}

/* KVM allocates all of a vCPU before it finds that its id is taken. */
static void check_failures(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = stats_vm_create(1, 0, guest_once, &vcpu);
	u64 before = available_kib();
	bool ok = true;
	u32 i;

	for (i = 0; i < FAILURES; i++)
		ok &= __vm_ioctl(vm, KVM_CREATE_VCPU, (void *)0ul) == -1 && errno == EEXIST;
	step(vcpu);
	sync_global_from_guest(vm, once);
	stats_result(ok && once.epoch.ecx == 1, "%u vCPUs fail to be created: the VM has still one",
		     FAILURES);
	stats_result(!leaks(before, FAILURES, once.nr), "%u vCPUs fail to be created: no leak",
		     FAILURES);
	kvm_vm_free(vm);
}

/* Before 6.3 the library opens the test's program twice a VM, and closes neither. */
static void allow_files(u32 vms)
{
	const u32 files = 2 * vms + 100;
	struct rlimit limit = { .rlim_cur = files, .rlim_max = files };

	TEST_ASSERT(!setrlimit(RLIMIT_NOFILE, &limit), "can't have %u open files", files);
}

int main(int argc, char *argv[])
{
	const u32 vms = argc > 1 ? strtoul(argv[1], NULL, 0) : VMS;

	held_back = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;

	stats_begin();
	/* Each vCPU has tables for time away and for keys. */
	stats_set_level(3);
	allow_files(vms);
	check_vms(vms);
	check_failures();
	stats_set_level(1);
	stats_end();
}
