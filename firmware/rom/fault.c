/* The ends: error screens, and the report of an exception. All of them stop the camera for good. */
#include "rom.h"

enum { REG_SP = 13, REG_LR = 14, REG_PC = 15, REG_PSR = 16, REGISTERS = 17 };
enum { DATA_ABORT = 3 };

#define PSR_THUMB 0x20u

uint32_t fault_registers[REGISTERS];

static const char *const kinds[] = {
    "undefined instruction", "software interrupt", "prefetch abort", "data abort", "unexpected IRQ", "unexpected FIQ",
};

/* `text` ends with a line break, as the strings do that ML looks for. */
void stop_with_text(const char *text, const char *note)
{
    print("[ROM] %s\n[ROM] stopped: %s", note, text);
    screen_open();
    screen_line(SCREEN_TEXT, note);
    screen_line(SCREEN_TEXT, text);
    halt();
}

/*
 * The address a load or store used, from its instruction and the registers: the ARM946E-S has no fault address register.
 * Knows single word and byte transfers with an immediate offset; writeback forms have lost their base.
 */
static bool faulting_address(const uint32_t *registers, uint32_t *address)
{
    if (registers[REG_PSR] & PSR_THUMB)
        return false;
    uint32_t instruction = *(const uint32_t *)registers[REG_PC];
    uint32_t base = instruction >> 16 & 0xF, offset = instruction & 0xFFF;
    bool single_immediate = (instruction & 0x0E000000) == 0x04000000;
    bool plain_offset = (instruction & 0x01200000) == 0x01000000;
    if (!single_immediate || !plain_offset || base == REG_PC)
        return false;
    *address = instruction & 0x00800000 ? registers[base] + offset : registers[base] - offset;
    return true;
}

static void report_line(const char *text)
{
    print("[ROM] %s\n", text);
    screen_line(SCREEN_TEXT, text);
}

static void report_registers(const uint32_t *registers)
{
    char line[64];
    for (uint32_t i = 0; i < 12; i += 3) {
        format_text(line, sizeof line, "R%u=%08X R%u=%08X R%u=%08X", i, registers[i], i + 1, registers[i + 1], i + 2,
                    registers[i + 2]);
        report_line(line);
    }
    format_text(line, sizeof line, "R12=%08X SP=%08X LR=%08X", registers[12], registers[REG_SP], registers[REG_LR]);
    report_line(line);
}

void fault_report(uint32_t kind, const uint32_t *registers)
{
    char line[64];
    uint32_t address;
    screen_open();
    format_text(line, sizeof line, "exception: %s", kinds[kind]);
    report_line(line);
    format_text(line, sizeof line, "PC=%08X PSR=%08X", registers[REG_PC], registers[REG_PSR]);
    report_line(line);
    if (kind == DATA_ABORT && faulting_address(registers, &address)) {
        format_text(line, sizeof line, "fault address: %08X", address);
        report_line(line);
    }
    report_registers(registers);
    print("[ROM] stopped\n");
}
