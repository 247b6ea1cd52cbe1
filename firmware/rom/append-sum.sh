# Prints the image with one more word: the negative sum of all its words but those of the camera's name.
set -e
cat "$1"
rest=$(od -An -v -t u4 -w4 "$1" | awk 'NR < 9 || NR > 12 { sum += $1 } END { printf "%.0f", (4294967296 - sum % 4294967296) % 4294967296 }')
for shift in 0 8 16 24; do
    printf "\\$(printf '%03o' $((rest >> shift & 255)))"
done
