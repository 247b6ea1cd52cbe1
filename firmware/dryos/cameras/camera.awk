# From the tables of one camera: -v want=fields | defines | symbols | pieces, -v model=60D -v version=111.
# Files: constants.list, rom/cameras.tsv, list of stubs in the order of their doors, digic4.tsv, digic5.tsv, the camera's table.
# The lines of the tables: README.md.
BEGIN { FS = "\t" }
FNR == 1 { file++ }
/^#/ || /^$/ { next }

function fail(message) { print FILENAME ":" FNR ": " message > "/dev/stderr"; failed = 1; exit 1 }

file == 1 { field[++fields] = $1; known[$1] = 1; next }
file == 2 && FNR > 1 && !columns { for (columns = 1; columns <= NF; columns++) column[columns] = $columns; next }
file == 2 { if ($1 == model) for (i = 2; i <= NF; i++) set_row(column[i], $i); next }
file == 3 { door[$1] = FNR - 1; next }
file == 4 || file == 5 { if (generation == file) set($1, $2, $3); next }
{ set($1, $2, $3, $4); next }

function set_row(name, text) {
    if (name == "digic") generation = text
    if (name == "slots") text = (text ~ /SD/ ? 1 : 0) + (text ~ /CF/ ? 2 : 0)
    if (name in known) value[name] = text
}

function set(kind, name, number, content) {
    if (kind == "text") { texts[name] = number; return }
    if (kind == "button") { button[++buttons] = name; event[buttons] = number; return }
    if (number !~ /^[0-9A-F]+$/) fail("not a hexadecimal number: " number)
    if (kind == "stub") { stub[++stubs] = name; address[name] = number; define[name] = number; if (name in known) value[name] = number; return }
    if (kind == "data") { data[++datas] = name; address[name] = number; data_content[name] = content; return }
    if (kind == "start") { define[name] = number; if (name in known) value[name] = number; return }
    if (kind != "word" && kind != "value") fail("unknown kind of line: " kind)
    if (!(name in known)) fail(name " is not in constants.list")
    value[name] = number
}

END {
    if (failed) exit 1
    if (want == "fields") for (i = 1; i <= fields; i++) print "    uint32_t " field[i] ";"
    else if (want == "defines") defines()
    else if (want == "symbols") symbols()
    else pieces()
}

function hex(number) { return "0x" (number == "" ? 0 : number) }

function defines() {
    for (i = 1; i <= fields; i++) print "#define CAMERA_" field[i] " " hex(value[field[i]])
    for (name in define) if (!(name in known)) print "#define CAMERA_" name " " hex(define[name])
    print "#define BOOT_FORM_" texts["boot_form"] " 1"
}

# All numbers for a linker: what a guest of ours calls and reads.
function symbols() {
    for (i = 1; i <= fields; i++) if (value[field[i]] != "") print field[i] " = " hex(value[field[i]]) ";"
    for (name in define) if (!(name in known)) print name " = " hex(define[name]) ";"
    for (i = 1; i <= datas; i++) print data[i] " = " hex(address[data[i]]) ";"
    for (i = 1; i <= buttons; i++) print "button_" button[i] " = " hex(event[i]) ";"
}

# Stubs that boot/start.S puts in place itself, because ML copies and patches them.
function in_start(name) { return name == "init_task" && texts["boot_form"] == "pool" }

function in_ram(number) { return length(number) < 8 || number ~ /^[0-7]/ }

# A jump of two words to the stub's door in the image.
function jump(name) { print "    ldr pc, [pc, #-4]\n    .word DOOR(DOOR_FIRST_STUB + " door[name] ")" }

function piece_start(number) { print "    .word " hex(number) ", 2f - 1f\n1:" }
function piece_end() { print "    .balign 4\n2:" }

function pieces() {
    print "#include \"camera_defines.h\""
    print "#include \"dryos/boot/start.S\""
    print "#include \"dryos/cameras/rom_data.S\""
    print "    .equ CONSTANTS, 0xFFDF0000"
    print "    .section .header, \"a\"\n    .ascii \"DARKCAM1\"\n    .word CAMERA_rom_base, CAMERA_signature"
    print "    .section .rom, \"a\""
    for (i = 1; i <= stubs; i++) if (!in_ram(address[stub[i]]) && !in_start(stub[i])) { piece_start(address[stub[i]]); jump(stub[i]); piece_end() }
    for (i = 1; i <= datas; i++) {
        piece_start(address[data[i]])
        print (data_content[data[i]] != "" ? "    .word " hex(data_content[data[i]]) : "    " data[i]); piece_end()
    }
    constants()
    print "    .section .end, \"a\"\n    .word 0, 0"
}

function text_field(text) { print "7:  .ascii \"" text "\"\n    .space 8 - (. - 7b)" }

# `struct camera_constants`, then the RAM pieces and the names it leads to.
function constants() {
    print "    .section .constants, \"a\"\n    .word CONSTANTS, constants_end - constants\nconstants:"
    text_field(model); text_field(version)
    print "    .word CONSTANTS + (name_text - constants), CONSTANTS + (firmware_text - constants)"
    print "    .word CONSTANTS + (ram_pieces - constants), CONSTANTS + (buttons - constants)"
    for (i = 1; i <= fields; i++) print "    .word " hex(value[field[i]]) "    /* " field[i] " */"
    print "ram_pieces:"
    for (i = 1; i <= stubs; i++) if (in_ram(address[stub[i]])) { piece_start(address[stub[i]]); jump(stub[i]); piece_end() }
    print "    .word 0, 0\nbuttons:"
    for (i = 1; i <= buttons; i++) print "    .hword " hex(button[i]) ", " hex(event[i])
    print "    .hword 0, 0"
    print "name_text: .asciz \"" texts["name"] "\"\nfirmware_text: .asciz \"" texts["firmware"] "\""
    print "    .balign 4\nconstants_end:"
}
