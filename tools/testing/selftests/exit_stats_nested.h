/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SELFTEST_EXIT_STATS_NESTED_H
#define SELFTEST_EXIT_STATS_NESTED_H

#include "exit_stats_lib.h"

void nested_prepare(struct kvm_vcpu *vcpu);

/* VMX */
void setup_vmxon(void);
void setup_vmptrld(void);
void setup_no_vmcs(void);
void setup_l2(void *l2);
void setup_l2_vmcall(void);
void setup_l2_cpuid(void);
void setup_l2_spin(void);
void act_l2_spin(u32 n);
void act_vmxoff_vmxon(u32 n);
void act_vmclear(u32 n);
void act_vmptrld(u32 n);
void act_vmptrst(u32 n);
void act_vmread(u32 n);
void act_vmwrite(u32 n);
void act_vmlaunch_fails(u32 n);
void act_vmresume_fails(u32 n);
void act_invept(u32 n);
void act_invvpid(u32 n);
void act_vmlaunch(u32 n);
void act_vmresume(u32 n);

/* SVM */
void setup_svm_l2(void *l2);
void setup_svm_l2_vmmcall(void);
void setup_svm_l2_cpuid(void);
void setup_svm_l2_cpuid_vmmcall(void);
void setup_svm_l2_spin(void);
void act_svm_l2_spin(u32 n);
void setup_no_svm(void);
void act_vmrun(u32 n);
void act_vmrun_cpuid(u32 n);
void act_vmrun_cpuid_vmmcall(u32 n);
void act_vmload(u32 n);
void act_vmsave(u32 n);
void act_clgi_stgi(u32 n);
void act_invlpga(u32 n);
void act_skinit(u32 n);

#endif /* SELFTEST_EXIT_STATS_NESTED_H */
