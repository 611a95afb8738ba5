// SPDX-License-Identifier: GPL-2.0-only
/*
 * For comparison only: the naive way to count exits, global atomic counters
 * updated in the exit handler.  No way to read them; what they cost is the point.
 */
@counters@
@@
+ static atomic64_t naive_exits;
+ static atomic64_t naive_cycles;
+ static atomic64_t naive_exits_by_reason[128];
 static int vmx_handle_exit(...) { ... }

@count@
symbol ret, vcpu, exit_fastpath;
@@
 vmx_handle_exit(...)
 {
- int ret = __vmx_handle_exit(vcpu, exit_fastpath);
+ u64 start = rdtsc();
+ u32 reason = to_vmx(vcpu)->exit_reason.basic;
+ int ret = __vmx_handle_exit(vcpu, exit_fastpath);
+ atomic64_inc(&naive_exits);
+ atomic64_add(rdtsc() - start, &naive_cycles);
+ atomic64_inc(&naive_exits_by_reason[reason & 127]);
 ...
 }
