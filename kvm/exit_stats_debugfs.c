// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the host's view.  A file "exit_stats" in each VM's debugfs folder
 * has what the VM and each of its vCPUs would be answered, in the form of "cpuid -r".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>

#include "exit_stats.h"

/*
 * The file is a sequence of scopes, first the VM, as its first vCPU sees it, then each
 * vCPU.  A scope is a sequence of blocks: what isn't of one code, then each code, then
 * keys, as many as a map has.
 */
#define KEY_MAPS	DIV_ROUND_UP(EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS,	\
				     EXIT_STATS_MAP_CODES)
#define BLOCKS		(1 + EXIT_STATS_NR_RECORDS + KEY_MAPS)

/* Print @nr sub-leaves of @vcpu from @first on, those that are defined. */
static int kvm_exit_stats_print(struct seq_file *m, struct kvm_vcpu *vcpu, u32 first, u32 nr)
{
	u32 i, regs[4];

	for (i = first; i < first + nr; i++) {
		if (!kvm_exit_stats_answer(vcpu, i, regs, true))
			return -EINTR;
		if (!regs[0] && !regs[1] && !regs[2] && regs[3] == EXIT_STATS_UNDEFINED_EDX)
			continue;
		seq_printf(m, "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n",
			   EXIT_STATS_LEAF, i, regs[0], regs[1], regs[2], regs[3]);
	}
	return 0;
}

/*
 * What one answer of the whole VM can contradict in the next stands once for each vCPU:
 * the number of vCPUs may grow, and the level change.
 */
static int kvm_exit_stats_print_head(struct seq_file *m, struct kvm_vcpu *vcpu, u32 scope)
{
	seq_printf(m, "CPU %d:\n", vcpu->vcpu_idx);
	if (scope && kvm_exit_stats_print(m, vcpu, EXIT_STATS_IDENTITY, 3))
		return -EINTR;
	return kvm_exit_stats_print(m, vcpu, scope | EXIT_STATS_TOTALS, 1) ?:
	       kvm_exit_stats_print(m, vcpu, scope | EXIT_STATS_MAP,
				    1 + kvm_exit_stats_max_code() / EXIT_STATS_MAP_CODES) ?:
	       kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_MAP + EXIT_STATS_CODE_OTHER /
						      EXIT_STATS_MAP_CODES), 1);
}

/* All that is counted of one code, if it has occurred. */
static int kvm_exit_stats_print_code(struct seq_file *m, struct kvm_vcpu *vcpu, u32 scope,
				     u32 code)
{
	u32 regs[4], pair;
	int r;

	if (!kvm_exit_stats_answer(vcpu, scope | (EXIT_STATS_REASON + code), regs, true))
		return -EINTR;
	if (!regs[0] && !regs[3])
		return 0;

	r = kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_REASON + code), 1) ?:
	    kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_AWAY + code), 1);
	for (pair = 0; !r && pair < EXIT_STATS_NR_BUCKETS / 2; pair++)
		r = kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_BUCKETS + code +
							   (pair << EXIT_STATS_PAIR_SHIFT)), 1);
	return r;
}

/* The keys of map @n, which a vCPU has, not the VM. */
static int kvm_exit_stats_print_keys(struct seq_file *m, struct kvm_vcpu *vcpu, u32 n)
{
	const u32 scope = EXIT_STATS_THIS_VCPU;
	const u32 map = scope | (EXIT_STATS_KEY_MAP + n);
	u32 regs[4], bit, place;
	int r;

	if (!kvm_exit_keys_on() || !kvm_exit_stats_answer(vcpu, map, regs, true))
		return 0;

	r = kvm_exit_stats_print(m, vcpu, map, 1);
	for (bit = 0; !r && bit < EXIT_STATS_MAP_CODES; bit++) {
		if (!(regs[bit / 32] & (1u << (bit % 32))))
			continue;
		place = n * EXIT_STATS_MAP_CODES + bit;
		r = kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_KEY + place), 1) ?:
		    kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_KEY_RECORD + place), 1) ?:
		    kvm_exit_stats_print(m, vcpu, scope | (EXIT_STATS_KEY_AWAY + place), 1);
	}
	return r;
}

/* The vCPU whose scope is at @pos, NULL past the end; only the VM's end takes one away. */
static struct kvm_vcpu *kvm_exit_stats_vcpu(struct kvm *kvm, loff_t pos, u32 *scope, u32 *block)
{
	u64 i = pos;

	*block = do_div(i, BLOCKS);
	*scope = i ? EXIT_STATS_THIS_VCPU : 0;
	if (i)
		i--;
	return i < atomic_read(&kvm->online_vcpus) ? kvm_get_vcpu(kvm, i) : NULL;
}

static u32 kvm_exit_stats_code_at(u32 index)
{
	if (index < EXIT_STATS_LOW_CODES)
		return index;
	index -= EXIT_STATS_LOW_CODES;
	return index < EXIT_STATS_HIGH_CODES ? EXIT_STATS_HIGH_CODE + index :
					       EXIT_STATS_CODE_OTHER;
}

static int kvm_exit_stats_show(struct seq_file *m, void *v)
{
	struct kvm_vcpu *vcpu;
	u32 scope, block;

	vcpu = kvm_exit_stats_vcpu(m->private, *(loff_t *)v, &scope, &block);
	if (!block)
		return kvm_exit_stats_print_head(m, vcpu, scope);
	block--;
	if (block < EXIT_STATS_NR_RECORDS)
		return kvm_exit_stats_print_code(m, vcpu, scope, kvm_exit_stats_code_at(block));
	return scope ? kvm_exit_stats_print_keys(m, vcpu, block - EXIT_STATS_NR_RECORDS) : 0;
}

static void *kvm_exit_stats_start(struct seq_file *m, loff_t *pos)
{
	u32 scope, block;

	return kvm_exit_stats_vcpu(m->private, *pos, &scope, &block) ? pos : NULL;
}

static void *kvm_exit_stats_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return kvm_exit_stats_start(m, pos);
}

static void kvm_exit_stats_stop(struct seq_file *m, void *v)
{
}

static const struct seq_operations kvm_exit_stats_seq_ops = {
	.start = kvm_exit_stats_start,
	.next = kvm_exit_stats_next,
	.stop = kvm_exit_stats_stop,
	.show = kvm_exit_stats_show,
};

static int kvm_exit_stats_open(struct inode *inode, struct file *file)
{
	struct kvm *kvm = inode->i_private;
	int r;

	/* The VM may be about to end. */
	if (!kvm_get_kvm_safe(kvm))
		return -ENOENT;

	r = seq_open(file, &kvm_exit_stats_seq_ops);
	if (r)
		kvm_put_kvm(kvm);
	else
		((struct seq_file *)file->private_data)->private = kvm;
	return r;
}

static int kvm_exit_stats_release(struct inode *inode, struct file *file)
{
	kvm_put_kvm(inode->i_private);
	return seq_release(inode, file);
}

static const struct file_operations kvm_exit_stats_fops = {
	.owner = THIS_MODULE,
	.open = kvm_exit_stats_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = kvm_exit_stats_release,
};

/**
 * kvm_exit_stats_create_debugfs - create a VM's file
 * @kvm: a new VM that has its folder in debugfs
 */
void kvm_exit_stats_create_debugfs(struct kvm *kvm)
{
	debugfs_create_file("exit_stats", 0400, kvm->debugfs_dentry, kvm, &kvm_exit_stats_fops);
}
