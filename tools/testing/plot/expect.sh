# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a picture is expected to be and to show.  $here is the folder of svg-facts,
# $plot the program.

: "${here:?}" "${plot:?}"

# is_png FILE: whole, and some 800 pixels wide at least.
is_png() {
	python3 - "$1" <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()
		width, height = struct.unpack(">II", data[16:24])
		print(width, height, len(data))
		good = data.startswith(b"\x89PNG\r\n\x1a\n") and data.endswith(b"IEND\xaeB`\x82")
		sys.exit(not good or width < 800 or height < 400 or len(data) > 150000)
	END
}

# silent COMMAND ARG...: succeeds, and prints nothing.
silent() {
	local out
	out=$("$@" 2>&1) && [ -z "$out" ] && return
	printf '%s\n' "$out"
	return 1
}

# draws NAME COMMAND RECORDING...: as NAME.png and NAME.svg, with NAME.facts.
draws() {
	local name=$1 command=$2
	shift 2
	check "$name.png is drawn" silent "$plot" "$command" "$@" -o "$name.png"
	check "$name.png is a picture" is_png "$name.png"
	check "$name.svg is drawn" silent "$plot" "$command" "$@" -o "$name.svg"
	check "$name.svg is a picture" "$here/svg-facts" "$name.svg"
	"$here/svg-facts" "$name.svg" >"$name.facts"
}

# says NAME TEXT...: the picture has each of these, as a whole label.
says() {
	local name=$1 text
	shift
	for text in "$@"; do
		check "$name says: $text" grep -qxF "text $text" "$name.facts"
	done
}

# has_clear_marks NAME: it has marks, and their lines cross no text.
has_clear_marks() {
	grep '^mark ' "$1.facts" && ! grep '^crossed ' "$1.facts"
}

# cells CSV: what heat is to show of a recording in one part, "REASON-BUCKET" of
# each bucket with more in it at the end than at the begin.
cells() {
	awk -F, '/^[0-9]/ {
		n = split($10, items, " ")
		for (i = 1; i <= n; i++) {
			split(items[i], item, ":")
			place = $4 "-" item[1]
			if ($1 == 0)
				first[place] = item[2]
			last[place] = item[2]
		}
	}
	END {
		for (place in last)
			if (last[place] > first[place])
				print place
	}' "$1" | sort
}

# has_cells NAME CSV
has_cells() {
	diff <(cells "$2") <(sed -n 's/^fill cell-\(.*\) .*/\1/p' "$1.facts" | sort)
}

# in_order NAME TEXT...: from the top to the bottom.
in_order() {
	local name=$1
	shift
	diff <(printf 'text %s\n' "$@") <(grep -xF "$(printf 'text %s\n' "$@")" "$name.facts")
}

# fill NAME ID: the area's colour.
fill() {
	sed -n "s/^fill $2 //p" "$1.facts"
}

# same_colour NAME ID NAME ID
same_colour() {
	local first second
	first=$(fill "$1" "$2") second=$(fill "$3" "$4")
	echo "$1 $2: $first, $3 $4: $second"
	[ -n "$first" ] && [ "$first" = "$second" ]
}

other_colour() {
	local first second
	first=$(fill "$1" "$2") second=$(fill "$3" "$4")
	echo "$1 $2: $first, $3 $4: $second"
	[ -n "$first" ] && [ -n "$second" ] && [ "$first" != "$second" ]
}
