# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion for cpuid-exits(1)

# What the program says itself of a command's options: "-x" and "--xyz" at the
# begin of a line of its help.
_cpuid_exits_options() {
	cpuid-exits "$@" --help 2>/dev/null |
		sed -nE 's/^ +(-.), --([a-z-]+).*/\1 --\2/p; s/^ +(--[a-z-]+).*/\1/p'
}

_cpuid_exits_columns() {
	cpuid-exits "$@" --help 2>/dev/null | sed -nE '1,/^Columns:/d; s/^  ([A-Z]\S*) .*/\1/p'
}

# The reasons of this VM's host, or of all hosts where that can't be asked; but for
# those with a blank, which would be two words.
_cpuid_exits_reasons() {
	{
		cpuid-exits list --csv -H -o REASON 2>/dev/null ||
			for isa in vmx svm; do
				cpuid-exits list --isa "$isa" --csv -H -o REASON
			done
	} | grep -v ' '
}

# _cpuid_exits_reply WORDS: of these, those that begin with what was typed.
_cpuid_exits_reply() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_cpuid_exits_files() {
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

# The last of columns that are separated by commas.
_cpuid_exits_column_list() {
	local before=''
	case $cur in
	*,*) before=${cur%,*}, ;;
	+*) before=+ ;;
	esac
	compopt -o nospace
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(_cpuid_exits_columns "$@")" \
		-- "${cur#"$before"}")
}

# Prints where the command that stat, why and record run begins, if it was typed.
_cpuid_exits_command_at() {
	local i=2 reasons=0
	[ "${COMP_WORDS[1]}" != why ] || reasons=1
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		--)
			echo $((i + 1))
			return
			;;
		-i | -o | -R | -s | -f | --interval | --output | --repeat | --sort | --file)
			i=$((i + 2))
			;;
		-*)
			i=$((i + 1))
			;;
		*)
			if [ $reasons -eq 0 ]; then
				echo "$i"
				return
			fi
			i=$((i + 1))
			;;
		esac
	done
}

_cpuid_exits() {
	local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=() at='' commands='compare hist list record report show stat top why'
	COMPREPLY=()

	case ${COMP_WORDS[1]} in
	compare | help | hist | list | record | report | show | stat | top | why)
		[ "$COMP_CWORD" -eq 1 ] || command=("${COMP_WORDS[1]}")
		;;
	esac
	case ${command[*]} in
	stat | why | record) at=$(_cpuid_exits_command_at) ;;
	esac
	if [ -n "$at" ] && declare -F _command_offset >/dev/null; then
		_command_offset "$at"
		return
	fi

	case ${command[*]}:$previous in
	stat:-f | why:-f | record:-f | *:--file) _cpuid_exits_files ;;
	*:-o | *:--output) _cpuid_exits_column_list "${command[@]}" ;;
	*:-s | *:--sort) _cpuid_exits_reply "$(_cpuid_exits_columns "${command[@]}")" ;;
	*:--isa) _cpuid_exits_reply 'vmx svm' ;;
	*:--normalize) _cpuid_exits_reply 'time command exits' ;;
	*:-i | *:--interval | *:-d | *:--delay | *:--from | *:--to | *:-R | *:--repeat) ;;
	top:-n | *:--iterations) ;;
	hist:-e | *:--reason) _cpuid_exits_reply "$(_cpuid_exits_reasons)" ;;
	*)
		case ${command[*]}:$cur in
		*:-*) _cpuid_exits_reply "$(_cpuid_exits_options "${command[@]}")" ;;
		help:*) _cpuid_exits_reply "$commands" ;;
		show:* | report:* | compare:* | hist:* | list:*) _cpuid_exits_files ;;
		why:*)
			_cpuid_exits_reply "$(_cpuid_exits_reasons)"
			[ -z "$at" ] || mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			;;
		stat:* | record:*) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
		:*) _cpuid_exits_reply "help $commands" ;;
		esac
		;;
	esac
}

complete -F _cpuid_exits cpuid-exits
