// Device memory, pinned memory and copies. Copies run when their stream does, whatever memory they read.
#include "driver.h"
#include <cstdlib>
#include <cstring>

using namespace argent_driver;

ARGENT_API int cuMemAlloc_v2(Address* address, std::size_t bytes)
{
    ARGENT_ENTER();
    Device* device = own.current();
    if (!device) return kInvalidContext;
    if (bytes == 0) return kInvalidValue;
    own.allocations++;
    const bool refused = own.options.fail_allocation && own.allocations == own.options.fail_allocation;
    if (refused || bytes > own.options.memory_bytes - device->used_bytes || device->used_bytes > own.options.memory_bytes)
    {
        return kOutOfMemory;
    }
    void* memory = argent_emulated::allocate(bytes);
    if (!memory) return kOutOfMemory;
    *address = reinterpret_cast<Address>(memory);
    own.allocations_by_address[*address] = device;
    device->used_bytes += bytes;
    return kSuccess;
}

ARGENT_API int cuMemFree_v2(Address address)
{
    ARGENT_ENTER();
    if (address == 0) return kSuccess;
    const auto found = own.allocations_by_address.find(address);
    if (found == own.allocations_by_address.end()) return kInvalidValue;
    own.drain_all();
    void* memory = reinterpret_cast<void*>(address);
    found->second->used_bytes -= argent_emulated::allocation_bytes(memory);
    Device* device = found->second;
    own.allocations_by_address.erase(found);
    argent_emulated::release(memory);
    return device->error;
}

ARGENT_API int cuMemGetInfo_v2(std::size_t* free, std::size_t* total)
{
    ARGENT_ENTER();
    Device* device = own.current();
    if (!device) return kInvalidContext;
    *total = own.options.memory_bytes;
    *free = device->used_bytes < *total ? *total - device->used_bytes : 0;
    return kSuccess;
}

ARGENT_API int cuMemHostAlloc(void** memory, std::size_t bytes, unsigned)
{
    ARGENT_ENTER();
    if (!own.current()) return kInvalidContext;
    if (bytes == 0) return kInvalidValue;
    *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!*memory) return kOutOfMemory;
    memset(*memory, 0xcd, bytes);
    own.pinned[*memory] = bytes;
    return kSuccess;
}

ARGENT_API int cuMemFreeHost(void* memory)
{
    ARGENT_ENTER();
    if (own.pinned.erase(memory) == 0) return kInvalidValue;
    own.drain_all();
    free(memory);
    return kSuccess;
}

static bool is_device(Address address, std::size_t bytes)
{
    return argent_emulated::is_allocated(reinterpret_cast<void*>(address), bytes);
}

// Queues work on memory; the ranges were checked, but the memory may be freed before the work runs.
static int enqueue_copy(void* handle, Address to, Address from, std::size_t bytes, bool to_device, bool from_device)
{
    auto& own = driver();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    if ((to_device && !is_device(to, bytes)) || (from_device && !is_device(from, bytes))) return kInvalidValue;
    return own.enqueue(stream, {[=]() -> int {
        if ((to_device && !is_device(to, bytes)) || (from_device && !is_device(from, bytes))) return kIllegalAddress;
        memmove(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes);
        return kSuccess;
    }});
}

ARGENT_API int cuMemcpyHtoDAsync_v2(Address to, const void* from, std::size_t bytes, void* stream)
{
    ARGENT_ENTER();
    return enqueue_copy(stream, to, reinterpret_cast<Address>(from), bytes, true, false);
}

ARGENT_API int cuMemcpyDtoHAsync_v2(void* to, Address from, std::size_t bytes, void* stream)
{
    ARGENT_ENTER();
    return enqueue_copy(stream, reinterpret_cast<Address>(to), from, bytes, false, true);
}

ARGENT_API int cuMemcpyDtoDAsync_v2(Address to, Address from, std::size_t bytes, void* stream)
{
    ARGENT_ENTER();
    return enqueue_copy(stream, to, from, bytes, true, true);
}

ARGENT_API int cuMemcpyPeerAsync(Address to, void* to_context, Address from, void* from_context, std::size_t bytes, void* stream)
{
    ARGENT_ENTER();
    const auto owner = [&](Address address) -> Device* {
        for (const auto& [start, device] : own.allocations_by_address)
        {
            const auto length = argent_emulated::allocation_bytes(reinterpret_cast<void*>(start));
            if (address >= start && address - start < length) return device;
        }
        return nullptr;
    };
    if (owner(to) != to_context || owner(from) != from_context) return kInvalidValue;
    return enqueue_copy(stream, to, from, bytes, true, true);
}

template <class T>
static int enqueue_fill(Address to, T value, std::size_t count, void* handle)
{
    auto& own = driver();
    Stream* stream = find_stream(handle);
    if (!stream) return kInvalidHandle;
    if (to % sizeof(T) || !is_device(to, count * sizeof(T))) return kInvalidValue;
    return own.enqueue(stream, {[=]() -> int {
        if (!is_device(to, count * sizeof(T))) return kIllegalAddress;
        T* numbers = reinterpret_cast<T*>(to);
        for (std::size_t i = 0; i < count; ++i) numbers[i] = value;
        return kSuccess;
    }});
}

ARGENT_API int cuMemsetD8Async(Address to, unsigned char value, std::size_t count, void* stream)
{
    ARGENT_ENTER();
    return enqueue_fill(to, value, count, stream);
}

ARGENT_API int cuMemsetD32Async(Address to, unsigned value, std::size_t count, void* stream)
{
    ARGENT_ENTER();
    return enqueue_fill(to, value, count, stream);
}
