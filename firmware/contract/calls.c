/* Calls by name. */
#include "groups.h"

void calls_contract(void)
{
    group("calls");
    check(call("NoSuchCall") == -1 || call("NoSuchCall") == 0, "an unknown name is survived");
    check(call("DisablePowerSave") == 0, "DisablePowerSave");
    uint32_t bytes = 0;
    DryosDebugMsg(0x32, 3, "for the dump");
    check(call("dumpf") == 0, "dumpf");
    check(_FIO_GetFileSize("A:/FLOG000.LOG", &bytes) == 0 || _FIO_GetFileSize("B:/FLOG000.LOG", &bytes) == 0, "leaves a log");
    check(bytes > 20, "with messages");
    call("EnableBootDisk");
    check(*(volatile uint32_t *)0xF8000004 == 0xFFFFFFFF, "EnableBootDisk sets the boot flag");
    uint32_t calendar[9] = {0};
    LoadCalendarFromRTC(calendar);
    check(calendar[3] == 30 && calendar[4] == 8 && calendar[5] == 117, "the clock chip's day");
    check(calendar[2] == 12 && calendar[1] == 15, "and time");
    check(calendar[7] == 272, "and day of the year");
}
