/* The calls under test, by the names and with the arguments that Magic Lantern uses (reference open-firmware.md section 6). */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct task_record {
    void *links[2];
    uint32_t priority;
    void *entry, *argument;
    const void *waits_for;
    uint32_t reserved;
    uint32_t stack_start, stack_bytes;
    const char *name;
    uint32_t reserved_28[2];
    struct task_record *self;
    uint32_t reserved_34[3];
    uint32_t id;
};

struct task_information {
    uint32_t entry, argument, stack, size, used;
    const char *name;
    uint32_t id, flags;
    uint8_t waits, priority, state, fpu;
};

int create_init_task(void *parameters, void *init, uint32_t zero);
int init_task(int a, int b, int c, int d);
void bzero32(void *memory, uint32_t bytes);

void msleep(uint32_t ms);
int task_create(const char *name, uint32_t priority, uint32_t stack, void (*entry)(void *), void *argument);
void task_trampoline(void);
int get_task_info_by_id(int one, int id, struct task_information *out);

void *create_named_semaphore(const char *name, int count);
int take_semaphore(void *semaphore, int timeout_ms);
int give_semaphore(void *semaphore);
void *CreateRecursiveLock(int flags);
int AcquireRecursiveLock(void *lock, int timeout_ms);
int ReleaseRecursiveLock(void *lock);
void *msg_queue_create(const char *name, int capacity);
int msg_queue_receive(void *queue, void *word, int timeout_ms);
int msg_queue_post(void *queue, uint32_t word);
int msg_queue_count(void *queue, uint32_t *count);

uint32_t SetTimerAfter(int ms, void (*callback)(int, void *), void (*late)(int, void *), void *argument);
void CancelTimer(uint32_t id);
int SetHPTimerAfterNow(int us, void (*callback)(int, void *), void (*late)(int, void *), void *argument);
int SetHPTimerNextTick(int time, int us, void (*callback)(int, void *), void (*late)(int, void *), void *argument);

void *_malloc(uint32_t bytes);
void _free(void *memory);
void *_AllocateMemory(uint32_t bytes);
void _FreeMemory(void *memory);
void *_alloc_dma_memory(uint32_t bytes);
void _free_dma_memory(void *memory);
int GetMemoryInformation(uint32_t *total, uint32_t *left);
int GetSizeOfMaxRegion(uint32_t *bytes);

struct suite {
    const char *signature;
    uint32_t bytes, chunks;
};
struct chunk {
    const char *signature;
    void *links[2];
    uint32_t bytes;
};
int AllocateMemoryResource(uint32_t bytes, void (*callback)(uint32_t, struct suite *), uint32_t context, uint32_t type);
int AllocateContinuousMemoryResource(uint32_t bytes, void (*callback)(uint32_t, struct suite *), uint32_t context, uint32_t type);
int FreeMemoryResource(struct suite *suite, void (*callback)(uint32_t), uint32_t context);
struct suite *CreateMemorySuite(void *memory, uint32_t bytes, uint32_t flags);
void DeleteMemorySuite(struct suite *suite);
struct chunk *CreateMemoryChunk(void *memory, uint32_t bytes, uint32_t flags);
int AddMemoryChunk(struct suite *suite, struct chunk *chunk);
struct chunk *GetFirstChunkFromSuite(struct suite *suite);
struct chunk *GetNextMemoryChunk(struct suite *suite, struct chunk *chunk);
void *GetMemoryAddressOfMemoryChunk(struct chunk *chunk);
void SRM_AllocateMemoryResourceFor1stJob(void (*callback)(void **, void *, uint32_t), void **where);
void SRM_FreeMemoryResourceFor1stJob(void *buffer, int zero, int zero2);

struct file_entry {
    uint16_t mode, unused;
    uint32_t bytes, time, unused_time;
    char name[0x80];
    uint32_t reserved[4];
};
void *_FIO_OpenFile(const char *path, uint32_t flags);
void *_FIO_CreateFile(const char *path);
int _FIO_ReadFile(void *file, void *buffer, uint32_t bytes);
int _FIO_WriteFile(void *file, const void *buffer, uint32_t bytes);
int64_t FIO_SeekSkipFile(void *file, int64_t offset, int whence);
int FIO_CloseFile(void *file);
int _FIO_GetFileSize(const char *path, uint32_t *bytes);
int _FIO_RemoveFile(const char *path);
int _FIO_CreateDirectory(const char *path);
void *_FIO_FindFirstEx(const char *path, struct file_entry *entry);
int FIO_FindNextEx(void *search, struct file_entry *entry);
void FIO_FindClose(void *search);

void DryosDebugMsg(int class, int level, const char *format, ...);
int call(const char *name, ...);
int vsnprintf(char *text, size_t capacity, const char *format, va_list arguments);

uint32_t shamem_read(uint32_t address);
void _EngDrvOut(uint32_t address, uint32_t value);
void _engio_write(uint32_t *pairs);
void *dma_memcpy(void *to, const void *from, uint32_t bytes) __attribute__((weak)); /* not on every camera */
void *CreateResLockEntry(uint32_t *ids, uint32_t count);
int LockEngineResources(void *entry);
int UnLockEngineResources(void *entry);
struct geometry {
    uint32_t off1a, off1b, off2a, off2b, off3, xa, xb, ya, yb, xn, yn;
};
void SetEDmac(uint32_t channel, void *memory, struct geometry *geometry, uint32_t flags);
void ConnectWriteEDmac(uint32_t channel, uint32_t connection);
void ConnectReadEDmac(uint32_t channel, uint32_t connection);
void StartEDmac(uint32_t channel, uint32_t flags);
void RegisterEDmacCompleteCBR(uint32_t channel, void (*callback)(void *), void *context);
void UnregisterEDmacCompleteCBR(uint32_t channel);

int prop_register_slave(const uint32_t *ids, uint32_t count, void *(*handler)(uint32_t, void *, void *, uint32_t), void *private,
                        void (*take_token)(void *));
int _prop_cleanup(void *token, uint32_t id);
int _prop_request_change(uint32_t id, const void *data, uint32_t bytes);
int prop_deliver(const uint32_t *id, const void *data, uint32_t bytes, uint32_t zero);

struct gui_event {
    uint32_t kind, param;
    void *object;
    uint32_t argument;
};
void gui_init_end(void);
int GUI_Control(uint32_t event, void *object, uint32_t argument, uint32_t zero);
int SetGUIRequestMode(uint32_t mode);
int dialog_redraw(void *dialog);

/* Not on every camera. */
int _FIO_RenameFile(const char *from, const char *to) __attribute__((weak));
int GetCFnData(uint32_t group, uint32_t function) __attribute__((weak));
int SetCFnData(uint32_t group, uint32_t function, uint32_t value) __attribute__((weak));
void _audio_ic_write(uint32_t word) __attribute__((weak));
void _audio_ic_read(uint32_t word, uint32_t *value) __attribute__((weak));
void StartASIFDMADAC(void *buffer, uint32_t bytes, void *next, uint32_t next_bytes, void (*callback)(void *), uint32_t context);
void LoadCalendarFromRTC(uint32_t calendar[9]);

#endif
