# SPDX-License-Identifier: GPL-2.0
# What a user may ask for; the work is done in scripts/, tools/ and what they call.

KERNEL ?= 6.1
MACHINE ?= auto
SECONDS ?= 300
BOOTS ?= 200
# bash has a variable of that name, which counts.
unexport SECONDS
BUILD := $(CURDIR)/build
export BUILD FLAVOUR KREL KSRC

.PHONY: help
help:
	@echo 'make demo [MACHINE=bochs-vmx|bochs-svm|qemu-svm|kvm] [KERNEL=6.1|6.12]'
	@echo '                        a guest prints its exits by reason'
	@echo 'make shell [MACHINE=] [KERNEL=]'
	@echo '                        a shell in a guest, to play with'
	@echo 'make check              all tests'
	@echo 'make check-install      the packages on a Debian that boots (10 minutes or more)'
	@echo 'make check-upstream [MACHINE=] [KERNEL=]'
	@echo '                        KVM'\''s own selftests, on stock and changed modules alike'
	@echo 'make check-debug [MACHINE=qemu-svm] [KERNEL=]'
	@echo '                        the tests on kernels that check memory, locks and races'
	@echo 'make check-soak [BOOTS=200] [MACHINE=qemu-svm] [KERNEL=]'
	@echo '                        so many guests on stock and changed modules in turns'
	@echo 'make check-perf [MACHINE=qemu-svm] [KERNEL=]'
	@echo '                        exits by process in a guest, with the PMU and perf'
	@echo 'make check-tree KSRC=TREE [MACHINE=qemu-svm|bochs-vmx|none]'
	@echo '                        the change in a kernel tree: hooks, objects, style, selftests'
	@echo 'make check-mutants      planted faults, each of which a selftest must notice (an hour)'
	@echo 'make fuzz [SECONDS=300] fuzz the readers of dumps and recordings, so long each'
	@echo 'make results            recordings, pictures and docs/results.md, anew (half an hour)'
	@echo 'make modules [FLAVOUR=amd64|cloud-amd64|rt-amd64 [KERNEL=]] or [KREL= KSRC=]'
	@echo '                        KVM with the exit statistics: for the kernel that runs here,'
	@echo '                        Debian'\''s newest of a flavour, or one with a source tree'
	@echo 'make deb                Debian packages, in build/deb'
	@echo 'make cpuid-exits        the program, build/tools/cpuid-exits/cpuid-exits'
	@echo 'make patch KSRC=TREE    the change to a kernel tree, as one patch'
	@echo 'make install [prefix=/usr/local] [DESTDIR=]   and make uninstall'
	@echo 'make bench              what counting costs, as tables'
	@echo 'make clean              remove build/'

.PHONY: demo
demo: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages lab)
	@tools/testing/lab/demo $(MACHINE) $(KERNEL)

.PHONY: shell
shell: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages lab)
	@tools/testing/lab/shell $(MACHINE) $(KERNEL)

.PHONY: check
check:
	@scripts/need-packages $$(scripts/list-packages kernel cli lab plot deb monitoring check)
	@tools/testing/run-tests

.PHONY: check-install
check-install:
	@scripts/need-packages $$(scripts/list-packages deb lab install)
	@tools/testing/install/run

# On both emulated machines, unless one is asked for.
.PHONY: check-upstream
check-upstream: cpuid-exits
	@scripts/need-packages $$(scripts/list-packages kernel lab)
	@failed=; for machine in $(if $(filter auto,$(MACHINE)),qemu-svm bochs-vmx,$(MACHINE)); do \
		tools/testing/upstream/run $$machine $(KERNEL) || failed=1; \
	done; [ -z "$$failed" ]

.PHONY: check-debug
check-debug: cpuid-exits
	@scripts/need-packages $$(scripts/list-packages kernel lab)
	@failed=; for checks in kasan kcsan; do \
		tools/testing/debug/run $(MACHINE:auto=qemu-svm) $(KERNEL) $$checks || failed=1; \
	done; [ -z "$$failed" ]

.PHONY: check-soak
check-soak: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages lab)
	@tools/testing/soak/run $(MACHINE:auto=qemu-svm) $(KERNEL) $(BOOTS)

.PHONY: check-perf
check-perf: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages perf lab)
	@tools/testing/perf/run $(MACHINE:auto=qemu-svm) $(KERNEL)

.PHONY: check-tree
check-tree: cpuid-exits
	@test -n "$(KSRC)" || { echo 'usage: make check-tree KSRC=TREE' >&2; exit 1; }
	@scripts/need-packages $$(scripts/list-packages kernel lab)
	@tools/testing/tree/run $(MACHINE:auto=qemu-svm) $(KSRC)

.PHONY: check-mutants
check-mutants: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages kernel lab)
	@tools/testing/mutants/run

.PHONY: fuzz
fuzz:
	@scripts/need-packages $$(scripts/list-packages cli fuzz)
	@tools/testing/fuzz/run $(SECONDS)

.PHONY: results
results: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages lab plot results)
	@tools/results/run
	@tools/results/publish $(BUILD)/results

# For the lab's hosts and guests.
.PHONY: lab-modules
lab-modules:
	@scripts/need-packages $$(scripts/list-packages kernel)
	@scripts/build-modules $(KERNEL)

.PHONY: modules
modules:
	@scripts/need-packages $$(scripts/list-packages kernel)
	@KERNEL=$(KERNEL) scripts/host-modules

.PHONY: deb
deb:
	@scripts/need-packages $$(scripts/list-packages deb)
	@scripts/make-deb

.PHONY: cpuid-exits
cpuid-exits:
	@scripts/need-packages $$(scripts/list-packages cli)
	@$(MAKE) -s -C tools/cpuid-exits BUILD=$(BUILD)/tools/cpuid-exits

.PHONY: patch
patch:
	@test -n "$(KSRC)" || { echo 'usage: make patch KSRC=TREE' >&2; exit 1; }
	@scripts/need-packages $$(scripts/list-packages patch)
	@scripts/make-patch $(KSRC)

.PHONY: bench
bench: lab-modules cpuid-exits
	@scripts/need-packages $$(scripts/list-packages lab bench)
	@tools/testing/bench/run $(KERNEL)

.PHONY: install uninstall
install: cpuid-exits
uninstall:
install uninstall:
	@$(MAKE) -s -C tools/cpuid-exits BUILD=$(BUILD)/tools/cpuid-exits $@

.PHONY: clean
clean:
	rm -rf $(BUILD)
