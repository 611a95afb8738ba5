# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion for cpuid-exits-plot(1)

# _cpuid_exits_plot_words PATTERN: what the program's help says, as sed finds it.
_cpuid_exits_plot_words() {
	cpuid-exits-plot --help 2>/dev/null | sed -nE "$1"
}

_cpuid_exits_plot() {
	local cur=${COMP_WORDS[COMP_CWORD]} words
	COMPREPLY=()

	case ${COMP_WORDS[COMP_CWORD - 1]}:$cur in
	-t:* | --title:*) return ;;
	-v:* | --value:*) words=$(_cpuid_exits_plot_words '/^Values:/,/^$/s/^  ([a-z]+) .*/\1/p') ;;
	-o:* | --output:*) ;;
	*:-*) words=$(_cpuid_exits_plot_words 's/^  (-[a-zA-Z]).*, (--[a-z]+).*/\1 \2/p') ;;
	*)
		[ "$COMP_CWORD" -ne 1 ] ||
			words=$(_cpuid_exits_plot_words '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')
		;;
	esac
	if [ -n "${words-}" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

complete -F _cpuid_exits_plot cpuid-exits-plot
