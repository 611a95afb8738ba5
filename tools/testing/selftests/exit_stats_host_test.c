// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's view of a VM: the file in debugfs has what the guest is answered, also while
 * no guest may read it; only root can read it; VMs come and go while it is read.
 *
 *	exit_stats_host_test [VMS]
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define DEBUGFS		"/sys/kernel/debug"
#define NR_VCPUS	2
/* More than the file has of one vCPU. */
#define MAX_LINES	4096
/* Exits between two readings that the host may cause. */
#define HOST_EXITS	4
#define VMS		100

static u32 cpuid_code, io_code, irq_code, timer_code;

struct line {
	u32 subleaf;
	struct stats_regs regs;
};

/* What the file has for the two vCPUs, the first one's with the VM's. */
static struct {
	u32 nr;
	struct line lines[MAX_LINES];
} file[NR_VCPUS];

/* The sub-leaves that the guest is to ask for, and what it is answered. */
static struct {
	u32 nr;
	u32 subleaf[MAX_LINES];
	struct stats_regs regs[MAX_LINES];
} quiz;

static void guest_code(u32 id)
{
	u32 i;

	memset(&quiz, 1, sizeof(quiz));
	TIMES(3 + id) {
		asm volatile("wbinvd" : : : "memory");
		guest_inb(STATS_PIO_PORT);
		guest_query(0);
	}
	if (id)
		rdmsr(MSR_IA32_APICBASE);
	guest_wait(1 << 20);
	GUEST_SYNC(0);
	for (i = 0; i < quiz.nr; i++)
		quiz.regs[i] = guest_query(quiz.subleaf[i]);
	GUEST_SYNC(0);
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static void path_of(struct kvm_vm *vm, char *path, size_t size)
{
	snprintf(path, size, DEBUGFS "/kvm/%d-%d/exit_stats", getpid(), vm->fd);
}

/* False if a line isn't one that "cpuid -r" would print. */
static bool read_file(const char *path)
{
	bool seen_cpu = false, ok = true;
	char text[128];
	struct line l;
	u32 leaf, cpu = 0;
	FILE *f = fopen(path, "r");
	int end;

	if (!f)
		return false;
	memset(file, 0, sizeof(file));
	while (fgets(text, sizeof(text), f)) {
		end = 0;
		if (sscanf(text, "CPU %u:\n%n", &cpu, &end) == 1 && end) {
			seen_cpu = true;
			ok &= cpu < NR_VCPUS;
			continue;
		}
		sscanf(text, "   0x%8x 0x%x: eax=0x%8x ebx=0x%8x ecx=0x%8x edx=0x%8x\n%n", &leaf,
		       &l.subleaf, &l.regs.eax, &l.regs.ebx, &l.regs.ecx, &l.regs.edx, &end);
		if (!end || !seen_cpu || cpu >= NR_VCPUS || leaf != EXIT_STATS_LEAF ||
		    file[cpu].nr == MAX_LINES) {
			stats_note("no line of a dump: %s", text);
			ok = false;
			break;
		}
		file[cpu].lines[file[cpu].nr++] = l;
	}
	ok &= !ferror(f);
	fclose(f);
	return ok;
}

static const struct line *find(u32 cpu, u32 subleaf)
{
	u32 i;

	for (i = 0; i < file[cpu].nr; i++)
		if (file[cpu].lines[i].subleaf == subleaf)
			return &file[cpu].lines[i];
	return NULL;
}

static bool is_record(u32 subleaf)
{
	return (subleaf & EXIT_STATS_CLASS_MASK) == EXIT_STATS_REASON ||
	       (subleaf & ~EXIT_STATS_THIS_VCPU) == EXIT_STATS_TOTALS;
}

/* A host's interrupt may have been the first one. */
static bool same_map(u32 n, struct stats_regs host, struct stats_regs guest)
{
	const u32 codes[] = { irq_code, timer_code };
	u32 i, bit, maps[2][4];

	memcpy(maps[0], &host, sizeof(maps[0]));
	memcpy(maps[1], &guest, sizeof(maps[1]));
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		bit = codes[i] % EXIT_STATS_MAP_CODES;
		if (codes[i] / EXIT_STATS_MAP_CODES == n)
			maps[0][bit / 32] |= maps[1][bit / 32] & 1u << bit % 32;
	}
	return !memcmp(maps[0], maps[1], sizeof(maps[0]));
}

/*
 * Question @i of the guest against the file that was read before it went on: each of its
 * queries is an exit that the next one sees, and its stop was away until it went on.
 */
static bool same_answer(u32 cpu, u32 i)
{
	const u32 subleaf = file[cpu].lines[i].subleaf, code = subleaf & EXIT_STATS_INDEX_MASK;
	const struct stats_record host = stats_record_of(file[cpu].lines[i].regs);
	const struct stats_record guest = stats_record_of(quiz.regs[i]);
	const u32 class = subleaf & EXIT_STATS_CLASS_MASK;
	const bool total = (subleaf & ~EXIT_STATS_THIS_VCPU) == EXIT_STATS_TOTALS;

	if (stats_regs_equal(file[cpu].lines[i].regs, quiz.regs[i]))
		return !i || (!total && (class != EXIT_STATS_REASON || code != cpuid_code));
	if (total)
		return guest.exits >= host.exits + i && guest.exits <= host.exits + i + HOST_EXITS;
	if (class == EXIT_STATS_REASON && code == cpuid_code)
		return guest.exits == host.exits + i && guest.cycles > host.cycles;
	if (class == EXIT_STATS_MAP)
		return same_map(code, file[cpu].lines[i].regs, quiz.regs[i]);
	if (class < EXIT_STATS_REASON)
		return false;
	if (class == EXIT_STATS_REASON && code == io_code)
		return false;
	return (code == cpuid_code || code == io_code || code == irq_code || code == timer_code) &&
	       guest.exits >= host.exits && guest.cycles >= host.cycles;
}

/* Each code that a map shows has all its records, and each record its bit. */
static bool complete(u32 cpu, u32 scope, u32 level)
{
	struct stats_table table = { .nr = find(1, EXIT_STATS_GEOMETRY)->regs.eax + 1 };
	u32 i, p, code, map[4];
	const struct line *l;
	bool ok = true, set;

	for (i = 0; i <= table.nr; i++) {
		code = stats_code_of(&table, i);
		l = find(cpu, scope | (EXIT_STATS_MAP + code / EXIT_STATS_MAP_CODES));
		if (!l)
			return false;
		memcpy(map, &l->regs, sizeof(map));
		set = map[code % EXIT_STATS_MAP_CODES / 32] >> (code % 32) & 1;
		ok &= !!find(cpu, scope | (EXIT_STATS_REASON + code)) == set;
		ok &= !!find(cpu, scope | (EXIT_STATS_AWAY + code)) == (set && level == 2);
		for (p = 0; p < EXIT_STATS_NR_BUCKETS / 2 && set; p++)
			ok &= !!find(cpu, scope | (EXIT_STATS_BUCKETS + code +
						   (p << EXIT_STATS_PAIR_SHIFT))) == (level == 2);
	}
	return ok;
}

static void check_file(u32 level, const char *guests)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct kvm_vm *vm;
	bool form, whole = true, same[2] = { true, true };
	u32 id, i, subleaf, records = 0;
	char path[128];

	stats_set_level(level);
	vm = stats_vm_create(NR_VCPUS, 0, guest_code, vcpus);
	path_of(vm, path, sizeof(path));
	for (id = 0; id < NR_VCPUS; id++) {
		vcpu_args_set(vcpus[id], 1, (u64)id);
		step(vcpus[id]);
	}

	stats_set_policy(guests, "N");
	/* The second vCPU has gone on by the time that it asks, and the first one hasn't. */
	for (id = 0; id < NR_VCPUS; id++) {
		form = read_file(path);
		for (i = 0; i < NR_VCPUS; i++) {
			u32 j = 0;

			/* The sequence of the file: what is fixed comes after the VM's. */
			while (j < file[i].nr && file[i].lines[j].subleaf != EXIT_STATS_IDENTITY)
				j++;
			form &= j < file[i].nr && (i ? !j : j > 0);
			whole &= find(i, EXIT_STATS_GEOMETRY) && find(i, EXIT_STATS_EPOCH) &&
				 find(i, EXIT_STATS_THIS_VCPU);
		}
		quiz.nr = file[id].nr;
		for (i = 0; i < file[id].nr; i++) {
			subleaf = file[id].lines[i].subleaf;
			quiz.subleaf[i] = subleaf;
			records += is_record(subleaf);
		}
		sync_global_to_guest(vm, quiz);
		stats_set_policy("all", "Y");
		step(vcpus[id]);
		sync_global_from_guest(vm, quiz);
		stats_set_policy(guests, "N");
		for (i = 0; i < file[id].nr; i++) {
			if (same_answer(id, i))
				continue;
			same[id] = false;
			stats_note("vCPU %u, %#x: file %x %x %x %x, guest %x %x %x %x",
				   id, quiz.subleaf[i], file[id].lines[i].regs.eax,
				   file[id].lines[i].regs.ebx, file[id].lines[i].regs.ecx,
				   file[id].lines[i].regs.edx, quiz.regs[i].eax, quiz.regs[i].ebx,
				   quiz.regs[i].ecx, quiz.regs[i].edx);
		}
	}
	stats_note("level %u: %u and %u lines, %u records asked for", level, file[0].nr, file[1].nr,
		   records);
	stats_set_policy("all", "Y");
	stats_result(form && whole, "level %u, guests=%s: the file is a dump of all vCPUs", level,
		     guests);
	stats_result(same[0] && records > 10,
		     "level %u, guests=%s: it has what the VM and its first vCPU are answered",
		     level, guests);
	stats_result(same[1], "level %u, guests=%s: it has what the second vCPU is answered",
		     level, guests);
	stats_result(complete(0, 0, level) && complete(0, EXIT_STATS_THIS_VCPU, level) &&
		     complete(1, EXIT_STATS_THIS_VCPU, level),
		     "level %u: the file has the records of all codes that its maps show", level);
	kvm_vm_free(vm);
	stats_set_level(1);
}

/* Root only, and nobody writes it. */
static void check_access(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = stats_vm_create(1, 0, guest_code, &vcpu);
	struct stat st;
	char path[128];
	int status, fd;
	pid_t pid;

	path_of(vm, path, sizeof(path));
	/* Let only the file itself decide. */
	chmod(DEBUGFS, 0755);
	pid = fork();
	if (!pid) {
		if (setuid(65534))
			_exit(2);
		_exit(open(path, O_RDONLY) >= 0 || errno != EACCES);
	}
	waitpid(pid, &status, 0);
	chmod(DEBUGFS, 0700);
	stats_result(!stat(path, &st) && (st.st_mode & 07777) == 0400 && !st.st_uid &&
		     WIFEXITED(status) && !WEXITSTATUS(status), "only root can read the file");

	/* The open file keeps the VM. */
	fd = open(path, O_RDONLY);
	TEST_ASSERT(fd >= 0 && read(fd, path, sizeof(path)) > 0, "can't read the file");
	kvm_vm_free(vm);
	status = read(fd, path, sizeof(path));
	close(fd);
	stats_result(status > 0, "whoever has the file open can read on when the VMM has ended");
}

/*
 * VMs come and go while others read their files.
 */
static struct {
	bool over;
	u64 files, pieces, bad;
} reading;

static void read_all(void)
{
	DIR *dir = opendir(DEBUGFS "/kvm");
	struct dirent *entry;
	char path[512], text[4096];
	ssize_t n;
	int fd;

	TEST_ASSERT(dir, "can't open " DEBUGFS "/kvm");
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), DEBUGFS "/kvm/%s/exit_stats", entry->d_name);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		reading.files++;
		while ((n = read(fd, text, sizeof(text))) > 0)
			reading.pieces++;
		reading.bad += n < 0 && errno != EIO;
		close(fd);
	}
	closedir(dir);
}

static void *read_thread(void *unused)
{
	while (!READ_ONCE(reading.over))
		read_all();
	return NULL;
}

static void guest_idle(void)
{
	for (;;)
		GUEST_SYNC(0);
}

static void check_coming_and_going(u32 vms)
{
	struct kvm_vcpu *vcpus[4];
	pthread_t thread;
	struct kvm_vm *vm;
	u32 i;

	stats_set_level(2);
	pthread_create(&thread, NULL, read_thread, NULL);
	/* Each vCPU's creation, too, and until enough was read. */
	for (i = 0; i < vms || (i < 100 * vms && READ_ONCE(reading.pieces) < vms); i++) {
		vm = stats_vm_create(ARRAY_SIZE(vcpus), 0, guest_idle, vcpus);
		step(vcpus[i % ARRAY_SIZE(vcpus)]);
		kvm_vm_free(vm);
	}
	WRITE_ONCE(reading.over, true);
	pthread_join(thread, NULL);
	stats_set_level(1);
	stats_note("%u VMs, %lu files, %lu pieces read, %lu failed", i,
		   (unsigned long)reading.files, (unsigned long)reading.pieces,
		   (unsigned long)reading.bad);
	stats_result(reading.pieces >= vms && !reading.bad,
		     "%u VMs come and go while their files are read", vms);
}

int main(int argc, char *argv[])
{
	const u32 vms = argc > 1 ? strtoul(argv[1], NULL, 0) : VMS;
	const bool vmx = stats_vmx();

	cpuid_code = vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	io_code = vmx ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;
	irq_code = vmx ? EXIT_REASON_EXTERNAL_INTERRUPT : SVM_EXIT_INTR;
	timer_code = vmx ? EXIT_REASON_PREEMPTION_TIMER : irq_code;

	stats_begin();
	TEST_ASSERT(!mount("debugfs", DEBUGFS, "debugfs", 0, NULL) || errno == EBUSY,
		    "can't mount debugfs");
	check_file(1, "all");
	check_file(2, "none");
	check_access();
	check_coming_and_going(vms);
	stats_end();
}
