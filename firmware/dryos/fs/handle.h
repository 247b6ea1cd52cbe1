/*
 * Handles: what a caller of the file calls holds. Open files are small numbers from 3 on, the lowest free one first (Magic Lantern's
 * Lua takes only those up to 10 hexadecimal for files); searches are addresses, which are even. Any word may come back from a
 * caller; only those that were given out are used.
 */
#ifndef FS_HANDLE_H
#define FS_HANDLE_H

#include "folder.h"
#include "fs/fio.h"

enum handle_kind { HANDLE_FILE, HANDLE_SEARCH };

struct handle {
    struct handle *next;
    uint32_t number; /* a file */
    enum handle_kind kind;
    struct volume *volume;
    uint32_t mounts; /* of the volume, when the handle was made */

    struct node *node; /* a file */
    uint64_t position;
    bool may_read, may_write;

    uint32_t folder; /* a search */
    struct walk walk;
    bool ended;
};

/* A new handle; 0 when there is no memory or all numbers are taken. */
struct handle *handle_make(enum handle_kind kind, struct volume *volume);
/* What the caller gets for it. */
struct fio_handle *handle_given(struct handle *handle);
/* Finds the handle a caller means and locks its volume: FS_BAD_HANDLE (nothing is locked) if it is none of this kind. */
int handle_enter(const struct fio_handle *given, enum handle_kind kind, struct handle **handle);
/* True while what the handle was made for is still there. */
bool handle_is_alive(const struct handle *handle);
/* Takes it off the list and frees it; the volume stays locked. */
void handle_end(struct handle *handle);

#endif
