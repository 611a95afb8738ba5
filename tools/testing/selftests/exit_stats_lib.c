// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of KVM's exit statistics share: reading the leaf in the
 * guest, running vCPUs, KVM's own count of exits, and results in KTAP.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

/* Where other VMMs have it. */
#define TSS_GPA		0xfffbd000ul

/* Selectors that the library leaves free in its GDT. */
#define USER_CODE	0x30
#define USER_DATA	0x38

#define RFLAGS_IOPL	0x3000

/* In an entry of a page table */
#define PAGE_PRESENT	BIT_ULL(0)
#define PAGE_USER	BIT_ULL(2)
#define PAGE_LARGE	BIT_ULL(7)

/* The guest's, while it handles an exception of user mode */
static u8 kernel_stack[8192] __aligned(16);

/**
 * guest_query_safe - read one sub-leaf where CPUID may fault
 * @index: sub-leaf
 * @r: where to put the answer, if there is one
 *
 * Return: the exception's vector, or 0.
 */
u8 guest_query_safe(u32 index, struct stats_regs *r)
{
	u64 __maybe_unused error_code;
	u8 vector;

	asm volatile(KVM_ASM_SAFE("cpuid")
		     : "=a"(r->eax), "=b"(r->ebx), "=c"(r->ecx), "=d"(r->edx),
		       STATS_ASM_SAFE_OUTPUTS(vector, error_code)
		     : "a"(EXIT_STATS_LEAF), "c"(index)
		     : KVM_ASM_SAFE_CLOBBERS);
	return vector;
}

/**
 * guest_read_table - read every record, in the order of the codes
 * @table: where to put them
 * @scope: 0 for the VM, EXIT_STATS_THIS_VCPU for the vCPU that asks
 */
void guest_read_table(struct stats_table *table, u32 scope)
{
	u32 i;

	for (i = 0; i <= table->nr; i++)
		table->record[i] = guest_record(scope | (EXIT_STATS_REASON +
							 stats_code_of(table, i)));
}

/**
 * guest_stock_answer - what KVM without the statistics answers
 * @index: sub-leaf
 *
 * A leaf out of range has the answer of the highest basic leaf on a guest's
 * Intel processor, and zeros on an AMD one.
 */
struct stats_regs guest_stock_answer(u32 index)
{
	struct stats_regs r, zero = {};
	u32 highest;

	cpuid(0, &highest, &r.ebx, &r.ecx, &r.edx);
	if (r.ebx != 0x756e6547) /* "Genu" */
		return zero;

	__cpuid(highest, index, &r.eax, &r.ebx, &r.ecx, &r.edx);
	return r;
}

bool stats_vmx(void)
{
	return !access("/sys/module/kvm_intel", F_OK);
}

/* A boolean parameter of the vendor module; absent is false. */
bool stats_vendor_param(const char *name)
{
	char path[128], value = 'N';
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s",
		 stats_vmx() ? "kvm_intel" : "kvm_amd", name);
	f = fopen(path, "r");
	if (f) {
		if (fread(&value, 1, 1, f) != 1)
			value = 'N';
		fclose(f);
	}
	return value == 'Y' || value == '1';
}

u32 stats_code_of(const struct stats_table *table, u32 i)
{
	return i < table->nr ? i : EXIT_STATS_CODE_OTHER;
}

/* Where the binary statistics' histograms have a code. */
u32 stats_index_of(u32 code)
{
	if (code < EXIT_STATS_LOW_CODES)
		return code;
	if (code >= EXIT_STATS_HIGH_CODE &&
	    code < EXIT_STATS_HIGH_CODE + EXIT_STATS_HIGH_CODES)
		return EXIT_STATS_LOW_CODES + code - EXIT_STATS_HIGH_CODE;
	return EXIT_STATS_NR_RECORDS - 1;
}

const char *stats_code_name(u32 code)
{
	static const struct {
		u64 code;
		const char *name;
	} vmx[] = { VMX_EXIT_REASONS }, svm[] = { SVM_EXIT_REASONS };
	u32 i;

	if (stats_vmx()) {
		for (i = 0; i < ARRAY_SIZE(vmx); i++)
			if (vmx[i].code == code)
				return vmx[i].name;
	} else {
		for (i = 0; i < ARRAY_SIZE(svm); i++)
			if (svm[i].code == code)
				return svm[i].name;
	}
	return "?";
}

/**
 * stats_vm_create - create a VM whose guest handles exceptions
 * @nr_vcpus: number of vCPUs
 * @extra_pages: guest memory that the caller is going to map
 * @guest_code: where the vCPUs begin
 * @vcpus: where to put the vCPUs
 */
struct kvm_vm *stats_vm_create(u32 nr_vcpus, u64 extra_pages, void *guest_code,
			       struct kvm_vcpu *vcpus[])
{
	struct kvm_vm *vm = __vm_create(VM_SHAPE_DEFAULT, nr_vcpus, extra_pages);
	struct kvm_regs regs;
	u32 i;

	/* Without it, a host without unrestricted guests complains in its log. */
	TEST_ASSERT(!__vm_ioctl(vm, KVM_SET_TSS_ADDR, (void *)TSS_GPA),
		    "KVM_SET_TSS_ADDR failed");
	for (i = 0; i < nr_vcpus; i++)
		vcpus[i] = vm_vcpu_add(vm, i, guest_code);
#ifdef STATS_INIT_TABLES
	vm_init_descriptor_tables(vm);
	for (i = 0; i < nr_vcpus; i++)
		vcpu_init_descriptor_tables(vcpus[i]);
#endif
	/* The stack as the compiler expects it, also where the library doesn't. */
	for (i = 0; i < nr_vcpus; i++) {
		vcpu_regs_get(vcpus[i], &regs);
		regs.rsp = (regs.rsp & ~15ull) - 8;
		vcpu_regs_set(vcpus[i], &regs);
	}
	return vm;
}

/* What a vCPU is after its OUT to STATS_CHECKPOINT_PORT. */
static struct {
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	struct kvm_vcpu_events events;
} checkpoint;

static void save_checkpoint(struct kvm_vcpu *vcpu)
{
	vcpu_run_complete_io(vcpu);
	vcpu_regs_get(vcpu, &checkpoint.regs);
	vcpu_sregs_get(vcpu, &checkpoint.sregs);
	vcpu_events_get(vcpu, &checkpoint.events);
}

static void go_back_to_checkpoint(struct kvm_vcpu *vcpu)
{
	TEST_ASSERT(checkpoint.regs.rip, "the guest shut down");
	vcpu_events_set(vcpu, &checkpoint.events);
	vcpu_sregs_set(vcpu, &checkpoint.sregs);
	vcpu_regs_set(vcpu, &checkpoint.regs);
	/* For once: another shutdown is not what the guest meant. */
	checkpoint.regs.rip = 0;
}

static void wait_cycles(u64 cycles)
{
	const u64 start = rdtsc();

	while (rdtsc() - start < cycles)
		cpu_relax();
}

/* Do what an exit to the VMM asks for.  False: it's none that tests provoke. */
static bool handle_exit(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct kvm_regs regs;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		if (run->io.port == STATS_CHECKPOINT_PORT)
			save_checkpoint(vcpu);
		if (run->io.port == STATS_WAIT_PORT)
			wait_cycles(STATS_WAIT_UNIT * *(u32 *)((char *)run + run->io.data_offset));
		return run->io.port >= STATS_PIO_PORT && run->io.port <= STATS_WAIT_PORT;
	case KVM_EXIT_SHUTDOWN:
		go_back_to_checkpoint(vcpu);
		return true;
	case KVM_EXIT_MMIO:
		return true;
	case KVM_EXIT_DEBUG:
		/* A breakpoint instruction: go on behind it. */
		vcpu_regs_get(vcpu, &regs);
		regs.rip++;
		vcpu_regs_set(vcpu, &regs);
		return true;
	}
	return false;
}

/**
 * stats_run - run a vCPU up to its next ucall
 * @vcpu: the vCPU
 * @uc: where to put the ucall
 *
 * Return: UCALL_SYNC or UCALL_DONE.  All others end the test.
 */
u64 stats_run(struct kvm_vcpu *vcpu, struct ucall *uc)
{
	for (;;) {
		vcpu_run(vcpu);
		switch (get_ucall(vcpu, uc)) {
		case UCALL_SYNC:
		case UCALL_DONE:
			return uc->cmd;
		case UCALL_ABORT:
			REPORT_GUEST_ASSERT(*uc);
			break;
		case UCALL_UNHANDLED:
			TEST_FAIL("guest: unexpected exception %lu", (unsigned long)uc->args[0]);
		}
		TEST_ASSERT(handle_exit(vcpu), "unexpected exit to the VMM: %u (%s)",
			    vcpu->run->exit_reason, exit_reason_str(vcpu->run->exit_reason));
	}
}

/**
 * stats_binary - read one of a vCPU's binary statistics
 * @vcpu: the vCPU
 * @name: the statistic's name
 * @values: where to put its values
 * @nr: how many it has
 */
void stats_binary(struct kvm_vcpu *vcpu, const char *name, u64 *values, u32 nr)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs, *desc = NULL;
	u32 i;
	int fd;

	fd = vcpu_get_stats_fd(vcpu);
	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	for (i = 0; i < header.num_desc; i++) {
		desc = get_stats_descriptor(descs, i, &header);
		if (!strcmp(desc->name, name))
			break;
	}
	TEST_ASSERT(desc && i < header.num_desc && desc->size == nr,
		    "KVM's binary statistics have no \"%s\" of %u values", name, nr);
	read_stat_data(fd, &header, desc, values, nr);
	free(descs);
	close(fd);
}

u64 stats_binary_exits(struct kvm_vcpu *vcpus[], u32 nr_vcpus)
{
	u64 sum = 0, exits;
	u32 i;

	for (i = 0; i < nr_vcpus; i++) {
		stats_binary(vcpus[i], "exits", &exits, 1);
		sum += exits;
	}
	return sum;
}

/* Does the sum of all codes' exits equal KVM's own count of exits? */
bool stats_sum_is_exact(struct kvm_vcpu *vcpu)
{
	u64 exits[EXIT_STATS_NR_RECORDS], sum = 0;
	u32 i;

	stats_binary(vcpu, "exits_by_code", exits, EXIT_STATS_NR_RECORDS);
	for (i = 0; i < EXIT_STATS_NR_RECORDS; i++)
		sum += exits[i];
	return sum == stats_binary_exits(&vcpu, 1);
}

static void make_user_pages(struct kvm_vm *vm, u64 table, int level)
{
	u64 *entry = addr_gpa2hva(vm, table);
	int i;

	for (i = 0; i < 512; i++) {
		if (!(entry[i] & PAGE_PRESENT))
			continue;
		entry[i] |= PAGE_USER;
		if (level > 1 && !(entry[i] & PAGE_LARGE))
			make_user_pages(vm, entry[i] & PHYSICAL_PAGE_MASK, level - 1);
	}
}

static void set_user_segment(struct kvm_vm *vm, const struct kvm_sregs *sregs, u16 selector,
			     u64 descriptor, struct kvm_segment *seg)
{
	u64 *gdt = addr_gva2hva(vm, sregs->gdt.base);

	gdt[selector / 8] = descriptor;
	seg->selector = selector | 3;
	seg->dpl = 3;
}

/**
 * stats_enter_user_mode - let a vCPU begin in user mode
 * @vcpu: a vCPU that hasn't run yet: no translation is cached
 *
 * All of the guest's memory becomes accessible to it, and ports are: ucalls
 * work.  Exceptions are taken in kernel mode, on a stack of their own.
 */
void stats_enter_user_mode(struct kvm_vcpu *vcpu)
{
	const u64 rsp0 = (u64)&kernel_stack[sizeof(kernel_stack)];
	struct kvm_vm *vm = vcpu->vm;
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu_sregs_get(vcpu, &sregs);
	make_user_pages(vm, sregs.cr3, 4);

	/* Offset 4 of the task segment: where kernel mode's stack begins. */
	memcpy(addr_gva2hva(vm, sregs.tr.base) + 4, &rsp0, sizeof(rsp0));
	sregs.ss = sregs.ds;
	set_user_segment(vm, &sregs, USER_CODE, 0x00affb000000ffffull, &sregs.cs);
	set_user_segment(vm, &sregs, USER_DATA, 0x00cff3000000ffffull, &sregs.ss);
	vcpu_sregs_set(vcpu, &sregs);

	vcpu_regs_get(vcpu, &regs);
	regs.rflags |= RFLAGS_IOPL;
	vcpu_regs_set(vcpu, &regs);
}

static void set_param(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	TEST_ASSERT(fd >= 0 && write(fd, value, strlen(value)) > 0, "can't write %s", path);
	close(fd);
}

/**
 * stats_set_level - write the module parameter that switches the statistics
 * @level: 0 off, 1 exits and cycles handling them, 2 also time away, 3 also keys
 */
void stats_set_level(u32 level)
{
	const char digits[] = { '0' + level, '\0' };

	set_param(STATS_SWITCH, digits);
}

/**
 * stats_set_policy - write the module parameters that say who may read the leaf
 * @guests: all, asked or none
 * @user: Y or N
 */
void stats_set_policy(const char *guests, const char *user)
{
	set_param(STATS_SWITCH "_guests", guests);
	set_param(STATS_SWITCH "_user", user);
}

void stats_begin(void)
{
	/* What was printed is there even if the rest hangs. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	__TEST_REQUIRE(!access(STATS_SWITCH, F_OK), "this KVM has no exit statistics");
	stats_set_level(1);
	stats_set_policy("all", "Y");
	ksft_print_header();
	printf("# %s\n", program_invocation_short_name);
}

void stats_result(bool ok, const char *fmt, ...)
{
	char name[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	ksft_test_result(ok, "%s\n", name);
}

void stats_skip(const char *name, const char *why)
{
	ksft_test_result_skip("%s: %s\n", name, why);
}

void stats_note(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

void stats_end(void)
{
	ksft_set_plan(ksft_test_num());
	ksft_finished();
}
