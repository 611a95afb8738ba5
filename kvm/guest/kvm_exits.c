// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvm_exits: a PMU for guests, which counts their own VM exits by task, CPU and
 * cgroup.  docs/perf.md is for its users, docs/abi.md has the leaf that it reads.
 *
 * An event is the growth, while it runs, of a record of the vCPU that it runs on.
 * Each query is an exit itself: queries are counted, and taken off.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitfield.h>
#include <linux/ctype.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include <asm/cpu_device_id.h>
#include <asm/kvm_exit_stats.h>
#include <asm/processor.h>
#include <uapi/asm/kvm.h>
#include <uapi/asm/svm.h>
#include <uapi/asm/vmx.h>

/* Headers before Linux 6.16 lack it. */
#ifndef SVM_EXIT_IDLE_HLT
#define SVM_EXIT_IDLE_HLT	0x0a6
#endif

#define CONFIG_CODE		GENMASK_ULL(16, 0)
#define CONFIG_WHAT		GENMASK_ULL(25, 24)

/* Codes that the leaf doesn't have. */
enum { CODE_TOTAL = EXIT_STATS_CODE_OTHER + 1, CODE_NOT_IDLE, CODE_QUERIES };

enum { WHAT_EXITS, WHAT_HANDLED, WHAT_AWAY, NR_WHATS };

struct reason {
	u64 code;
	const char *name;
};

static const struct isa {
	u32 cpuid;
	u32 idle[2];
	struct reason reasons[128];
} vmx = {
	.cpuid = EXIT_REASON_CPUID,
	.idle = { EXIT_REASON_HLT },
	.reasons = { VMX_EXIT_REASONS },
}, svm = {
	.cpuid = SVM_EXIT_CPUID,
	.idle = { SVM_EXIT_HLT, SVM_EXIT_IDLE_HLT },
	.reasons = { SVM_EXIT_REASONS },
};

static const struct reason more_reasons[] = {
	{ EXIT_STATS_CODE_OTHER, "other" },
	{ CODE_TOTAL, "total" },
	{ CODE_NOT_IDLE, "not-idle" },
	{ CODE_QUERIES, "queries" },
	{}
};

static const struct isa *isa;

/* Which counters were seen last, and how fast their clock is: a migration changes both. */
static u64 last_epoch;
static u32 host_tsc_khz;

/* CPUIDs that this module executed on a vCPU, and that the host counted. */
static DEFINE_PER_CPU(u64, queries);

struct regs {
	u32 eax, ebx, ecx, edx;
};

static u64 edx_eax(struct regs r)
{
	return (u64)r.edx << 32 | r.eax;
}

static u64 ebx_ecx(struct regs r)
{
	return (u64)r.ebx << 32 | r.ecx;
}

/* Interrupts are off. */
static struct regs query(u32 index)
{
	struct regs r;

	cpuid_count(EXIT_STATS_LEAF, index, &r.eax, &r.ebx, &r.ecx, &r.edx);
	__this_cpu_inc(queries);
	return r;
}

/* Whether the leaf is there, and what the host counts. */
static bool probe(struct regs *geometry)
{
	unsigned long flags;
	struct regs r;
	bool there;
	u64 first;

	local_irq_save(flags);
	first = __this_cpu_read(queries);
	r = query(EXIT_STATS_IDENTITY);
	*geometry = query(EXIT_STATS_GEOMETRY);
	there = r.eax == EXIT_STATS_REVISION && r.ebx == EXIT_STATS_SIGNATURE_EBX &&
		r.ecx == EXIT_STATS_SIGNATURE_ECX && r.edx == EXIT_STATS_SIGNATURE_EDX;
	if (!there)
		__this_cpu_write(queries, first);
	local_irq_restore(flags);
	return there;
}

/* Exits, or nanoseconds, of this vCPU; queries are taken off where they are known. */
static u64 record(u32 code, u32 what)
{
	u32 index = EXIT_STATS_REASON + code;
	struct regs r;
	u64 own;

	if (code == CODE_TOTAL)
		index = EXIT_STATS_TOTALS;
	else if (what == WHAT_AWAY)
		index = EXIT_STATS_AWAY + code;

	/* An NMI may come in between, and read events too. */
	do {
		own = __this_cpu_read(queries);
		r = query(index | EXIT_STATS_THIS_VCPU);
	} while (__this_cpu_read(queries) != own + 1);

	if (what != WHAT_EXITS)
		return mul_u64_u64_div_u64(ebx_ecx(r), NSEC_PER_SEC / 1000, host_tsc_khz);
	return edx_eax(r) - (code == CODE_TOTAL || code == isa->cpuid ? own : 0);
}

static u64 value(u32 code, u32 what)
{
	u64 sum;
	int i;

	if (code != CODE_NOT_IDLE)
		return record(code, what);

	sum = record(CODE_TOTAL, what);
	for (i = 0; i < ARRAY_SIZE(isa->idle) && isa->idle[i]; i++)
		sum -= record(isa->idle[i], what);
	return sum;
}

/*
 * What an event counts, on this vCPU until now, and in which epoch.  Without the leaf
 * any answer is possible but the epoch's 64 random bits, which are asked last.
 */
static bool sample(u64 config, u64 *now, u64 *epoch)
{
	u32 code = FIELD_GET(CONFIG_CODE, config), what = FIELD_GET(CONFIG_WHAT, config);
	u64 first = __this_cpu_read(queries);
	struct regs geometry;
	int tries;

	if (code == CODE_QUERIES) {
		*now = first;
		*epoch = 1;
		return true;
	}
	for (tries = 0; tries < 2; tries++) {
		*now = value(code, what);
		*epoch = edx_eax(query(EXIT_STATS_EPOCH));
		if (*epoch && *epoch == READ_ONCE(last_epoch))
			return true;
		if (!probe(&geometry))
			break;
		/* In this order: who sees the epoch needs the frequency. */
		WRITE_ONCE(host_tsc_khz, geometry.ecx ?: 1);
		WRITE_ONCE(last_epoch, edx_eax(query(EXIT_STATS_EPOCH)));
	}
	/* The host didn't count these. */
	__this_cpu_write(queries, first);
	return false;
}

static void kvm_exits_read(struct perf_event *event)
{
	struct hw_perf_event *hwc = &event->hw;
	u64 prev, now, epoch;
	unsigned long flags;
	bool there;

	if (hwc->state & PERF_HES_STOPPED)
		return;

	/* Some kernels read a group with interrupts on. */
	local_irq_save(flags);
	there = sample(hwc->config, &now, &epoch);
	local_irq_restore(flags);
	if (!there)
		return;

	/* Started just now, or migrated: what was before isn't known. */
	if (hwc->last_tag != epoch) {
		hwc->last_tag = epoch;
		local64_set(&hwc->prev_count, now);
		return;
	}

	/* Counts never shrink: then the leaf was off when it was asked for them. */
	do {
		prev = local64_read(&hwc->prev_count);
		if ((s64)(now - prev) <= 0)
			return;
	} while (local64_cmpxchg(&hwc->prev_count, prev, now) != prev);
	local64_add(now - prev, &event->count);
}

static void kvm_exits_start(struct perf_event *event, int flags)
{
	event->hw.state = 0;
	event->hw.last_tag = 0;
	kvm_exits_read(event);
}

static void kvm_exits_stop(struct perf_event *event, int flags)
{
	kvm_exits_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int kvm_exits_add(struct perf_event *event, int flags)
{
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		kvm_exits_start(event, flags);
	return 0;
}

/* Whether the host has this: 0, or an error. */
static int check_event(u32 code, u32 what, const struct regs *geometry)
{
	if ((code > geometry->eax && code < EXIT_STATS_CODE_OTHER) ||
	    code > CODE_QUERIES || what >= NR_WHATS)
		return -EINVAL;

	if (what == WHAT_EXITS)
		return 0;
	if (what == WHAT_HANDLED)
		return code != CODE_QUERIES && geometry->edx & EXIT_STATS_F_CYCLES ?
			0 : -EOPNOTSUPP;
	/* The leaf has no sums of time away. */
	return code <= EXIT_STATS_CODE_OTHER && geometry->edx & EXIT_STATS_F_AWAY ?
		0 : -EOPNOTSUPP;
}

static int kvm_exits_event_init(struct perf_event *event)
{
	const struct perf_event_attr *attr = &event->attr;
	struct regs geometry;

	if (attr->type != event->pmu->type)
		return -ENOENT;
	if (has_branch_stack(event))
		return -EOPNOTSUPP;
	if (attr->config & ~(CONFIG_CODE | CONFIG_WHAT) || attr->config1 || attr->config2)
		return -EINVAL;

	/*
	 * Exits have no mode.  Whoever may not count the kernel is tried again by perf
	 * with exclude_kernel, and -EACCES is what perf then explains.
	 */
	if (attr->exclude_user || attr->exclude_kernel || attr->exclude_hv ||
	    attr->exclude_idle || attr->exclude_host)
		return perfmon_capable() ? -EINVAL : -EACCES;

	event->hw.config = attr->config;
	/* A fork doesn't fail because the leaf is off. */
	if (event->parent)
		return 0;
	if (!probe(&geometry))
		return -EOPNOTSUPP;
	return check_event(FIELD_GET(CONFIG_CODE, attr->config),
			   FIELD_GET(CONFIG_WHAT, attr->config), &geometry);
}

PMU_FORMAT_ATTR(code, "config:0-16");
PMU_FORMAT_ATTR(what, "config:24-25");

static struct attribute *format_attrs[] = {
	&format_attr_code.attr,
	&format_attr_what.attr,
	NULL
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attrs,
};

static struct attribute_group events_group = {
	.name = "events",
};

static const struct attribute_group *attr_groups[] = {
	&format_group,
	&events_group,
	NULL
};

static struct pmu pmu = {
	.module		= THIS_MODULE,
	.task_ctx_nr	= perf_sw_context,
	.capabilities	= PERF_PMU_CAP_NO_INTERRUPT,
	.attr_groups	= attr_groups,
	.event_init	= kvm_exits_event_init,
	.add		= kvm_exits_add,
	.del		= kvm_exits_stop,
	.start		= kvm_exits_start,
	.stop		= kvm_exits_stop,
	.read		= kvm_exits_read,
};

/* A file in events/. */
struct event_file {
	struct perf_pmu_events_attr attr;
	char name[48];
	char text[24];
};

static struct event_file *files;
static unsigned int nr_files;

static __printf(2, 3) void __init add_file(const char *text, const char *name_fmt, ...)
{
	struct event_file *file = &files[nr_files];
	struct attribute *attr = &file->attr.attr.attr;
	va_list args;
	char *c;

	va_start(args, name_fmt);
	vsnprintf(file->name, sizeof(file->name), name_fmt, args);
	va_end(args);
	/* Some names have capitals, some a space. */
	for (c = file->name; *c; c++)
		*c = *c == ' ' ? '_' : tolower(*c);
	strscpy(file->text, text, sizeof(file->text));

	sysfs_attr_init(attr);
	attr->name = file->name;
	attr->mode = 0444;
	file->attr.attr.show = perf_event_sysfs_show;
	file->attr.event_str = file->text;
	events_group.attrs[nr_files++] = attr;
}

static void __init add_events(const struct reason *reason, const struct regs *geometry)
{
	static const char * const suffix[] = { "", "-handled", "-away" };
	char text[24];
	int what;

	for (; reason->name; reason++) {
		for (what = 0; what < NR_WHATS; what++) {
			/* Some codes are 64 bits. */
			if (reason->code > CODE_QUERIES ||
			    check_event(reason->code, what, geometry))
				continue;
			snprintf(text, sizeof(text), "code=0x%llx,what=%d", reason->code, what);
			add_file(text, "%s%s", reason->name, suffix[what]);
			if (what == WHAT_EXITS)
				continue;
			/* perf prints two digits after the point. */
			add_file("ms", "%s%s.unit", reason->name, suffix[what]);
			add_file("1e-6", "%s%s.scale", reason->name, suffix[what]);
		}
	}
}

static void free_events(void)
{
	kvfree(events_group.attrs);
	kvfree(files);
}

static int __init kvm_exits_init(void)
{
	const size_t most = (ARRAY_SIZE(isa->reasons) + ARRAY_SIZE(more_reasons)) * 7;
	struct regs geometry;
	int err = -ENOMEM;

	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR)) {
		pr_info("this is not a virtual machine\n");
		return -ENODEV;
	}
	if (!probe(&geometry)) {
		pr_info("the host has no exit statistics for this guest (CPUID leaf 0x%x)\n",
			EXIT_STATS_LEAF);
		return -ENODEV;
	}
	isa = geometry.ebx == EXIT_STATS_ISA_VMX ? &vmx : &svm;

	files = kvcalloc(most, sizeof(*files), GFP_KERNEL);
	events_group.attrs = kvcalloc(most + 1, sizeof(*events_group.attrs), GFP_KERNEL);
	if (files && events_group.attrs) {
		add_events(isa->reasons, &geometry);
		add_events(more_reasons, &geometry);
		err = perf_pmu_register(&pmu, KBUILD_MODNAME, -1);
	}
	if (err)
		free_events();
	return err;
}
module_init(kvm_exits_init);

static void __exit kvm_exits_exit(void)
{
	perf_pmu_unregister(&pmu);
	free_events();
}
module_exit(kvm_exits_exit);

static const struct x86_cpu_id __maybe_unused guests[] = {
	X86_MATCH_FEATURE(X86_FEATURE_HYPERVISOR, NULL),
	{}
};
MODULE_DEVICE_TABLE(x86cpu, guests);

MODULE_DESCRIPTION("VM exits of this guest as perf events");
MODULE_LICENSE("GPL");
