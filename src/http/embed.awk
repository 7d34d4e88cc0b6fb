# embed.awk: turns a text file that is served to browsers (spoke.css, spoke.js,
# spoke.svg) into a C header: its bytes, and a hash of them for its name.  Run by
# make; POSIX awk in the C locale, so that nothing has to be installed for it.
#
# Comments that fill whole lines, blank lines and indentation stay behind: they are
# for readers of the source, not for phones.  Of a style sheet the blanks and line ends
# round punctuation stay behind too, and the semicolon before a brace, and its custom properties get
# names of one letter; of a script the blanks
# round operators, outside of texts and on lines without patterns.
#
# usage: LC_ALL=C awk -v name=spoke_css -f embed.awk spoke.css > spoke_css.h

BEGIN {
	for (i = 1; i < 128; i++)
		code[sprintf("%c", i)] = i
	high = 5381
	low = 52711
	alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	css = name ~ /css$/
	js = name ~ /js$/
	count = 0
	inside = 0
}

function byte(n) {
	# Two sums of 31 bits or so each: products stay exact in a double.
	high = (high * 33 + n) % 2147483647
	low = (low * 31 + n + 7) % 2147483629
	printf "%s%d,", (count % 20 ? "" : "\n\t"), n
	count++
}

# With a letter for each custom property, in the order in which they come.
function lettered(line,    s, name) {
	s = ""
	while (match(line, /--[a-z][a-z-]*/)) {
		name = substr(line, RSTART, RLENGTH)
		if (!(name in letter)) {
			if (++letters > length(alphabet)) {
				print FILENAME ":" FNR ": more custom properties than letters" > "/dev/stderr"
				failed = 1
				exit 1
			}
			letter[name] = "--" substr(alphabet, letters, 1)
		}
		s = s substr(line, 1, RSTART - 1) letter[name]
		line = substr(line, RSTART + RLENGTH)
	}
	return s line
}

# Without the blanks round operators, but for those within "texts".
function squeezed(line,    part, n, i, s) {
	n = split(line, part, "\"")
	s = ""
	for (i = 1; i <= n; i++) {
		if (i % 2) {
			gsub(/, /, ",", part[i])
			gsub(/\) \{/, "){", part[i])
			while (match(part[i], / [=+?:<>&|*%-]+ /))
				part[i] = substr(part[i], 1, RSTART - 1) \
				    substr(part[i], RSTART + 1, RLENGTH - 2) \
				    substr(part[i], RSTART + RLENGTH)
		}
		s = s (i > 1 ? "\"" : "") part[i]
	}
	return s
}

{
	line = $0
	sub(/^[ \t]+/, "", line)
	sub(/[ \t\r]+$/, "", line)
	if (inside) {
		if (line ~ /\*\/$/)
			inside = 0
		next
	}
	if (line ~ /^\/\*/ && line !~ /\*\/./) {
		inside = line !~ /\*\/$/
		next
	}
	if (line == "" || line ~ /^\/\/ / || line ~ /^<!--.*-->$/)
		next
	if (css) {
		gsub(/: /, ":", line)
		gsub(/, /, ",", line)
		gsub(/ > /, ">", line)
		sub(/ \{$/, "{", line)
		line = lettered(line)
		if (semicolon && line != "}")
			byte(code[";"])
		semicolon = sub(/;$/, "", line)
	}
	if (js && line !~ /[\/\\]/)
		line = squeezed(line)
	if (!count)
		printf "static const char %s_text[] = {", name
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (!(c in code)) {
			print FILENAME ":" FNR ": only ASCII can be embedded" > "/dev/stderr"
			failed = 1
			exit 1
		}
		byte(code[c])
	}
	if (!css || (!semicolon && line !~ /[{},]$/))
		byte(10)
}

END {
	if (failed || !count || inside)
		exit 1
	printf "\n\t0};\n"
	printf "#define %s_HASH \"%08x%08x\"\n", toupper(name), high, low
}
