/* Before the kernel: initialised data, and the stubs that the camera has in RAM. Called from start.S, without a kernel. */
#include <stdint.h>

#include "kernel/camera.h"
#include "kernel/memory.h"

extern uint8_t data_start[], data_end[];
extern const uint8_t data_in_rom[];
extern const uint32_t low_vectors[];

#define VECTOR_BYTES 0x40u

/* A piece for RAM in the camera's table; the last has address 0. */
struct ram_piece {
    uint32_t address, bytes;
    uint8_t content[];
};

static void place_ram_stubs(void)
{
    const struct ram_piece *piece = camera->ram_stubs;
    while (piece->address) {
        memcpy((void *)piece->address, piece->content, piece->bytes);
        piece = (const struct ram_piece *)(piece->content + piece->bytes);
    }
}

void early_start(void)
{
    memcpy(data_start, data_in_rom, (uint32_t)(data_end - data_start));
    memcpy((void *)0, low_vectors, VECTOR_BYTES);
    place_ram_stubs();
}
