# From all cameras' tables: the names of stubs, each once. -v want=names | doors | provide
#   names    the names, in the order of their doors (boot/doors.h)
#   doors    assembler: a door per name, and where it leads when nobody offers the stub
#   provide  linker script: a stub that nobody offers leads to missing_stub, with its name
BEGIN { FS = "\t" }
$1 == "stub" && !($2 in seen) { seen[$2] = 1; names[++count] = $2 }

function sort(    i, j, name) {
    for (i = 2; i <= count; i++) {
        name = names[i]
        for (j = i - 1; j > 0 && names[j] > name; j--) names[j + 1] = names[j]
        names[j + 1] = name
    }
}

function door(name) {
    print "    .section .doors.stubs, \"ax\"\n    ldr pc, [pc, #-4]\n    .word stub_" name
    print "    .section .text.missing." name ", \"ax\"\n    .global missing_" name "\nmissing_" name ":"
    print "    ldr ip, [pc, #0]\n    ldr pc, [pc, #0]\n    .word 1f, missing_stub\n1:  .asciz \"" name "\"\n    .balign 4"
}

END {
    sort()
    if (want == "doors") print "    .syntax unified\n    .arm"
    for (i = 1; i <= count; i++) {
        if (want == "names") print names[i]
        else if (want == "doors") door(names[i])
        else print "PROVIDE(stub_" names[i] " = missing_" names[i] ");"
    }
}
