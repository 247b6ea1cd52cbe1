/* What every sample build uses: the boot ROM's services under short names. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "darkroom_rom.h"

#define SCREEN_WIDTH 720
#define SCREEN_HEIGHT 480

/* Prints on the console through the ROM. */
void say(const char *format, ...);

/* The services, or NULL under another ROM than ours. */
const struct rom_services *services(void);

/* Asks for power off and says what came of it. */
void power_down(const char *program);

/* CRC-32 as zip and PNG compute it, of more bytes: start with 0. */
uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t count);

#endif
