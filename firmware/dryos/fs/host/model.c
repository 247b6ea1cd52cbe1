/* The model (model.h). */
#include "model.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

struct model model;

/* Letters fold as FAT folds them, as far as the torture's names go: ASCII, and the second half of Latin-1 in UTF-8. */
static int folded(const char *text, size_t at)
{
    unsigned char byte = (unsigned char)text[at];
    bool latin = at > 0 && (unsigned char)text[at - 1] == 0xC3 && byte >= 0xA0 && byte <= 0xBE && byte != 0xB7;
    return latin ? byte - 0x20 : byte < 0x80 ? toupper(byte) : byte;
}

bool same_path(const char *left, const char *right)
{
    size_t length = strlen(left);
    if (length != strlen(right))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (folded(left, i) != folded(right, i))
            return false;
    }
    return true;
}

struct item *model_find(const char *path)
{
    struct item *item = model.items;
    while (item && !same_path(item->path, path))
        item = item->next;
    return item;
}

/* Items stand in the order in which they were made, so that the same seed does the same. */
struct item *model_add(const char *path, bool folder)
{
    struct item **link = &model.items;
    struct item *item = calloc(1, sizeof *item);
    while (*link)
        link = &(*link)->next;
    if (!item || strlen(path) >= sizeof item->path)
        give_up("cannot note %s", path);
    strcpy(item->path, path);
    item->folder = folder;
    *link = item;
    return item;
}

void model_remove(struct item *item)
{
    struct item **link = &model.items;
    while (*link != item)
        link = &(*link)->next;
    *link = item->next;
    free(item->data);
    free(item->kept);
    free(item);
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strlen(path) > length && path[length] == '/' && strncmp(path, folder, length) == 0;
}

bool model_is_empty(const struct item *folder)
{
    for (const struct item *item = model.items; item; item = item->next) {
        if (is_below(item->path, folder->path))
            return false;
    }
    return true;
}

void model_rename(const char *from, const char *to)
{
    char old[LONGEST_PATH], rest[LONGEST_PATH];
    snprintf(old, sizeof old, "%s", from);
    for (struct item *item = model.items; item; item = item->next) {
        if (strcmp(item->path, old) && !is_below(item->path, old))
            continue;
        snprintf(rest, sizeof rest, "%s", item->path + strlen(old));
        if (strlen(to) + strlen(rest) >= sizeof item->path)
            give_up("path too long");
        snprintf(item->path, sizeof item->path, "%s%s", to, rest);
    }
}

void model_resize(struct item *item, uint32_t bytes)
{
    item->data = realloc(item->data, bytes ? bytes : 1);
    if (!item->data)
        give_up("out of memory");
    if (bytes > item->bytes)
        memset(item->data + item->bytes, 0, bytes - item->bytes);
    item->bytes = bytes;
    if (item->safe > bytes)
        item->safe = bytes;
    if (item->kept_bytes > bytes)
        item->kept_bytes = bytes;
}

void model_write(struct item *item, uint32_t position, const uint8_t *data, uint32_t bytes)
{
    if (item->bytes < position + bytes)
        model_resize(item, position + bytes);
    memcpy(item->data + position, data, bytes);
    if (item->safe > position)
        item->safe = position;
}

void model_keep(struct item *item)
{
    item->kept = realloc(item->kept, item->bytes ? item->bytes : 1);
    if (!item->kept)
        give_up("out of memory");
    if (item->bytes)
        memcpy(item->kept, item->data, item->bytes);
    item->kept_bytes = item->safe = item->bytes;
}

uint32_t model_count(void)
{
    uint32_t count = 0;
    for (const struct item *item = model.items; item; item = item->next)
        count++;
    return count;
}

struct item *model_pick(uint32_t number, bool folder)
{
    uint32_t count = 0;
    for (const struct item *item = model.items; item; item = item->next)
        count += item->folder == folder;
    if (count == 0)
        return NULL;
    number %= count;
    for (struct item *item = model.items; item; item = item->next) {
        if (item->folder == folder && number-- == 0)
            return item;
    }
    return NULL;
}

bool parent_of(const char *path, char *parent)
{
    if (parent != path)
        strcpy(parent, path);
    *strrchr(parent, '/') = 0;
    return strlen(parent) > 2;
}

static bool fits_short(const char *part, size_t length)
{
    const char *dot = memchr(part, '.', length);
    size_t base = dot ? (size_t)(dot - part) : length, extension = dot ? length - base - 1 : 0;
    if (base == 0 || base > 8 || extension > 3 || (dot && extension == 0))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (i != base && !isalnum((unsigned char)part[i]) && !strchr("!#$%&'()-@^_`{}~", part[i]))
            return false;
    }
    return true;
}

void shown_path(char *out, const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");
        bool is_short = fits_short(path, length);
        for (size_t i = 0; i < length; i++)
            *out++ = is_short ? (char)toupper((unsigned char)path[i]) : path[i];
        path += length;
        if (*path)
            *out++ = *path++;
    }
    *out = 0;
}

uint64_t sum_of(const uint8_t *data, uint32_t bytes)
{
    uint64_t sum = 0xCBF29CE484222325u; /* FNV-1a */
    for (uint32_t i = 0; i < bytes; i++)
        sum = (sum ^ data[i]) * 0x100000001B3u;
    return sum;
}

static void read_file(struct item *item, uint32_t bytes)
{
    struct fio_handle *handle = fio_open(item->path, FIO_READ_ONLY);
    if (handle == FIO_NO_HANDLE)
        wrong("%s is listed but cannot be opened", item->path);
    model_resize(item, bytes);
    if (fio_read(handle, item->data, bytes) != (int)bytes)
        wrong("%s cannot be read to its end", item->path);
    fio_close(handle);
}

static void read_folder(const char *folder)
{
    struct fio_entry entry;
    char path[LONGEST_PATH];
    struct fio_handle *search = fio_find_first(folder, &entry);
    if (search == FIO_NO_HANDLE)
        return;
    do {
        if (strcmp(entry.name, ".") == 0 || strcmp(entry.name, "..") == 0)
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry.name) >= (int)sizeof path)
            give_up("path too long");
        struct item *item = model_add(path, entry.mode & FIO_ATTRIBUTE_FOLDER);
        if (item->folder)
            read_folder(path);
        else
            read_file(item, entry.size);
    } while (fio_find_next(search, &entry) == 0);
    fio_find_close(search);
}

static void note_tail(const struct item *old)
{
    struct item *item = model_find(old->path);
    if (item && (old->handles || old->tail))
        item->tail = true;
}

void model_read_card(void)
{
    struct item *old = model.items;
    model.items = NULL;
    read_folder("B:");
    for (const struct item *each = old; each; each = each->next)
        note_tail(each);
    struct item *now = model.items;
    for (model.items = old; model.items;)
        model_remove(model.items);
    model.items = now;
}

void model_print_tails(void)
{
    for (const struct item *item = model.items; item; item = item->next) {
        if (item->handles || item->tail)
            printf("tail %s\n", item->path + 3);
    }
}

void model_print(const char *title)
{
    printf("%s\n", title);
    for (const struct item *item = model.items; item; item = item->next) {
        if (item->folder)
            printf("folder %s\n", item->path + 3);
        else if (item->handles == 0)
            printf("file %u %016llx %s\n", item->bytes, (unsigned long long)sum_of(item->data, item->bytes), item->path + 3);
        else
            printf("open %u %016llx %s\n", item->safe, (unsigned long long)sum_of(item->kept, item->safe), item->path + 3);
    }
}
