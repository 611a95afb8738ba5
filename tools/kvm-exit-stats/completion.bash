# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
complete -W 'status load unload --help --version' kvm-exit-stats
