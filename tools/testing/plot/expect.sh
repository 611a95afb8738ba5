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
		sys.exit(not good or width < 800 or height < 250 or len(data) > 250000)
	END
}

# silent COMMAND ARG...: succeeds, and prints nothing but what $warning is the pattern of.
silent() {
	local out
	out=$("$@" 2>&1) &&
		if [ -n "${warning-}" ]; then
			grep -q "$warning" <<<"$out" && ! grep -v "$warning" <<<"$out"
		else
			[ -z "$out" ]
		fi && return
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
	check "$name: all texts are apart and whole" is_clear "$name"
}

# is_clear NAME: no text touches another or a key, is crossed by a mark, or is cut off;
# and no number is a formula, such as 8*10^2 between others.
is_clear() {
	! grep -E '^(touch|crossed|outside) |×|mathdefault' "$1.facts"
}

# says NAME TEXT...: the picture has each of these, as a whole label.
says() {
	local name=$1 text
	shift
	for text in "$@"; do
		check "$name says: $text" grep -qxF "text $text" "$name.facts"
	done
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

# is_wide NAME KIND KEY...: the picture has areas of this kind for these keys and no
# others, each at least 30 points wide, and with the colour of its key.
is_wide() {
	local name=$1 kind=$2 key
	shift 2
	diff <(printf '%s\n' "$@") <(sed -n "s/^fill $kind-\(.*\) .*/\1/p" "$name.facts") || return
	for key; do
		[ "$(sed -n "s/^area $kind-$key [0-9]* //p" "$name.facts")" -ge 30 ] &&
			same_colour "$name" "$kind-$key" "$name" "key-$key" || return
	done
}

# pairs_up NAME: each dot of the first recording is over one of the second.
pairs_up() {
	local first second
	first=$(sed -nE 's/^area (dot-.*)-0 ([0-9]+) .*/\1 \2/p' "$1.facts")
	second=$(sed -nE 's/^area (dot-.*)-1 ([0-9]+) .*/\1 \2/p' "$1.facts")
	[ -n "$first" ] && diff <(echo "$first") <(echo "$second")
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
