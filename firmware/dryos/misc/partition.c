/* Reading an entry of a partition table (the layout is the one on the card, packed; it may stand at any address). */
#include "kernel/memory.h"
#include "kernel/offer.h"

struct partition {
    uint8_t state, start_head;
    uint16_t start_cylinder_sector;
    uint8_t type, end_head;
    uint16_t end_cylinder_sector;
    uint32_t first_sector, sectors;
};

void STUB(fsuDecodePartitionTable)(const uint8_t *entry, struct partition *out)
{
    memcpy(out, entry, sizeof *out);
}
