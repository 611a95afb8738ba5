/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_SUMS_H
#define FUZZ_SUMS_H

#include "harness.h"

void check_sums(const struct run *run);

#endif /* FUZZ_SUMS_H */
